using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;

namespace LegoNet.Demo;

/// <summary>
/// Makes sources of type "generated":
/// <c>{"type": "generated", "set": "demo", "split": "train", "records": 6000, "subjects": 300, "seed": 1}</c>.
/// Without them, set is demo, split train, subjects 300 and seed 1.
/// </summary>
public sealed class GeneratedImages : ISourceFactory
{
    /// <summary>The type's name in specs.</summary>
    public const string Type = "generated";

    /// <summary>Makes "generated" known to <see cref="SourceRegistry"/>. Call once at start-up.</summary>
    public static void Register() => SourceRegistry.Register(Type, new GeneratedImages());

    /// <inheritdoc/>
    public IRecordSource Create(StrictJson source, SourceContext context)
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Choice("type", null, Type);
        var set = source.Choice("set", GeneratedImageSource.DemoSet, GeneratedImageSource.DemoSet, GeneratedImageSource.PublicSet);
        var split = source.Choice("split", GeneratedImageSource.TrainSplit, GeneratedImageSource.TrainSplit, GeneratedImageSource.TestSplit);
        var records = (int)source.Integer("records", 1, GeneratedImageSource.MaxRecords);
        var subjects = (int)source.Integer("subjects", 1, GeneratedImageSource.MaxSubjects, 300);
        var seed = source.Integer("seed", 0, long.MaxValue, 1);
        source.Finish();
        return new GeneratedImageSource(set, split, records, subjects, seed);
    }
}
