using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Encoders;

/// <summary>
/// Creates <see cref="VectorEncoder"/>s: {"type":"vector","card":PATH}, or {"type":"vector","dimension":D,"min":a,"max":b} with one
/// range for all dimensions.
/// </summary>
internal sealed class VectorEncoderFactory : IEncoderFactory
{
    private const string Declaration = """{"type":"vector"}""";

    public RecordInputKind? InputKind => RecordInputKind.Vector;

    public EncoderSetup Create(StrictJson encoder, EncoderSettings settings)
    {
        encoder.Choice("type", null, "vector");
        if (encoder.Has("card"))
        {
            var card = CalibrationCard.Load((settings.Paths ?? SourceContext.ForFile(encoder.File)).ResolvePath(encoder, "card"));
            encoder.Finish();
            return Setup(card.Calibration, card.TakeKeys);
        }

        var dimension = (int)encoder.Integer("dimension", 1, ModelSpec.MaxDimension);
        var min = encoder.Number("min", -1e30, 1e30);
        var max = encoder.Number("max", -1e30, 1e30);
        encoder.Finish();
        return max > min
            ? Setup(CodeCalibration.FromRange(dimension, min, max), null)
            : throw encoder.Error("max", "must be above min");
    }

    public EncoderSetup Open(StrictJson declaration, CodeCalibration? calibration, EncoderSettings settings)
        => Setup(calibration ?? throw LegoNetException.Damaged("spec.json: declares vectors but no calibration."), null);

    private static EncoderSetup Setup(CodeCalibration calibration, Func<int, KeySet>? keys) => new()
    {
        Encoder = new VectorEncoder(calibration),
        InputKind = RecordInputKind.Vector,
        Declaration = Declaration,
        Calibration = calibration,
        PublicKeys = keys,
    };
}
