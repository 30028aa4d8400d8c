using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;

namespace LegoNet.Encoders.Hashing;

/// <summary>Creates <see cref="HashingEncoder"/>s; their declaration is all there is to them.</summary>
internal sealed class HashingEncoderFactory : IEncoderFactory
{
    public RecordInputKind? InputKind => RecordInputKind.Text;

    public EncoderSetup Create(StrictJson encoder, EncoderSettings settings)
    {
        var created = HashingEncoder.FromSpec(encoder);
        return new EncoderSetup { Encoder = created, InputKind = RecordInputKind.Text, Declaration = created.CanonicalJson };
    }

    public EncoderSetup Open(StrictJson declaration, CodeCalibration? calibration, EncoderSettings settings) => Create(declaration, settings);
}
