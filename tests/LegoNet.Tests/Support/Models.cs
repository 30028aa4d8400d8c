using LegoNet.Data.Files;
using LegoNet.Encoders;
using LegoNet.Numerics;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Tests.Support;

/// <summary>Small generated models and records.</summary>
internal static class Models
{
    public const int Dimension = 12;
    public const int Classes = 4;

    /// <summary>Adapters that are fitted to logits, and adapters that choose for themselves.</summary>
    public const string Softmax = """{"lambda":0.01,"trainer":"softmax"}""";
    public const string Auto = """{"folds":2,"ridge":[1,0.1],"softmax":[0.1,0.01],"trainer":"auto"}""";
    public const string RidgeAuto = """{"folds":3,"lambda":"auto","ridge":[1,0.1,0.01],"trainer":"ridge"}""";

    public static readonly EncoderFingerprint Fingerprint = new(new string('e', 64), "test 1", "cpu", "integer", 1, 1);

    public static ModelDefinition Definition(
        LearningTask task = LearningTask.Multiclass,
        int adapters = 7,
        int active = 3,
        int segmentRows = 4,
        double lambda = 500,
        int dimension = Dimension,
        string? adapter = null,
        EncoderFingerprint? fingerprint = null)
    {
        var keys = GaussianKeys.Create(5, adapters, dimension);
        var spec = new ModelSpec
        {
            Task = task,
            Classes = task switch
            {
                LearningTask.Regression => [],
                LearningTask.Binary => ["no", "yes"],
                _ => [.. Enumerable.Range(0, Classes).Select(c => $"class-{c}")],
            },
            Target = task == LearningTask.Regression ? new RegressionTarget(-5, 20, 0.5) : null,
            Dimension = dimension,
            Encoder = """{"type":"test"}""",
            Fingerprint = fingerprint ?? Fingerprint,
            Adapters = adapters,
            Active = active,
            Keys = KeySource.Gaussian,
            KeysDigest = Digests.Of(KeyFile.Write(keys)),
            Adapter = adapter ?? FormattableString.Invariant($$"""{"lambda":{{lambda}},"trainer":"ridge"}"""),
            Seed = 5,
            SegmentRows = segmentRows,
        };
        return new ModelDefinition { Spec = spec, Keys = keys };
    }

    /// <summary>A record whose content is a function of its identity and a version.</summary>
    public static EncodedRecord Record(ModelSpec spec, int subject, int id, int version = 0)
    {
        var state = SplitMix64.Mix(((ulong)subject << 40) ^ ((ulong)id << 20) ^ (ulong)version);
        var code = new sbyte[spec.Dimension];
        for (var j = 0; j < code.Length; j++)
        {
            state = SplitMix64.Mix(state);
            code[j] = (sbyte)((int)(state % 255) - 127);
        }

        return new EncodedRecord($"subject-{subject}", $"id-{id}", Label(spec, SplitMix64.Mix(state)), code, Fingerprint, $"test:{subject}/{id}");
    }

    public static string Label(ModelSpec spec, ulong random) => spec.Task switch
    {
        LearningTask.Regression => spec.Labels.Format([(int)(random % 51)]),
        LearningTask.Multilabel => spec.Labels.Format([(int)(random % (1UL << Classes))]),
        _ => spec.Classes[(int)(random % (ulong)spec.Classes.Count)],
    };
}
