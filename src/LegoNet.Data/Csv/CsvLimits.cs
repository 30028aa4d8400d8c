namespace LegoNet.Data.Csv;

/// <summary>How much memory a delimited text file may claim, whatever it contains.</summary>
/// <param name="FieldBytes">Bytes of one field.</param>
/// <param name="RowBytes">Bytes of one row.</param>
/// <param name="Columns">Fields of one row.</param>
internal sealed record CsvLimits(int FieldBytes, int RowBytes, int Columns)
{
    /// <summary>16 MiB per field, 64 MiB per row, 262,144 columns.</summary>
    public static CsvLimits Default { get; } = new(16 << 20, 64 << 20, 1 << 18);
}
