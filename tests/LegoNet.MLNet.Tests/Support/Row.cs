using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Support;

/// <summary>A row of generated data, with a label for each task.</summary>
internal sealed class Row
{
    public const int Dimension = 8;

    public string Person { get; set; } = "";

    public string Name { get; set; } = "";

    public string Category { get; set; } = "";

    public bool Flag { get; set; }

    public float Amount { get; set; }

    [VectorType(Dimension)]
    public float[] Features { get; set; } = [];
}
