using System.Globalization;
using LegoNet.Common;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Audit;

/// <summary>A model's history: one small signed file per change, chained by digest, outside of what the manifest names.</summary>
internal sealed class Ledger(ModelPaths paths, IFileLayer layer)
{
    /// <summary>The entry for a change that is about to be committed.</summary>
    public (LedgerEntry Entry, string Path, byte[] Bytes) Next(
        DateTimeOffset time,
        string operation,
        string? rootBefore,
        string rootAfter,
        string spec,
        IReadOnlyList<string> tags,
        SigningKey signer)
    {
        var last = Newest(rootBefore);
        var entry = new LedgerEntry(
            last is null ? 1 : Number(last) + 1,
            time,
            operation,
            rootBefore,
            rootAfter,
            spec,
            last is null ? null : Digests.Of(layer.ReadAllBytes(last)),
            tags).Sign(signer);
        return (entry, PathOf(entry.Sequence), entry.ToJson());
    }

    /// <summary>All entries, oldest first, with the digest of each entry's file.</summary>
    /// <exception cref="LegoNetException">An entry is malformed.</exception>
    public IEnumerable<(LedgerEntry Entry, string Digest)> Entries() => Files().Select(Read);

    /// <summary>The entry with a number and its file's digest; null where there is none.</summary>
    /// <exception cref="LegoNetException">The entry is malformed.</exception>
    public (LedgerEntry Entry, string Digest)? Find(int sequence)
    {
        var path = PathOf(sequence);
        return layer.FileExists(path) ? Read(path) : null;
    }

    /// <summary>
    /// The newest entry's file, found by asking for a few names instead of listing all of them: entries are numbered without gaps.
    /// Where that does not lead to the state at hand, because some were removed, all are listed.
    /// </summary>
    /// <param name="root">The model's present root digest.</param>
    public string? Newest(string? root)
    {
        // Every number up to low exists, high does not.
        int low = 0, high = 1;
        while (layer.FileExists(PathOf(high)))
        {
            (low, high) = (high, checked(2 * high));
        }

        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = layer.FileExists(PathOf(middle)) ? (middle, high) : (low, middle);
        }

        return low > 0 && LeadsTo(PathOf(low), root) ? PathOf(low) : Files().LastOrDefault();
    }

    /// <summary>The key that signed the newest entry; null where there is none, or none that can be read, which is for verify to say.</summary>
    /// <param name="root">The model's present root digest.</param>
    public string? LastSigner(string root)
    {
        try
        {
            return Newest(root) is { } path ? Read(path).Entry.Signer : null;
        }
        catch (Exception e) when (e is LegoNetException or IOException)
        {
            return null; // Cut, or undone by its writer meanwhile.
        }
    }

    /// <summary>What is wrong with the chain and its signatures, if anything.</summary>
    /// <param name="entries">All entries.</param>
    /// <param name="currentRoot">The model's present root digest.</param>
    /// <param name="keys">The public keys under which signatures hold; empty to leave signatures unchecked.</param>
    /// <param name="threads">Signatures checked at a time.</param>
    /// <returns>One sentence for each finding.</returns>
    public static IReadOnlyList<string> Check(
        IReadOnlyList<(LedgerEntry Entry, string Digest)> entries,
        string currentRoot,
        IReadOnlyList<VerificationKey> keys,
        int threads)
    {
        const int Named = 20;
        var differences = new List<string>();
        string? previous = null, root = null;
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, digest) = entries[i];
            if (entry.Sequence != i + 1 || entry.Previous != previous || (root is not null && entry.RootBefore != root))
            {
                differences.Add($"{NameOf(entry.Sequence)}: does not continue the entry before it");
            }

            (previous, root) = (digest, entry.RootAfter);
        }

        var unsigned = keys.Count > 0 ? Unsigned(entries, keys, threads) : [];
        differences.AddRange(unsigned.Take(Named));
        if (unsigned.Count > Named)
        {
            differences.Add($"ledger: {unsigned.Count} signatures in all do not hold");
        }

        if (root != currentRoot)
        {
            differences.Add(
                $"ledger: its last entry does not lead to the model's present root: {Manifest.FileName} was altered or put back, or entries are missing");
        }

        return differences;
    }

    /// <summary>Paths of the entries, oldest first; any other file is none of the ledger's.</summary>
    public IEnumerable<string> Files()
        => layer.DirectoryExists(paths.LedgerFolder)
            ? layer.EnumerateFiles(paths.LedgerFolder).Where(f => f.EndsWith(".json", StringComparison.Ordinal) && Number(f) > 0).Order(StringComparer.Ordinal)
            : [];

    /// <summary>What an entry's file is called in messages.</summary>
    public static string NameOf(int sequence) => $"ledger/{sequence:D8}.json";

    private static List<string> Unsigned(IReadOnlyList<(LedgerEntry Entry, string Digest)> entries, IReadOnlyList<VerificationKey> keys, int threads)
    {
        var findings = new string?[entries.Count];
        InParallel.ForEach(Enumerable.Range(0, entries.Count), threads, i =>
        {
            var entry = entries[i].Entry;
            findings[i] = entry.Refuse(keys) is { } why ? $"{NameOf(entry.Sequence)}: {why}" : null;
        });
        return [.. findings.OfType<string>()];
    }

    private string PathOf(int sequence) => Path.Combine(paths.LedgerFolder, $"{sequence:D8}.json");

    private (LedgerEntry Entry, string Digest) Read(string path)
    {
        var bytes = layer.ReadAllBytes(path);
        var name = $"ledger/{Path.GetFileName(path)}";
        var entry = LedgerEntry.Parse(bytes, name);
        return entry.Sequence == Number(path)
            ? (entry, Digests.Of(bytes))
            : throw StatementKind.LedgerEntry.Rules.Failure(name, "it has another number than its name says");
    }

    private bool LeadsTo(string path, string? root)
    {
        try
        {
            return Read(path).Entry.RootAfter == root;
        }
        catch (Exception e) when (e is LegoNetException or IOException)
        {
            return false;
        }
    }

    private static int Number(string path)
        => int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
