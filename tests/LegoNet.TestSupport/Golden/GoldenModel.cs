using System.Security.Cryptography;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.TestSupport.Golden;

/// <summary>Generated models whose bytes are on record: a change of a digest is a change of the format, and of every model that users have.</summary>
internal static class GoldenModel
{
    private const int Added = 12;

    private static readonly string[] s_steps = ["trained", "added", "corrected", "forgotten", "rebuilt", "files"];

    private static readonly Dictionary<string, string> s_tasks = new()
    {
        ["multiclass"] = """ "task": "multiclass", "classes": ["<=50K", "rød", "a \"b\"", "plain"], "temperature": 0.25 """,
        ["binary"] = """ "task": "binary", "classes": ["no", "yes"], "prior": [0.75, 0.25] """,
        ["multilabel"] = $""" "task": "multilabel", "classes": [{string.Join(", ", Enumerable.Range(0, 40).Select(c => $"\"label-{c}\""))}] """,
        ["regression"] = """ "task": "regression", "target": {"min": -5, "max": 20, "step": 0.5}, "prior": [1.5] """,
    };

    private static readonly Dictionary<string, string> s_routings = new()
    {
        ["gaussian"] = """ {"adapters": 9, "active": 3, "keys": "gaussian"} """,
        ["public"] = """ {"adapters": 7, "active": 3, "keys": "public"} """,
        ["every adapter"] = """ {"adapters": 2, "active": 2, "keys": "gaussian"} """,
    };

    /// <summary>Trains, adds, corrects, forgets and rebuilds, and compares the digests with those on record.</summary>
    /// <param name="folder">An empty folder, or one with the encoder's card.</param>
    /// <param name="name">The case, for messages.</param>
    /// <param name="task">"multiclass", "binary", "multilabel" or "regression".</param>
    /// <param name="encoder">The spec's encoder object.</param>
    /// <param name="routing">"gaussian", "public" or "every adapter".</param>
    /// <param name="input">A record's input.</param>
    /// <param name="records">Records to train on.</param>
    /// <param name="expected">
    /// Root digests after training, adding, correcting, forgetting and rebuilding, and the digest of all files after forgetting, [6].
    /// </param>
    /// <param name="open">Opens the encoder; null for a built-in one.</param>
    /// <param name="copyEncoder">Whether the model gets a copy of the encoder.</param>
    /// <param name="adapter">The spec's adapter object, and another one for the rebuilt model; null for ridge.</param>
    public static void Check(
        string folder,
        string name,
        string task,
        string encoder,
        string routing,
        Func<GoldenDraws, RecordInput> input,
        int records,
        string[] expected,
        Func<PipelineSpec, EncoderSetup>? open = null,
        bool copyEncoder = false,
        (string First, string Other)? adapter = null)
    {
        var key = Path.Combine(folder, "tag.key");
        TagKey.FromBytes([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).Save(key);
        var (first, second) = adapter ?? ("""{"trainer": "ridge", "lambda": 500}""", """{"trainer": "ridge", "lambda": 2000.5}""");
        var pipeline = Load("spec.json", first, seed: 7);
        var other = Load("other.json", second, seed: 8);
        var path = Path.Combine(folder, "model");
        using var setup = open?.Invoke(pipeline) ?? pipeline.CreateEncoder();

        // With one thread, and changed with two: neither may show.
        var options = new ModelOptions { TagKeyPath = key, Threads = 1 };
        LegoNetModel.Train(path, WithSmallSegments(pipeline.Freeze(setup, copyEncoder)), Encode(Enumerable.Range(0, records)), options).Dispose();
        options.Threads = 2;
        using var model = LegoNetModel.Open(path, options);
        var trained = model.RootDigest;
        var added = model.Add(Encode(Enumerable.Range(records, Added))).RootAfter;
        model.Correct(GoldenRecords.Subject(1), GoldenRecords.Id(1), GoldenRecords.Label(pipeline.Labels, new GoldenDraws(1, 2)));
        var corrected = model.Correct(Encode([2], version: 1)).RootAfter;
        ForgetTarget[] targets = [new(GoldenRecords.Subject(6)), new(GoldenRecords.Subject(13), GoldenRecords.Id(13))];
        var forgotten = model.Forget(targets).RootAfter;
        using var rebuilt = model.Rebuild(path + "-rebuilt", WithSmallSegments(other.FreezeFor(model)), options);
        string[] actual = [trained, added, corrected, forgotten, rebuilt.RootDigest, FilesDigest(path)];
        var differences = s_steps.Zip(expected, actual)
            .Where(step => step.Second != step.Third)
            .Select(step => $"{name}, {step.First}: expected {step.Second}, is {step.Third}");
        Assert.True(actual.AsSpan().SequenceEqual(expected), string.Join('\n', differences));

        IEnumerable<EncodedRecord> Encode(IEnumerable<int> numbers, int version = 0)
            => RecordEncoder.Encode(new GoldenRecords(pipeline.Labels, input, numbers, version), setup.Encoder, options.Threads);

        PipelineSpec Load(string specName, string adapterOfSpec, int seed)
        {
            var file = Path.Combine(folder, specName);
            var learning = $$""" "routing": {{s_routings[routing]}}, "adapter": {{adapterOfSpec}}, "seed": {{seed}} """;
            File.WriteAllText(file, $$"""{ {{s_tasks[task]}}, "encoder": {{encoder}}, {{learning}} }""");
            return PipelineSpec.Load(file);
        }
    }

    // The default holds more rows than there are records, and would leave splitting untested. Pipelines do not choose it.
    private static ModelDefinition WithSmallSegments(ModelDefinition definition)
    {
        var json = System.Text.Encoding.UTF8.GetString(definition.Spec.ToJson());
        json = json.Replace($"\"segmentRows\":{definition.Spec.SegmentRows}", "\"segmentRows\":8", StringComparison.Ordinal);
        return new ModelDefinition
        {
            Spec = ModelSpec.Parse(System.Text.Encoding.UTF8.GetBytes(json), "golden"),
            Keys = definition.Keys,
            Calibration = definition.Calibration,
            EncoderPath = definition.EncoderPath,
            CopyEncoder = definition.CopyEncoder,
        };
    }

    /// <summary>SHA-256 over names and contents of a model's files, the ledger aside: where files lie is part of the format too.</summary>
    private static string FilesDigest(string model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var names = Directory.EnumerateFiles(model, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(model, file).Replace('\\', '/'));
        foreach (var name in names.Where(name => !name.StartsWith("ledger/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name}\n"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(Path.Combine(model, name))));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
