using LegoNet.Audit;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.TestSupport;

/// <summary>Changes a model by someone who can compute every digest and has the signing key: files get their new names, manifest and ledger agree.</summary>
internal sealed class Tampering(string model, TagKey tagKey)
{
    private readonly ModelPaths _paths = new(model);

    public Manifest Manifest => Manifest.Parse(File.ReadAllBytes(_paths.Manifest), Manifest.FileName);

    /// <summary>Replaces an adapter's entry and files; null keeps a file.</summary>
    public void ReplaceAdapter(int number, byte[]? adapter, byte[]? shard, long? rows = null)
    {
        var manifest = Manifest;
        var before = manifest.Adapters[number]!;
        var after = new AdapterEntry(
            number,
            rows ?? before.Rows,
            adapter is null ? before.Adapter : Digests.Of(adapter),
            shard is null ? before.Shard : Digests.Of(shard));
        Replace(before.AdapterFile(manifest.AdapterExtension), after.AdapterFile(manifest.AdapterExtension), adapter);
        Replace(before.ShardFile, after.ShardFile, shard);
        Write(manifest.With(manifest.Records, [.. manifest.Adapters.Select((a, i) => i == number ? after : a)]));
    }

    /// <summary>Rewrites all records with some rows changed, and keeps the adapters.</summary>
    public void ReplaceRows(RowLayout layout, Func<RowRef, RowRef> change)
    {
        var manifest = Manifest;
        var files = new MemoryFiles();
        RecordStore built;
        using (var store = new RecordStore(layout, manifest.Records, new ModelFiles(_paths, PhysicalFileLayer.Instance), tagKey))
        {
            built = store.Build(store.Rows().Select(change).ToArray(), files, threads: 1);
        }

        foreach (var file in Directory.GetFiles(_paths.File("records")))
        {
            File.Delete(file);
        }

        foreach (var (file, bytes) in files.Files)
        {
            File.WriteAllBytes(_paths.File(file), bytes);
        }

        Write(manifest.With(built.Root, manifest.Adapters));
    }

    /// <summary>Writes a manifest, with a ledger of one entry that leads to it.</summary>
    public void Write(Manifest manifest)
    {
        var bytes = manifest.ToJson();
        File.WriteAllBytes(_paths.Manifest, bytes);
        foreach (var file in Directory.GetFiles(_paths.LedgerFolder))
        {
            File.Delete(file);
        }

        using var signingKey = SigningKey.Load(_paths.SigningKeyFile, PhysicalFileLayer.Instance);
        var root = RootDigests.Of(manifest, Digests.Of(bytes));
        var draft = LedgerEntry.Of(Operations.Train, DateTimeOffset.UnixEpoch, null, root, manifest.Spec);
        var entry = new Ledger(_paths, PhysicalFileLayer.Instance).Next(null, draft, signingKey);
        File.WriteAllBytes(entry.Path, entry.Bytes);
    }

    private void Replace(string before, string after, byte[]? bytes)
    {
        if (bytes is not null)
        {
            File.Delete(_paths.File(before));
            File.WriteAllBytes(_paths.File(after), bytes);
        }
    }
}
