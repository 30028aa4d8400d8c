namespace LegoNet.Onnx.Export;

/// <summary>How a model is written as an ONNX graph.</summary>
public sealed class OnnxExportOptions
{
    /// <summary>The encoder to put in front, so that the graph starts at the encoder's own input. Default: null, none.</summary>
    public string? EncoderPath { get; init; }

    /// <summary>Where the graph starts; without meaning when <see cref="EncoderPath"/> is set. Default: at encodings, or at codes where the model has no calibration.</summary>
    public OnnxInput Input { get; init; } = OnnxInput.EncodingOrCode;

    /// <summary>
    /// The input's name; without meaning when <see cref="EncoderPath"/> is set. Default: null, which stands for "encoding", "code" or
    /// "Features". ML.NET's ApplyOnnxModel looks for a column of this name.
    /// </summary>
    public string? InputName { get; init; }

    /// <summary>Put before the name of every output, e.g. so that it does not hide a column of the same name in ML.NET. Default: empty.</summary>
    public string OutputPrefix { get; init; } = "";

    /// <summary>Outputs for one record at a time, in the forms that ML.NET makes columns of; null for the outputs that everybody else wants.</summary>
    internal OnnxRowOutputs? Rows { get; init; }
}
