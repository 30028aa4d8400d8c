namespace LegoNet.Records;

/// <summary>One stored record of a subject.</summary>
/// <param name="Tag">The record's keyed tag, in hex.</param>
/// <param name="Label">Its label.</param>
/// <param name="Adapters">Numbers of the adapters it is routed to, ascending.</param>
public sealed record SubjectRecord(string Tag, string Label, IReadOnlyList<int> Adapters);
