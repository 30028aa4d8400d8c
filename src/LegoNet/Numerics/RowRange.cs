namespace LegoNet.Numerics;

/// <summary>Consecutive rows.</summary>
/// <param name="First">The first row.</param>
/// <param name="Count">Rows.</param>
internal readonly record struct RowRange(int First, int Count);
