using LegoNet.Adapters;
using LegoNet.Calibration;
using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Store;

/// <summary>What of a model never changes: the spec and what it names by digest.</summary>
internal sealed class FrozenParts
{
    private readonly Lazy<IAdapterTrainer> _trainer;

    public FrozenParts(ModelSpec spec, KeySet keys, CodeCalibration? calibration)
    {
        Spec = spec;
        Keys = keys;
        Calibration = calibration;
        Router = new Router(keys, spec.Active);
        _trainer = new Lazy<IAdapterTrainer>(() => CreateTrainer(spec));
    }

    public ModelSpec Spec { get; }

    public KeySet Keys { get; }

    public CodeCalibration? Calibration { get; }

    public Router Router { get; }

    /// <summary>The adapters' trainer, created when first asked for: records can be checked where it is not known.</summary>
    /// <exception cref="LegoNetException">The trainer is unknown here, or its options are malformed.</exception>
    public IAdapterTrainer Trainer => _trainer.Value;

    /// <summary>What is missing here for the declared trainer; null when it is known.</summary>
    /// <exception cref="LegoNetException">The declaration names no trainer.</exception>
    public string? WhyNotKnownTrainer => WhyNotKnown(Spec);

    /// <summary>What is missing here for the trainer that a spec declares; null when it is known.</summary>
    /// <exception cref="LegoNetException">The declaration names no trainer.</exception>
    public static string? WhyNotKnown(ModelSpec spec) => AdapterTrainers.WhyNotKnown(Declared(spec))?.Message;

    /// <summary>Creates the trainer that a spec declares.</summary>
    /// <exception cref="LegoNetException">The trainer is unknown here, or its options are malformed.</exception>
    public static IAdapterTrainer CreateTrainer(ModelSpec spec) => AdapterTrainers.Create(Declared(spec), spec.Labels, spec.Dimension);

    public static FrozenParts Read(Manifest manifest, ModelFiles files)
    {
        var spec = ReadSpec(manifest, files);
        if (spec.KeysDigest != manifest.Keys || spec.Calibration != manifest.Calibration)
        {
            throw LegoNetException.Damaged($"{Manifest.FileName}: names keys or a calibration that {Manifest.SpecFile} does not.");
        }

        return Read(spec, files);
    }

    /// <summary>Reads a spec and what it names, where there is no manifest yet.</summary>
    /// <param name="spec">SHA-256 of the spec.</param>
    /// <param name="files">The files.</param>
    /// <exception cref="LegoNetException">A file is missing, altered or malformed.</exception>
    public static FrozenParts Read(string spec, ModelFiles files) => Read(ReadSpec(spec, files), files);

    /// <summary>Checks that what was put together by a program could be read back: programs fill definitions without a spec file's checks.</summary>
    /// <exception cref="LegoNetException">The spec is malformed, or names other keys or another calibration.</exception>
    public void Validate()
    {
        var spec = ModelSpec.Parse(Spec.ToJson(), "spec");
        if (spec.KeysDigest != Keys.Digest)
        {
            throw LegoNetException.BadInput("spec: routing.digest is not that of the definition's keys.");
        }

        if (spec.Calibration != Calibration?.Digest)
        {
            throw LegoNetException.BadInput("spec: calibration is not the digest of the definition's calibration.");
        }
    }

    /// <summary>The spec as stored.</summary>
    /// <exception cref="LegoNetException">The file is missing, altered or malformed.</exception>
    public static ModelSpec ReadSpec(Manifest manifest, ModelFiles files) => ReadSpec(manifest.Spec, files);

    /// <summary>The keys as stored.</summary>
    /// <exception cref="LegoNetException">The file is missing, altered or malformed.</exception>
    public static KeySet ReadKeys(Manifest manifest, ModelFiles files, ModelSpec spec) => ReadKeys(manifest.Keys, files, spec);

    /// <summary>The manifest over given records and adapters, and the frozen files it names.</summary>
    public (Manifest Manifest, (string Name, byte[] Bytes)[] Files) Assemble(
        string adapterExtension,
        TagKey tagKey,
        string? encoderCopy,
        NodeRef? records,
        IReadOnlyList<AdapterEntry?> adapters)
    {
        var spec = Spec.ToJson();
        var keys = KeyFile.Write(Keys);
        var calibration = Calibration is null ? null : CalibrationFile.Write(Calibration);
        var manifest = new Manifest
        {
            Spec = Digests.Of(spec),
            Keys = Digests.Of(keys),
            Calibration = calibration is null ? null : Digests.Of(calibration),
            EncoderCopy = encoderCopy,
            AdapterExtension = adapterExtension,
            TagKey = tagKey.Fingerprint,
            Records = records,
            Adapters = adapters,
        };
        List<(string, byte[])> files = [(Manifest.SpecFile, spec), (Manifest.KeysFile, keys)];
        if (calibration is not null)
        {
            files.Add((Manifest.CalibrationFile, calibration));
        }

        return (manifest, [.. files]);
    }

    private static ModelSpec ReadSpec(string digest, ModelFiles files)
        => Stored(Manifest.SpecFile, () => ModelSpec.Parse(files.Read(Manifest.SpecFile, digest), Manifest.SpecFile));

    private static KeySet ReadKeys(string digest, ModelFiles files, ModelSpec spec)
        => Stored(Manifest.KeysFile, () => KeyFile.Parse(files.Read(Manifest.KeysFile, digest), Manifest.KeysFile, spec.Adapters, spec.Dimension));

    private static FrozenParts Read(ModelSpec spec, ModelFiles files)
    {
        var keys = ReadKeys(spec.KeysDigest, files, spec);
        var calibration = spec.Calibration is null ? null
            : CalibrationFile.Parse(files.Read(Manifest.CalibrationFile, spec.Calibration), Manifest.CalibrationFile, spec.Dimension);
        return new FrozenParts(spec, keys, calibration);
    }

    // What is bad input in a user's file is damage in a model's own, whether its digest was made to match or not.
    private static T Stored<T>(string file, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.BadInput)
        {
            throw LegoNetException.Damaged(e.Message.StartsWith(file, StringComparison.Ordinal) ? e.Message : $"{file}: {e.Message}", e);
        }
    }

    private static StrictJson Declared(ModelSpec spec) => StrictJson.Parse(spec.Adapter, $"{Manifest.SpecFile} (adapter)");
}
