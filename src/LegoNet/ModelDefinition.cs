using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet;

/// <summary>Everything frozen that a model is built from: the spec and the arrays that it names by digest.</summary>
public sealed class ModelDefinition
{
    /// <summary>The frozen spec.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>The adapters' keys, [n, d].</summary>
    public required KeySet Keys { get; init; }

    /// <summary>From encoding to code; null where the encoder gives codes directly.</summary>
    public Calibration.CodeCalibration? Calibration { get; init; }

    /// <summary>An encoder file to copy into the model directory; null to leave it outside.</summary>
    public string? EncoderToCopy { get; init; }
}
