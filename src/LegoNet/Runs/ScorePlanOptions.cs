namespace LegoNet.Runs;

/// <summary>How the scoring of many records is to be planned.</summary>
public sealed class ScorePlanOptions
{
    /// <summary>
    /// Tasks that there should be, where there are as many records. Their memory does not grow with their part. Default: null, by the bytes of all
    /// codes as for <see cref="PlanOptions.Tasks"/>. Range: from 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Tasks
    {
        get;
        set => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Tasks must be from 1.");
    }

    /// <summary>A spec as whose source the data is laid out. Default: null, columns are found by their names.</summary>
    public string? LayoutPath { get; set; }

    /// <summary>The device that encodes: "auto", "cpu", "cuda" or "cuda:N". Default: "auto".</summary>
    public string Device { get; set; } = "auto";

    /// <summary>The encoder's ONNX file, where it is not the one the model was trained with or the copy inside it. Default: null.</summary>
    public string? EncoderPath { get; set; }

    /// <summary>Whether a file of another kind that has the result's name is replaced. Inputs, keys and files of models never are. Default: false.</summary>
    public bool Force { get; set; }
}
