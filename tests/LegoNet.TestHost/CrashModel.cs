using LegoNet.Data.Files;
using LegoNet.Encoders;
using LegoNet.Numerics;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.TestHost;

/// <summary>The model that is changed while processes are killed, and its changes. Small, so that a life is short.</summary>
internal static class CrashModel
{
    /// <summary>Subjects that records may be of.</summary>
    public const int Subjects = 8;

    /// <summary>Records of a subject.</summary>
    public const int Ids = 3;

    private const int Dimension = 6;

    private static readonly EncoderFingerprint s_fingerprint = new(new string('e', 64), "test 1", "cpu", "integer", 1, 1);

    /// <summary>What is frozen.</summary>
    public static ModelDefinition Definition { get; } = CreateDefinition();

    /// <summary>A record whose content is a function of its identity and a version.</summary>
    public static EncodedRecord Record(int subject, int id, int version)
    {
        var state = SplitMix64.Mix(((ulong)subject << 40) ^ ((ulong)id << 20) ^ (ulong)version);
        var code = new sbyte[Dimension];
        for (var j = 0; j < code.Length; j++)
        {
            state = SplitMix64.Mix(state);
            code[j] = (sbyte)((int)(state % 255) - 127);
        }

        return new EncodedRecord($"subject-{subject}", $"id-{id}", $"class-{state >> 32 & 1}", code, s_fingerprint, $"test:{subject}/{id}");
    }

    /// <summary>What a model is trained on.</summary>
    public static IEnumerable<EncodedRecord> InitialRecords
        => Enumerable.Range(0, 6).SelectMany(subject => Enumerable.Range(0, Ids).Select(id => Record(subject, id, 0)));

    /// <summary>Makes one of the changes that tests interrupt.</summary>
    public static void Apply(LegoNetModel model, string operation)
    {
        ArgumentNullException.ThrowIfNull(model);
        switch (operation)
        {
            case "forget":
                model.Forget([new ForgetTarget("subject-3"), new ForgetTarget("subject-4", "id-1")], ignoreUnknown: true);
                break;
            case "add":
                model.Add(Enumerable.Range(0, Ids).Select(id => Record(7, id, 1)));
                break;
            case "correct":
                model.Correct([Record(2, 1, 9), Record(5, 0, 9)]);
                break;
            default:
                throw new ArgumentException($"No such operation: {operation}.", nameof(operation));
        }
    }

    private static ModelDefinition CreateDefinition()
    {
        var keys = GaussianKeys.Create(5, 4, Dimension);
        return new ModelDefinition
        {
            Keys = keys,
            Spec = new ModelSpec
            {
                Task = LearningTask.Multiclass,
                Classes = ["class-0", "class-1"],
                Dimension = Dimension,
                Encoder = """{"type":"test"}""",
                Fingerprint = s_fingerprint,
                Adapters = 4,
                Active = 2,
                Keys = KeySource.Gaussian,
                KeysDigest = Digests.Of(KeyFile.Write(keys)),
                Adapter = """{"lambda":500,"trainer":"ridge"}""",
                Seed = 5,
                SegmentRows = 4,
            },
        };
    }
}
