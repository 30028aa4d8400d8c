using LegoNet.Data;
using LegoNet.Data.Sources;

namespace LegoNet.Encoders;

/// <summary>Where a run finds its encoder and what it runs on. None of this is stored in a model.</summary>
public sealed record EncoderSettings
{
    /// <summary>The ONNX file; null to take it from the spec, or from the copy inside a model.</summary>
    public string? ModelPath { get; set; }

    /// <summary>"auto" (CUDA when it works, otherwise CPU), "cpu", "cuda" or "cuda:N". Default: auto.</summary>
    /// <exception cref="LegoNetException">The value set is none of these.</exception>
    public string Device
    {
        get;
        set
        {
            _ = EncoderDevice.Parse(value);
            field = value;
        }
    } = "auto";

    /// <summary>Receives progress while a card is made; null for none.</summary>
    public IProgress<LegoNetProgress>? Progress { get; set; }

    /// <summary>Cancels the making of a card.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Resolves paths in a spec; null when nothing has to be resolved.</summary>
    public SourceContext? Paths { get; set; }

    /// <summary>Opens what is to be encoded, from which a message may propose what to declare; null where nothing is at hand.</summary>
    internal Func<IRecordSource>? Records { get; set; }
}
