using System.Globalization;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Audit;

/// <summary>A model's history: one small signed file per change, chained by digest, outside of what the manifest names.</summary>
internal sealed class Ledger(ModelPaths paths, IFileLayer layer)
{
    /// <summary>How far a clock may be behind the newest entry's.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The entry that vouches for the model's present state: the newest one, signed with a key that is valid. Nothing may be changed,
    /// proven or receipted without it.
    /// </summary>
    /// <param name="root">The present root digest.</param>
    /// <param name="keys">The keys that the public keys' file lists; empty to leave the signature unchecked.</param>
    /// <exception cref="LegoNetException">
    /// The ledger does not lead to the present root, its newest entry is malformed, or its signature does not hold.
    /// </exception>
    public LedgerHead HeadOf(string root, IReadOnlyCollection<VerificationKey> keys)
    {
        var head = UnderWay(root);
        if (head is null)
        {
            head = Newest(root) ?? throw Inconsistent("ledger: has no entry, so nothing vouches for the model's present state");
            if (head.Entry.RootAfter != root)
            {
                throw Inconsistent(
                    $"{NameOf(head.Sequence)}: the ledger's newest entry leads to another state than the one that is here, "
                    + "so files were altered or put back, or entries are missing");
            }
        }

        if (keys.Count > 0 && keys.All(k => k.Fingerprint != head.Entry.Signer))
        {
            throw LegoNetException.Damaged(
                $"{paths.PublicKey}: does not list the key {Signing.Short(head.Entry.Signer)} that signed {NameOf(head.Sequence)}, "
                + "so either this file is older than the model, or the entry is forged; "
                + "put back the newest version of the file, or the model's own ledger.",
                reason: LegoNetReason.SignerNotListed);
        }

        return keys.Count > 0 && head.Entry.Refuse(keys, head.Model) is { } why ? throw Inconsistent($"{NameOf(head.Sequence)}: {why}") : head;
    }

    /// <summary>The newest entry; null where there is none.</summary>
    /// <param name="root">
    /// The model's present root digest, if it is known. Entries are numbered without gaps, so the newest is found by asking for a few
    /// names; where that does not lead to the present state, because some were removed, all names are listed.
    /// </param>
    /// <exception cref="LegoNetException">The entry is malformed.</exception>
    public LedgerHead? Newest(string? root)
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

