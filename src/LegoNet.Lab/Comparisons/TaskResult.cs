namespace LegoNet.Lab.Comparisons;

/// <summary>What came of one task.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="Records">Records that are forgotten.</param>
/// <param name="Requests">Requests that they are forgotten in.</param>
/// <param name="Methods">A result for each method, in the order of the report's methods.</param>
public sealed record TaskResult(string Name, int Records, int Requests, IReadOnlyList<MethodResult> Methods);
