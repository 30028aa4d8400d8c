using LegoNet.Audit;

namespace LegoNet.Tests.ModelCheck;

/// <summary>A receipt that somebody holds.</summary>
internal sealed record Promise(Receipt Receipt, IReadOnlySet<Target> Targets);
