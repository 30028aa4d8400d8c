using LegoNet.Adapters;
using LegoNet.Audit;
using LegoNet.Calibration;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.Changes;

/// <summary>Builds a model directory from all its records, under another name until it is complete.</summary>
internal static class ModelBuilder
{
    /// <summary>Refuses a place that is taken, and makes the folders that lead to it.</summary>
    public static void RequireAbsent(ModelPaths paths, IFileLayer files, bool orReplaceable)
    {
        if (orReplaceable && File.Exists(paths.Manifest))
        {
            return;
        }

        if (File.Exists(paths.Root) || (Directory.Exists(paths.Root) && Directory.EnumerateFileSystemEntries(paths.Root).Any()))
        {
            throw LegoNetException.BadInput($"{paths.Root}: exists already; choose another name, or add to the model that is there.");
        }

        var parent = Path.GetDirectoryName(paths.Root)!;
        try
        {
            CreateDirectory(parent, files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{parent}: cannot be created ({LegoNetException.Cause(e)}).", e);
        }
    }

    // A model is as durable as the names of all folders on the way to it.
    private static void CreateDirectory(string path, IFileLayer files)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(path)!;
        CreateDirectory(parent, files);
        Directory.CreateDirectory(path);
        files.FlushDirectory(parent);
    }

    /// <summary>Refuses a trainer whose adapters would not be those that its declaration promises.</summary>
    /// <exception cref="LegoNetException">The trainer cannot fit here.</exception>
    public static void RequireRefittable(IAdapterTrainer trainer)
    {
        if (trainer.WhyNotRefittable is { } why)
        {
            throw LegoNetException.BadInput($"The model's adapters cannot be fitted here: {why.TrimEnd('.')}.");
        }
    }

    /// <summary>The key that signed the ledger that a training goes on with; null where it starts one.</summary>
    public static string? LastSigner(ModelPaths paths, TagKey tagKey, ModelOptions options)
        => RootToGoOnFrom(paths, tagKey, options) is { } root ? new Ledger(paths, options.Files).LastSigner(root) : null;

    public static void Build(ModelPaths paths, ModelDefinition definition, TagKeyFile key, IncomingRows incoming, ModelOptions options, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        Validate(definition);
        var partial = new ModelPaths(paths.Partial);
        DeletePartial(paths);
        try
        {
            foreach (var directory in ModelPaths.DataDirectories.Where(d => d != "encoder" || definition.EncoderToCopy is not null))
            {
                Directory.CreateDirectory(Path.Combine(partial.Root, directory));
            }

            Directory.CreateDirectory(partial.Ledger);
            var sink = new DirectorySink(partial, options.Files);
            var spec = definition.Spec;
            var parts = new FrozenParts(spec, definition.Keys, definition.Calibration);
            progress?.Report(new LegoNetProgress("routing records", 0, incoming.Count));
            incoming.Route(parts.Router, options.Threads, cancellationToken);
            progress?.Report(new LegoNetProgress("writing records", 0, incoming.Count));
            var rows = incoming.Take();
            using var store = new RecordStore(spec.Rows, null, new ModelFiles(partial, options.Files), key.Key).Build(rows, sink, options.Threads);
            cancellationToken.ThrowIfCancellationRequested();

            // From here on by the files just written: what came in need not stay in memory beside them, whoever still knows the array.
            Array.Clear(rows);
            FreeRows(store.Count * definition.Spec.Dimension);
            var entries = new Refitter(spec, parts.Trainer, sink, options.Threads, progress).FitAll([.. store.Rows()], cancellationToken);
            string? encoderCopy = null;
            if (definition.EncoderToCopy is { } encoder)
            {
                var bytes = File.ReadAllBytes(encoder);
                encoderCopy = Digests.Of(bytes);
                sink.Put($"encoder/{encoderCopy}.onnx", bytes);
            }

            var (manifest, files) = Assemble(definition, parts.Trainer.FileExtension, key.Key, encoderCopy, store.Root, entries);
            foreach (var (name, bytes) in files)
            {
                sink.Put(name, bytes);
            }

            var manifestBytes = manifest.ToJson();
            sink.Put(Manifest.FileName, manifestBytes);
            using var signingKey = Signing.Open(paths, options, LastSigner(paths, key.Key, options));
            var rootBefore = CarryLedger(paths, key.Key, sink, options);
            var root = RootDigest.Of(manifest, Digests.Of(manifestBytes));
            var entry = new Ledger(partial, options.Files).Next(options.Clock.GetUtcNow(), "train", rootBefore, root, manifest.Spec, [], signingKey);
            sink.Put($"ledger/{Path.GetFileName(entry.Path)}", entry.Bytes);
            progress?.Report(new LegoNetProgress("flushing", 0, null));
            sink.Flush();
            cancellationToken.ThrowIfCancellationRequested();

            // Before the model takes its name: without its key no record of it could ever be forgotten. Not earlier: a training that
            // fails leaves no key behind.
            key.Keep(options.Files);
            TakeName(partial, paths, options);
            FreeRows(store.Count * definition.Spec.Dimension);
        }
        catch
        {
            DeletePartial(paths);
            throw;
        }
    }

