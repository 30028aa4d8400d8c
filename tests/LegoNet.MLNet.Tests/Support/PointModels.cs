using LegoNet.Adapters;
using LegoNet.Data.Json;
using LegoNet.Encoders;
using LegoNet.Pipelines;
using LegoNet.Specs;

namespace LegoNet.MLNet.Tests.Support;

/// <summary>Small models on generated points that can be told apart, each a function of its numbers.</summary>
internal static class PointModels
{
    public const int Dimension = 20;
    public const int Classes = 4;
    public const int Adapters = 5;
    public const int Active = 2;

    /// <summary>A definition as a spec file would give it.</summary>
    /// <param name="adapter">The "adapter" object.</param>
    /// <param name="task">The task.</param>
    public static ModelDefinition Definition(string adapter, LearningTask task)
    {
        MLNetAdapters.Register();
        using var folder = new TempFolder();
        var file = folder["spec.json"];
        var labels = task == LearningTask.Regression
            ? """ "target": { "min": -5, "max": 20, "step": 0.05 } """
            : $"\"classes\": [{string.Join(", ", ClassNames(task).Select(c => $"\"{c}\""))}]";
        File.WriteAllText(file, $$"""
            {
              "task": "{{task.Word()}}",
              {{labels}},
              "encoder": { "type": "vector", "dimension": {{Dimension}}, "min": -1, "max": 1 },
              "routing": { "adapters": {{Adapters}}, "active": {{Active}} },
              "adapter": {{adapter}},
              "seed": 7
            }
            """);
        var spec = PipelineSpec.Load(file);
        using var encoder = spec.CreateEncoder();
        return spec.Freeze(encoder);
    }

    /// <summary>The trainer that a definition's spec declares.</summary>
    public static IAdapterTrainer Trainer(ModelDefinition definition)
        => AdapterTrainers.Create(StrictJson.Parse(definition.Spec.Adapter, "test"), definition.Spec.Labels, definition.Spec.Dimension);

    /// <summary>Records of a model, three to a subject.</summary>
    public static EncodedRecord[] Records(ModelDefinition definition, int count, int first = 0)
        => [.. Enumerable.Range(first, count).Select(i => Record(definition, i))];

    /// <summary>One record, and with another version the same record with other content.</summary>
    public static EncodedRecord Record(ModelDefinition definition, int number, int version = 0)
    {
        var random = new Random((number * 31) + version); // Choices of the test, not of the product.
        var spec = definition.Spec;
        var group = random.Next(Classes);
        var code = new sbyte[spec.Dimension];
        for (var j = 0; j < code.Length; j++)
        {
            var centre = j % Classes == group ? 60 : -20;
            code[j] = (sbyte)Math.Clamp(centre + random.Next(-45, 46), -127, 127);
        }

        var label = spec.Task switch
        {
            LearningTask.Regression => spec.Labels.Format([(group * 100) + random.Next(60)]),
            LearningTask.Binary => spec.Classes[group % 2],
            LearningTask.Multilabel => spec.Labels.Format([1 << group | (random.Next(3) == 0 ? 1 : 0)]),
            _ => spec.Classes[group],
        };
        return new EncodedRecord($"subject-{number / 3}", $"id-{number % 3}", label, code, spec.Fingerprint, $"test:{number}");
    }

    /// <summary>A shard of records, as the trainer of an adapter would get it.</summary>
    public static Shard Shard(ModelDefinition definition, IReadOnlyList<EncodedRecord> records)
    {
        var labels = definition.Spec.Labels;
        var codes = new sbyte[records.Count * definition.Spec.Dimension];
        var words = new int[records.Count * labels.Width];
        for (var i = 0; i < records.Count; i++)
        {
            records[i].Code.CopyTo(codes.AsSpan(i * definition.Spec.Dimension));
            labels.Parse(records[i].Label, records[i].Origin, words.AsSpan(i * labels.Width, labels.Width));
        }

        return new Shard(labels, definition.Spec.Dimension, codes, words);
    }

    /// <summary>A code with the constant behind it, as adapters score it.</summary>
    public static double[] Scorable(ReadOnlySpan<sbyte> code)
    {
        var scorable = new double[code.Length + 1];
        for (var j = 0; j < code.Length; j++)
        {
            scorable[j] = code[j];
        }

        scorable[^1] = LinearAdapter.Bias;
        return scorable;
    }

    private static IEnumerable<string> ClassNames(LearningTask task)
        => task == LearningTask.Binary ? ["no", "yes"] : Enumerable.Range(0, Classes).Select(c => $"class-{c}");
}
