namespace LegoNet.Numerics;

/// <summary>The entries of codes that are not zero, row by row.</summary>
internal sealed class SparseCodes
{
    /// <summary>Collects entries.</summary>
    /// <param name="codes">Row-major codes [m, d].</param>
    /// <param name="dimension">d, at most 65,536.</param>
    /// <param name="count">Entries that are not zero.</param>
    public SparseCodes(ReadOnlySpan<sbyte> codes, int dimension, int count)
    {
        var rows = codes.Length / dimension;
        Starts = new int[rows + 1];
        Columns = new ushort[count];
        Values = new sbyte[count];
        var next = 0;
        for (var r = 0; r < rows; r++)
        {
            var row = codes.Slice(r * dimension, dimension);
            for (var j = 0; j < row.Length; j++)
            {
                if (row[j] != 0)
                {
                    Columns[next] = (ushort)j;
                    Values[next++] = row[j];
                }
            }

            Starts[r + 1] = next;
        }
    }

    /// <summary>Where each row's entries begin, [m + 1].</summary>
    public int[] Starts { get; }

    /// <summary>Columns, ascending within a row.</summary>
    public ushort[] Columns { get; }

    /// <summary>Values.</summary>
    public sbyte[] Values { get; }
}
