using LegoNet.Calibration;
using LegoNet.Changes;
using LegoNet.Routing;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet;

/// <summary>Everything frozen that a model is built from: the spec and the arrays that it names by digest.</summary>
public sealed class ModelDefinition
{
    /// <summary>The frozen spec.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>The adapters' keys, [n, d].</summary>
    public required KeySet Keys { get; init; }

    /// <summary>From encoding to code; null where the encoder gives codes directly.</summary>
    public CodeCalibration? Calibration { get; init; }

    /// <summary>The encoder's file; null for a built-in encoder. Its place is noted beside the model, never in it.</summary>
    public string? EncoderPath { get; init; }

    /// <summary>Whether the model directory gets a copy of the encoder's file.</summary>
    public bool CopyEncoder { get; init; }

    internal FrozenParts Parts() => new(Spec, Keys, Calibration);

    internal EncoderLocation Location() => new(EncoderPath, CopyEncoder);
}
