using LegoNet.Adapters;
using LegoNet.Data.Files;
using LegoNet.Ensembles;
using LegoNet.Files;
using LegoNet.Specs;

namespace LegoNet.Store;

/// <summary>One committed state of a model, in memory of its own. Immutable.</summary>
internal sealed class ModelState
{
    private const int Attempts = 20;
    private const int UnchangedAttempts = 3;

    private ModelState(Manifest manifest, string digest, FrozenParts parts, Scorer scorer)
    {
        Manifest = manifest;
        ManifestDigest = digest;
        Root = RootDigests.Of(manifest, digest);
        Parts = parts;
        Scorer = scorer;
    }

    public Manifest Manifest { get; }

    /// <summary>SHA-256 of the manifest's bytes: as good a name as the root, and found without reading the manifest.</summary>
    public string ManifestDigest { get; }

    /// <summary>The root digest (<see cref="RootDigests"/>).</summary>
    public string Root { get; }

    public FrozenParts Parts { get; }

    public ModelSpec Spec => Parts.Spec;

    public Scorer Scorer { get; }

    /// <summary>Reads the model as last committed. A commit that happens meanwhile is waited out.</summary>
    public static ModelState Load(ModelPaths paths, IFileLayer layer)
    {
        var unchanged = 0;
        for (var attempt = 1; ; attempt++)
        {
            var bytes = ReadManifest(paths, layer);
            try
            {
                return Read(bytes, new ModelFiles(paths, layer));
            }
            catch (LegoNetException e) when (e.Error == LegoNetError.Damaged && attempt < Attempts)
            {
                // A writer replaced the manifest and removed files of the state before: read the state after. The same manifest is
                // no proof of damage at first, because a writer may have gone on and come back to this very state meanwhile.
                if (ReadManifest(paths, layer).AsSpan().SequenceEqual(bytes) && ++unchanged == UnchangedAttempts)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>The manifest's bytes.</summary>
    /// <exception cref="LegoNetException">There is no model at the path, or its manifest is missing or cannot be read.</exception>
    public static byte[] ReadManifest(ModelPaths paths, IFileLayer layer)
    {
        try
        {
            return layer.ReadAllBytes(paths.Manifest);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw layer.FileExists(paths.Root) ? LegoNetException.BadInput($"{paths.Root}: is a file, where a model's directory is expected.", e)
                : !layer.DirectoryExists(paths.Root) ? LegoNetException.BadInput($"{paths.Root}: no such model.", e)
                : LooksLikeModel(paths, layer) ? LegoNetException.Damaged(
                    $"{Manifest.FileName}: is missing; a repair can make it anew where the records are whole.",
                    e,
                    LegoNetReason.ManifestMissing)
                : LegoNetException.BadInput($"{paths.Root}: not a model (it has no {Manifest.FileName}).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.Damaged($"{Manifest.FileName}: cannot be read ({LegoNetException.Cause(e)}).", e);
        }
    }

    /// <summary>Whether a folder without a manifest once had one.</summary>
    public static bool LooksLikeModel(ModelPaths paths, IFileLayer layer)
        => layer.FileExists(paths.File(Manifest.SpecFile)) && layer.DirectoryExists(paths.File("records"));

    /// <summary>The state that was just written, with the adapters as they were fitted, so that nothing is read back.</summary>
    public static ModelState Of(Manifest manifest, byte[] manifestBytes, FrozenParts parts, IReadOnlyDictionary<int, IAdapter?> fitted)
    {
        IAdapter?[] adapters = [.. Enumerable.Range(0, parts.Spec.Adapters).Select(fitted.GetValueOrDefault)];
        return new ModelState(manifest, Digests.Of(manifestBytes), parts, new Scorer(parts.Spec, parts.Router, adapters));
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