        return low > 0 && TryFind(low) is { } probed && probed.Entry.RootAfter == root ? probed
            : Files().LastOrDefault() is { } last ? Read(last)
            : null;
    }

    /// <summary>
    /// Refuses a ledger with a gap after an entry that leads to the present root: <see cref="Newest"/>, which asks for few names, can take
    /// that one for the end, and who was forgotten in the entries after the gap would be passed over.
    /// </summary>
    /// <exception cref="LegoNetException">There are entries after it.</exception>
    public void RequireLast(LedgerHead head)
    {
        if (Files().LastOrDefault() is { } last && Number(last) > head.Sequence)
        {
            throw Inconsistent($"{NameOf(head.Sequence + 1)}: is missing, and entries after it are here");
        }
    }

    /// <summary>The entry after another, to be committed with what it is about.</summary>
    /// <param name="head">The newest entry; null to begin a ledger.</param>
    /// <param name="draft">The entry; its number, and what binds it to the one before, are filled in.</param>
    /// <param name="signer">The key that signs.</param>
    /// <exception cref="LegoNetException">The clock is behind the newest entry's time.</exception>
    public LedgerAppend Next(LedgerHead? head, LedgerEntry draft, SigningKey signer)
    {
        if (head is not null && draft.Operation != Operations.Repair && draft.Time < head.Entry.Time - ClockSkew)
        {
            throw LegoNetException.BadInput(
                $"The clock says {Show(draft.Time)}, and the ledger's newest entry was written at {Show(head.Entry.Time)}; "
                + "set the clock, or, where the entry's time is the wrong one, go on from it by a repair that accepts the loss.");
        }

        var entry = (draft with { Sequence = (head?.Sequence ?? 0) + 1, Model = head?.Model, Previous = head?.Digest }).Sign(signer);
        return new LedgerAppend(entry, PathOf(entry.Sequence), entry.ToJson());
    }

    /// <summary>All entries, oldest first.</summary>
    /// <exception cref="LegoNetException">An entry is malformed.</exception>
    public IEnumerable<LedgerHead> Entries() => Files().Select(Read);

    /// <summary>The entry with a number; null where there is none.</summary>
    /// <exception cref="LegoNetException">The entry is malformed.</exception>
    public LedgerHead? Find(int sequence)
    {
        var path = PathOf(sequence);
        return layer.FileExists(path) ? Read(path) : null;
    }

    /// <summary>Entries from the newest back to the oldest that is left, each the one that its successor names.</summary>
    /// <param name="head">The newest entry, whose signature was checked: by the digests, it vouches for those before it.</param>
    /// <exception cref="LegoNetException">An entry is missing though nothing says that it was pruned, or is not the one that its successor names.</exception>
    public IEnumerable<LedgerHead> Back(LedgerHead head)
    {
        var (entry, pruned) = (head, (PrunedEntries?)null);
        while (true)
        {
            yield return entry;
            pruned = pruned is null || entry.Entry.Pruned?.Through > pruned.Through ? entry.Entry.Pruned ?? pruned : pruned;
            if (entry.Entry.Previous is not { } previous || (pruned?.Through == entry.Sequence - 1 && pruned.Digest == previous))
            {
                yield break;
            }

            var name = NameOf(entry.Sequence - 1);
            var before = entry.Sequence > 1 ? Find(entry.Sequence - 1) : null;
            entry = before is null ? throw Inconsistent($"{name}: is missing, and no signed entry says that it was pruned")
                : before.Digest == previous ? before
                : throw Inconsistent($"{name}: is not the entry that the one after it names");
        }
    }

    /// <summary>Removes the entries that the newest entry says are pruned, if it does: also what a crash left of them.</summary>
    public void RemovePruned()
    {
        string[] files = [.. Files()];
        if (files.Length == 0 || TryFind(Number(files[^1]))?.Entry.Pruned is not { } pruned)
        {
            return;
        }

        foreach (var file in files.Where(f => Number(f) <= pruned.Through))
        {
            layer.Delete(file);
        }

        layer.FlushDirectory(paths.LedgerFolder);
        layer.Delete(paths.ForgottenTagsFile); // It lists what the removed entries said.
        layer.FlushDirectory(Path.GetDirectoryName(paths.ForgottenTagsFile)!);
    }

    /// <summary>Paths of the entries, oldest first; any other file is none of the ledger's.</summary>
    public IEnumerable<string> Files()
        => layer.DirectoryExists(paths.LedgerFolder)
            ? layer.EnumerateFiles(paths.LedgerFolder).Where(f => f.EndsWith(".json", StringComparison.Ordinal) && Number(f) > 0).Order(StringComparer.Ordinal)
            : [];

    /// <summary>What an entry's file is called in messages.</summary>
    public static string NameOf(int sequence) => $"ledger/{sequence:D8}.json";

    /// <summary>How a time is shown in messages.</summary>
    public static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static LegoNetException Inconsistent(string what) => LegoNetException.Damaged(what + ".", reason: LegoNetReason.Inconsistent);

    // A commit writes its entry, and then replaces the manifest: between both, the entry before is the one of the present state.
    private LedgerHead? UnderWay(string root)
    {
        if (!layer.FileExists(paths.CommitMarker) || Files().TakeLast(2).ToArray() is not [var last, var newest]
            || TryFind(Number(last)) is not { } before || before.Entry.RootAfter != root)
        {
            return null;
        }

        // Its file may hold nothing yet, or a part.
        return TryFind(Number(newest)) is not { Entry: var next }
            || (next.RootBefore == root && next.RootAfter != root && next.Previous == before.Digest)
            ? before
            : null;
    }

    private LedgerHead? TryFind(int sequence)
    {
        try
        {
            return Find(sequence);
        }
        catch (LegoNetException)
        {
            return null; // Cut, or undone by its writer meanwhile.
        }
    }

    private string PathOf(int sequence) => Path.Combine(paths.LedgerFolder, $"{sequence:D8}.json");

    private LedgerHead Read(string path)
    {
        var name = $"ledger/{Path.GetFileName(path)}";
        byte[] bytes;
        try
        {
            bytes = layer.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.Damaged($"{name}: cannot be read ({LegoNetException.Cause(e)}).", e);
        }

        var entry = LedgerEntry.Parse(bytes, name);
        return entry.Sequence == Number(path)
            ? new LedgerHead(entry, Digests.Of(bytes))
            : throw StatementKind.LedgerEntry.Rules.Failure(name, "it has another number than its name says");
    }

    private static int Number(string path)
        => int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
