using LegoNet.Adapters;
using LegoNet.Ensembles;
using LegoNet.Routing;
using LegoNet.Specs;

namespace LegoNet.Storage;

/// <summary>One committed state of a model, in memory of its own. Immutable.</summary>
internal sealed class ModelState
{
    private const int Attempts = 20;

    private ModelState(Manifest manifest, string digest, FrozenParts parts, Scorer scorer)
    {
        Manifest = manifest;
        ManifestDigest = digest;
        Root = RootDigest.Of(manifest, digest);
        Parts = parts;
        Scorer = scorer;
    }

    public Manifest Manifest { get; }

    /// <summary>SHA-256 of the manifest's bytes: as good a name as the root, and found without reading the manifest.</summary>
    public string ManifestDigest { get; }

    /// <summary>The root digest (<see cref="RootDigest"/>).</summary>
    public string Root { get; }

    public FrozenParts Parts { get; }

    public ModelSpec Spec => Parts.Spec;

    public Scorer Scorer { get; }

    /// <summary>Reads the model as last committed. A commit that happens meanwhile is waited out.</summary>
    public static ModelState Load(ModelPaths paths, IFileLayer layer)
    {
        RequireModel(paths);
        for (var attempt = 1; ; attempt++)
        {
            var bytes = layer.ReadAllBytes(paths.Manifest);
            try
            {
                return Read(bytes, new ModelFiles(paths, layer));
            }
            catch (LegoNetException e) when (e.Error == LegoNetError.Damaged && attempt < Attempts && !layer.ReadAllBytes(paths.Manifest).AsSpan().SequenceEqual(bytes))
            {
                // A writer replaced the manifest and removed files of the state before: read the state after.
            }
        }
    }

    /// <summary>Refuses a path at which there is no model.</summary>
    /// <exception cref="LegoNetException">There is no model there.</exception>
    public static void RequireModel(ModelPaths paths)
    {
        if (!File.Exists(paths.Manifest))
        {
            throw LegoNetException.BadInput(Directory.Exists(paths.Root)
                ? $"{paths.Root}: not a model (it has no {Manifest.FileName})."
                : $"{paths.Root}: no such model.");
        }
    }

    /// <summary>The state after a change.</summary>
    public ModelState With(Manifest manifest, byte[] manifestBytes, IReadOnlyDictionary<int, IAdapter?> refitted)
    {
        var adapters = Scorer.Adapters.ToArray();
        foreach (var (number, adapter) in refitted)
        {
            adapters[number] = adapter;
        }

        return new ModelState(manifest, Digests.Of(manifestBytes), Parts, new Scorer(Spec, Parts.Router, adapters));
    }

    private static ModelState Read(byte[] manifestBytes, ModelFiles files)
    {
        var manifest = Manifest.Parse(manifestBytes, Manifest.FileName);
        var parts = FrozenParts.Read(manifest, files);
        if (manifest.Adapters.Count != parts.Spec.Adapters || manifest.AdapterExtension != parts.Trainer.FileExtension)
        {
            throw LegoNetException.Damaged($"{Manifest.FileName}: its adapters are not those that {Manifest.SpecFile} declares.");
        }

        var adapters = manifest.Adapters.Select(entry =>
        {
            if (entry is null)
            {
                return null;
            }

            var file = entry.AdapterFile(manifest.AdapterExtension);
            return parts.Trainer.Load(files.Read(file, entry.Adapter), file);
        }).ToArray();
        return new ModelState(manifest, Digests.Of(manifestBytes), parts, new Scorer(parts.Spec, parts.Router, adapters));
    }
}
