using System.Globalization;
using LegoNet.Storage;

namespace LegoNet.Unlearning;

/// <summary>A model's history: one small file per change, chained by digest, outside of what the manifest names.</summary>
internal sealed class Ledger(ModelPaths paths, IFileLayer layer)
{
    /// <summary>The entry for a change that is about to be committed.</summary>
    public (LedgerEntry Entry, string Path, byte[] Bytes) Next(DateTimeOffset time, string operation, string? rootBefore, string rootAfter, string spec, IReadOnlyList<string> tags)
    {
        var last = Files().LastOrDefault();
        var entry = new LedgerEntry(
            last is null ? 1 : Number(last) + 1,
            time,
            operation,
            rootBefore,
            rootAfter,
            spec,
            last is null ? null : Digests.Of(layer.ReadAllBytes(last)),
            tags);
        return (entry, Path.Combine(paths.Ledger, $"{entry.Sequence:D8}.json"), entry.ToJson());
    }

    /// <summary>All entries, oldest first.</summary>
    public IEnumerable<LedgerEntry> Entries()
        => Files().Select(file => LedgerEntry.Parse(layer.ReadAllBytes(file), $"ledger/{Path.GetFileName(file)}"));

    /// <summary>Tags of everything that was ever forgotten.</summary>
    public HashSet<string> ForgottenTags()
        => Entries().Where(e => e.Operation == "forget").SelectMany(e => e.Tags).ToHashSet(StringComparer.Ordinal);

    /// <summary>What is wrong with the chain, if anything.</summary>
    public IEnumerable<string> Check(string currentRoot)
    {
        string? previous = null, root = null;
        var expected = 1;
        foreach (var file in Files())
        {
            var name = $"ledger/{Path.GetFileName(file)}";
            var bytes = layer.ReadAllBytes(file);
            var entry = LedgerEntry.Parse(bytes, name);
            if (entry.Sequence != expected++ || entry.Previous != previous || (root is not null && entry.RootBefore != root))
            {
                yield return $"{name}: does not continue the entry before it";
            }

            previous = Digests.Of(bytes);
            root = entry.RootAfter;
        }

        if (root != currentRoot)
        {
            yield return "ledger: its last entry does not lead to the model's present root";
        }
    }

    /// <summary>Paths of the entries, oldest first; any other file is none of the ledger's.</summary>
    public IEnumerable<string> Files()
        => Directory.Exists(paths.Ledger) ? Directory.EnumerateFiles(paths.Ledger, "*.json").Where(f => Number(f) > 0).Order(StringComparer.Ordinal) : [];

    private static int Number(string path)
        => int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
