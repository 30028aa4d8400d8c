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

        if (!encoder.Has("min") && !encoder.Has("max"))
        {
            throw encoder.Error(null, $"must have a card, or dimension, min and max{Proposal(settings)}");
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

    // Proposed and never taken: a range that is learned from records stays when they are forgotten.
    private static string Proposal(EncoderSettings settings)
    {
        if (settings.Records?.Invoke() is not { } source || RangeProposal.Of(source, settings.CancellationToken) is not { } proposal)
        {
            return "";
        }

        return $"; the first {Plural.Of(proposal.Rows, "row")} of {source.Name} would fit into {proposal.Members}, which is for you to write if "
            + "you know it from elsewhere too, because what is learned from records stays when they are forgotten"
            + (proposal.Warning is { } warning ? $"; {warning}" : "");
    }

    private static EncoderSetup Setup(CodeCalibration calibration, Func<int, KeySet>? keys) => new()
    {
        Encoder = new VectorEncoder(calibration),
        InputKind = RecordInputKind.Vector,
        Declaration = Declaration,
        Calibration = calibration,
        PublicKeys = keys,
    };
}
