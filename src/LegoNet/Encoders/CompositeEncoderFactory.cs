using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Specs;

namespace LegoNet.Encoders;

/// <summary>
/// Creates <see cref="CompositeEncoder"/>s: {"type":"composite","parts":[…]}. A part is the description of an encoder that reads table rows, or
/// of one that reads texts together with "columns", whose fields are joined by line feeds to the text.
/// </summary>
/// <param name="factories">The factories that there are, by type.</param>
internal sealed class CompositeEncoderFactory(Func<IEnumerable<KeyValuePair<string, IEncoderFactory>>> factories) : IEncoderFactory
{
    public RecordInputKind? InputKind => RecordInputKind.Table;

    public EncoderSetup Create(StrictJson encoder, EncoderSettings settings)
    {
        encoder.Choice("type", null, CompositeEncoder.Type);
        var described = encoder.OptionalObjects("parts") ?? throw encoder.Error("parts", "is missing");
        encoder.Finish();
        if (described.Count == 0)
        {
            throw encoder.Error("parts", "must not be empty");
        }

        var usable = factories().Where(f => f.Value is { InputKind: RecordInputKind.Text or RecordInputKind.Table } and not CompositeEncoderFactory)
            .ToDictionary(StringComparer.Ordinal);
        var parts = new List<CompositePart>();
        try
        {
            foreach (var part in described)
            {
                parts.Add(CreatePart(part, usable, settings));
            }

            var dimension = parts.Sum(part => (long)part.Encoder.Dimension);
            if (dimension > ModelSpec.MaxDimension)
            {
                throw encoder.Error("parts", $"must make at most {ModelSpec.MaxDimension} codes together, not {dimension}");
            }
        }
        catch
        {
            parts.ForEach(part => part.Encoder.Dispose());
            throw;
        }

        var created = new CompositeEncoder(parts);
        return new EncoderSetup { Encoder = created, InputKind = RecordInputKind.Table, Declaration = created.CanonicalJson };
    }

    public EncoderSetup Open(StrictJson declaration, CodeCalibration? calibration, EncoderSettings settings) => Create(declaration, settings);

    private static CompositePart CreatePart(StrictJson part, Dictionary<string, IEncoderFactory> usable, EncoderSettings settings)
    {
        var factory = usable[part.Choice("type", null, [.. usable.Keys.Order(StringComparer.Ordinal)])];
        var columns = factory.InputKind == RecordInputKind.Text ? ReadColumns(part) : null;
        var setup = factory.Create(part, settings);
        if (setup.Calibration is null && setup.ModelPath is null)
        {
            return new CompositePart(setup.Encoder, setup.Declaration, columns);
        }

        setup.Dispose();
        throw part.Error("type", "is an encoder with a calibration or a file, which cannot be a part");
    }

    private static IReadOnlyList<string> ReadColumns(StrictJson part)
    {
        var columns = part.OptionalStrings("columns") ?? throw part.Error("columns", "is missing: the names of the columns whose text it reads");
        return columns.Count == 0 ? throw part.Error("columns", "must not be empty")
            : columns.Distinct(StringComparer.Ordinal).Count() != columns.Count ? throw part.Error("columns", "names a column twice")
            : columns;
    }
}
