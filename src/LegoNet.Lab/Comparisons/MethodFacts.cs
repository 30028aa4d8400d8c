using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Comparisons;

/// <summary>A method that was compared.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it claims.</param>
/// <param name="Settings">Its settings, in words.</param>
public sealed record MethodFacts(string Name, MethodKind Kind, string Settings);
