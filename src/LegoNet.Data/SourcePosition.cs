namespace LegoNet.Data;

/// <summary>Where a record of a source begins, so that it can be gone to without what stands before it.</summary>
/// <param name="Record">Records before it.</param>
/// <param name="Byte">
/// Bytes before its row in the delimited text that it stands in; 0 where it stands in none, or in one that has to be read from its start.
/// </param>
/// <param name="Line">The line of that text on which its row begins, from 1; 0 where there is no such line to go to.</param>
internal readonly record struct SourcePosition(long Record, long Byte, long Line);
