namespace LegoNet.Tests.ModelCheck;

/// <summary>What a record holds: the code follows from the identity and the version.</summary>
internal readonly record struct Content(int Version, string Label);
