using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.RealData;

/// <summary>A record of real data with 1024 features.</summary>
internal sealed class FeatureRow
{
    public const int Dimension = 1024;

    public string Subject { get; set; } = "";

    public string Id { get; set; } = "";

    public string Label { get; set; } = "";

    [VectorType(Dimension)]
    public float[] Features { get; set; } = [];
}
