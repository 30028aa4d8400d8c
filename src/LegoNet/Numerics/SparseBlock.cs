namespace LegoNet.Numerics;

/// <summary>The entries of some neighbouring rows that are not zero, column by column. Each column's are padded to a whole number of pairs.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Pairs">Pairs of entries of each column, [d].</param>
/// <param name="Places">The row of each entry, counted from the first of <paramref name="Rows"/>.</param>
/// <param name="Values">The entries.</param>
/// <param name="LargestColumn">The largest Σ |entry| of a column.</param>
internal sealed record SparseBlock(RowRange Rows, byte[] Pairs, byte[] Places, short[] Values, int LargestColumn);
