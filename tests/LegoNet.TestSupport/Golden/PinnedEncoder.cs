using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.TestSupport.Golden;

/// <summary>An ONNX encoder whose fingerprint names no version of the runtime and no processor, so that digests outlive updates and hold anywhere.</summary>
internal sealed class PinnedEncoder(ICodeEncoder encoder) : ICodeEncoder
{
    public int Dimension => encoder.Dimension;

    public EncoderFingerprint Fingerprint => encoder.Fingerprint with { Runtime = "onnxruntime golden", Processor = null };

    public int BatchSize => encoder.BatchSize;

    /// <param name="setup">The encoder; disposed of with what is returned.</param>
    /// <param name="publicKeys">Public keys by number of adapters, in place of the card's.</param>
    public static EncoderSetup Pin(EncoderSetup setup, Func<int, KeySet>? publicKeys = null) => new()
    {
        Encoder = new PinnedEncoder(setup.Encoder),
        InputKind = setup.InputKind,
        Declaration = setup.Declaration,
        Calibration = setup.Calibration,
        PublicKeys = publicKeys ?? setup.PublicKeys,
        ModelPath = setup.ModelPath,
    };

    public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes) => encoder.Encode(records, codes);

    public void Dispose() => encoder.Dispose();
}
