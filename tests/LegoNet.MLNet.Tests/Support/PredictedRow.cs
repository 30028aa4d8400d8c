using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Support;

/// <summary>What a multiclass pipeline predicts, its key mapped to a name.</summary>
internal sealed class PredictedRow
{
    [ColumnName("PredictedLabel")]
    public string Category { get; set; } = "";

    public float[] Score { get; set; } = [];

    public float Probability { get; set; }
}
