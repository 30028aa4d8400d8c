using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;

namespace LegoNet.Encoders.Tabular;

/// <summary>Creates <see cref="TabularEncoder"/>s; their declaration is all there is to them.</summary>
internal sealed class TabularEncoderFactory : IEncoderFactory
{
    public RecordInputKind? InputKind => RecordInputKind.Table;

    public EncoderSetup Create(StrictJson encoder, EncoderSettings settings)
    {
        var created = TabularEncoder.FromSpec(encoder);
        return new EncoderSetup { Encoder = created, InputKind = RecordInputKind.Table, Declaration = created.CanonicalJson };
    }

    public EncoderSetup Open(StrictJson declaration, CodeCalibration? calibration, EncoderSettings settings) => Create(declaration, settings);
}
