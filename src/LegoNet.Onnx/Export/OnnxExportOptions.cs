namespace LegoNet.Onnx.Export;

/// <summary>How a model is written as an ONNX graph.</summary>
public sealed class OnnxExportOptions
{
    /// <summary>What the names of tensors inside an exported graph begin with.</summary>
    internal const string InnerPrefix = "legonet/";

    /// <summary>The encoder to put in front, so that the graph starts at the encoder's own input. Default: null, none.</summary>
    public string? EncoderPath { get; init; }

    /// <summary>Where the graph starts; without meaning when <see cref="EncoderPath"/> is set. Default: at encodings, or at codes where the model has no calibration.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value set is not one of the enum's.</exception>
    public OnnxInput Input
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Input), value, "Is no place where a graph can start.");
    } = OnnxInput.EncodingOrCode;

    /// <summary>
    /// The input's name; without meaning when <see cref="EncoderPath"/> is set. Default: null, which stands for "encoding", "code" or
    /// "Features". ML.NET's ApplyOnnxModel looks for a column of this name.
    /// </summary>
    /// <exception cref="ArgumentException">The value set is blank.</exception>
    /// <exception cref="LegoNetException">The value set is kept for tensors inside the graph: it begins with "legonet/".</exception>
    public string? InputName
    {
        get;
        init
        {
            if (value is not null)
            {
                ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(InputName));
                RequireOuterName(value, "The input cannot be called");
            }

            field = value;
        }
    }

    /// <summary>Put before the name of every output, e.g. so that it does not hide a column of the same name in ML.NET. Default: empty.</summary>
    /// <exception cref="LegoNetException">The value set is kept for tensors inside the graph: it begins with "legonet/".</exception>
    public string OutputPrefix
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(OutputPrefix));
            RequireOuterName(value, "Outputs cannot have the prefix");
            field = value;
        }
    } = "";

    /// <summary>Outputs for one record at a time, in the forms that ML.NET makes columns of; null for the outputs that everybody else wants.</summary>
    internal OnnxRowOutputs? Rows { get; init; }

    private static void RequireOuterName(string name, string what)
    {
        if (name.StartsWith(InnerPrefix, StringComparison.Ordinal))
        {
            throw LegoNetException.BadInput($"{what} \"{name}\": names that begin with {InnerPrefix} are needed by the exported graph.");
        }
    }
}
