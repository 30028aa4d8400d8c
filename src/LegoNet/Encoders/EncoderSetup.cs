using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Routing;

namespace LegoNet.Encoders;

/// <summary>An encoder ready to run, with what a model has to store about it.</summary>
public sealed class EncoderSetup : IDisposable
{
    /// <summary>The encoder.</summary>
    public required ICodeEncoder Encoder { get; init; }

    /// <summary>What the encoder reads.</summary>
    public required RecordInputKind InputKind { get; init; }

    /// <summary>The declaration as stored in a model's spec: canonical JSON without paths.</summary>
    public required string Declaration { get; init; }

    /// <summary>From encoding to code; null where the encoder gives codes directly.</summary>
    public CodeCalibration? Calibration { get; init; }

    /// <summary>Keys from public reference records, by number of adapters; null where the encoder has no card.</summary>
    public Func<int, KeySet>? PublicKeys { get; init; }

    /// <summary>The encoder's file; null for a built-in encoder.</summary>
    public string? ModelPath { get; init; }

    /// <summary>One line on the device that was chosen and why; null when there is nothing to say.</summary>
    public string? Note { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Encoder.Dispose();
}