    /// <summary>The manifest over given records and adapters, and the frozen files it names.</summary>
    public static (Manifest Manifest, (string Name, byte[] Bytes)[] Files) Assemble(
        ModelDefinition definition,
        string adapterExtension,
        TagKey tagKey,
        string? encoderCopy,
        NodeRef? records,
        IReadOnlyList<AdapterEntry?> adapters)
    {
        var spec = definition.Spec.ToJson();
        var keys = KeyFile.Write(definition.Keys);
        var calibration = definition.Calibration is null ? null : CalibrationFile.Write(definition.Calibration);
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

    /// <summary>Removes what a killed training of this name left behind. The caller holds the lock.</summary>
    public static void DeletePartial(ModelPaths paths)
    {
        FinishReplacement(paths);
        if (Directory.Exists(paths.Partial))
        {
            Directory.Delete(paths.Partial, recursive: true);
        }
    }

    /// <summary>After a crash in the middle of a replacement: the new model if it has taken the name, else the old one. The caller holds the lock.</summary>
    public static void FinishReplacement(ModelPaths paths)
    {
        if (!Directory.Exists(paths.Replaced))
        {
            return;
        }

        if (File.Exists(paths.Manifest))
        {
            Directory.Delete(paths.Replaced, recursive: true);
        }
        else if (!Directory.Exists(paths.Root))
        {
            Directory.Move(paths.Replaced, paths.Root);
        }
    }

    /// <summary>
    /// Copies the history of a model that is about to be replaced, which knows who was forgotten; under another tag key its tags name nobody.
    /// </summary>
    /// <returns>The root that the history leads to; null where there is none to go on with.</returns>
    private static string? CarryLedger(ModelPaths paths, TagKey tagKey, DirectorySink sink, ModelOptions options)
    {
        if (RootToGoOnFrom(paths, tagKey, options) is not { } root)
        {
            return null;
        }

        string[] files = [.. new Ledger(paths, options.Files).Files()];
        foreach (var file in files)
        {
            sink.Put($"ledger/{Path.GetFileName(file)}", options.Files.ReadAllBytes(file));
        }

        return files.Length > 0 ? root : null;
    }

    private static string? RootToGoOnFrom(ModelPaths paths, TagKey tagKey, ModelOptions options)
    {
        if (!options.Replace || !File.Exists(paths.Manifest))
        {
            return null;
        }

        var bytes = options.Files.ReadAllBytes(paths.Manifest);
        var manifest = Manifest.Parse(bytes, paths.Manifest);
        return manifest.TagKey == tagKey.Fingerprint ? RootDigest.Of(manifest, Digests.Of(bytes)) : null;
    }

    private static void TakeName(ModelPaths partial, ModelPaths paths, ModelOptions options)
    {
        var parent = Path.GetDirectoryName(paths.Root)!;
        if (options.Replace && File.Exists(paths.Manifest))
        {
            options.Files.RenameDirectory(paths.Root, paths.Replaced);
        }
        else if (Directory.Exists(paths.Root))
        {
            Directory.Delete(paths.Root); // Empty, as RequireAbsent found it.
        }

        try
        {
            options.Files.RenameDirectory(partial.Root, paths.Root);
        }
        catch
        {
            FinishReplacement(paths);
            throw;
        }

        // The old model's records are unlinked only when the new name is durable.
        options.Files.FlushDirectory(parent);
        FinishReplacement(paths);
        options.Files.FlushDirectory(parent);
    }

    // Rows of many records have become old and large, so that nobody would look for a long time, and a process would go on at their size.
    private static void FreeRows(long bytes)
    {
        const long Many = 64L << 20;
        if (bytes >= Many)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    // What could not be read back must not be written: programs fill definitions without a spec file's checks.
    private static void Validate(ModelDefinition definition)
    {
        var spec = ModelSpec.Parse(definition.Spec.ToJson(), "spec");
        if (spec.KeysDigest != definition.Keys.Digest)
        {
            throw LegoNetException.BadInput("spec: routing.digest is not that of the definition's keys.");
        }

        if (spec.Calibration != definition.Calibration?.Digest)
        {
            throw LegoNetException.BadInput("spec: calibration is not the digest of the definition's calibration.");
        }
    }
}
