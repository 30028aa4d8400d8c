namespace LegoNet.Data.Images;

/// <summary>One colour component of a JPEG image.</summary>
internal sealed class JpegComponent
{
    /// <summary>The number by which scans name it.</summary>
    public required int Id { get; init; }

    /// <summary>Blocks per MCU, horizontally.</summary>
    public required int H { get; init; }

    /// <summary>Blocks per MCU, vertically.</summary>
    public required int V { get; init; }

    /// <summary>Number of its quantisation table.</summary>
    public required int Quantiser { get; init; }

    /// <summary>Samples per row and rows, without padding.</summary>
    public int Width { get; set; }

    /// <summary>Rows of samples, without padding.</summary>
    public int Height { get; set; }

    /// <summary>Blocks per row, padded to whole MCUs.</summary>
    public int Stride { get; set; }

    /// <summary>Blocks per column, padded to whole MCUs.</summary>
    public int Rows { get; set; }

    /// <summary>Coefficients of every block in natural order, [Rows, Stride, 64].</summary>
    public short[] Coefficients { get; set; } = [];

    /// <summary>The quantisation table as it stood at the component's first scan; null before.</summary>
    public ushort[]? Steps { get; set; }

    /// <summary>The last DC value of the interval, for differences.</summary>
    public int Dc { get; set; }

    /// <summary>DC table of the current scan.</summary>
    public HuffmanTable? DcTable { get; set; }

    /// <summary>AC table of the current scan.</summary>
    public HuffmanTable? AcTable { get; set; }
}
