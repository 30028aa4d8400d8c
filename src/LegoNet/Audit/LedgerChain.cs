using LegoNet.Common;
using LegoNet.Store;

namespace LegoNet.Audit;

/// <summary>Checks a whole ledger: its chain, its keys, its times and its signatures.</summary>
internal sealed class LedgerChain
{
    private const int Named = 20;

    private readonly IReadOnlyList<LedgerHead> _entries;
    private readonly List<string> _differences = [];

    // Those that were given, and successors that one of them endorses and that came after the list was made.
    private readonly List<VerificationKey> _keys;

    private LedgerChain(IReadOnlyList<LedgerHead> entries, IReadOnlyList<VerificationKey> keys)
    {
        _entries = entries;
        _keys = [.. keys];
    }

    /// <summary>What is wrong with a ledger, if anything.</summary>
    /// <param name="entries">All entries, oldest first.</param>
    /// <param name="currentRoot">The model's present root digest.</param>
    /// <param name="keys">The public keys under which signatures hold; empty to leave signatures unchecked.</param>
    /// <param name="threads">Signatures checked at a time.</param>
    /// <returns>One sentence for each finding.</returns>
    public static IReadOnlyList<string> Check(
        IReadOnlyList<LedgerHead> entries,
        string currentRoot,
        IReadOnlyList<VerificationKey> keys,
        int threads)
    {
        if (entries.Count == 0)
        {
            return ["ledger: has no entry, so nothing vouches for the model's present state"];
        }

        var chain = new LedgerChain(entries, keys);
        chain.CheckBeginning();
        chain.CheckLinks();
        chain.CheckSigners();
        if (keys.Count > 0)
        {
            chain.CheckSignatures(threads);
        }

        if (entries[^1].Entry.RootAfter != currentRoot)
        {
            chain._differences.Add(
                $"ledger: its last entry does not lead to the model's present root: {Manifest.FileName} was altered or put back, or entries are missing");
        }

        return chain._differences;
    }

    // A history begins with a training, or with a repair that says so; or somebody signed that its beginning was removed.
    private void CheckBeginning()
    {
        var first = _entries[0];
        if (first.Sequence == 1)
        {
            if (first.Entry.Model is not null || first.Entry.Previous is not null
                || !(first.Entry.Operation == Operations.Repair || (first.Entry.Operation == Operations.Train && first.Entry.RootBefore is null)))
            {
                Say(first, "is not how a ledger begins");
            }

            return;
        }

        var pruned = _entries.Select(e => e.Entry.Pruned).OfType<PrunedEntries>().MaxBy(p => p.Through);
        if (pruned?.Through != first.Sequence - 1 || pruned.Digest != first.Entry.Previous)
        {
            _differences.Add($"ledger: the entries before {first.Sequence} are missing, and no signed entry says that they were pruned");
        }
    }

    private void CheckLinks()
    {
        for (var i = 1; i < _entries.Count; i++)
        {
            var (before, entry) = (_entries[i - 1], _entries[i].Entry);
            if (entry.Sequence != before.Sequence + 1 || entry.Previous != before.Digest
                || entry.RootBefore != before.Entry.RootAfter || entry.Model != before.Model)
            {
                Say(_entries[i], "does not continue the entry before it");
            }
            else if (entry.Time < before.Entry.Time - Ledger.ClockSkew && entry.Operation != Operations.Repair)
            {
                Say(_entries[i], $"was written at {Ledger.Show(entry.Time)}, before the entry before it ({Ledger.Show(before.Entry.Time)})");
            }

            if (entry.Pruned is { } pruned && !Fits(pruned, i))
            {
                Say(_entries[i], "says of entries that they were removed, and they were others");
            }
        }
    }

    // What was pruned is gone, or is still here where a crash came between.
    private bool Fits(PrunedEntries pruned, int at)
        => pruned.Through < _entries[at].Sequence
            && (_entries.FirstOrDefault(e => e.Sequence == pruned.Through) is not { } last || last.Digest == pruned.Digest);

    // One key signs from one change of keys to the next.
    private void CheckSigners()
    {
        for (var i = 1; i < _entries.Count; i++)
        {
            var (before, entry) = (_entries[i - 1].Entry, _entries[i].Entry);
            if (entry.Replaces is not { } replaced)
            {
                if (entry.Signer != before.Signer)
                {
                    Say(_entries[i], "is signed with another key than the entry before it, and no entry says that the keys changed");
                }
            }
            else if (replaced.Signer != before.Signer || VerificationKey.TryParseBase64(replaced.Successor) is not { } successor
                || successor.Fingerprint != entry.Signer)
            {
                Say(_entries[i], "changes the keys, and names others than those that signed before and sign from now on");
            }
            else if (replaced.Endorsement is { } endorsement && _keys.FirstOrDefault(k => k.Fingerprint == replaced.Signer) is { } old)
            {
                var endorsed = ReplacedKey.EndorsementOf(_entries[i].Model, entry.Sequence, replaced.Successor);
                if (!old.Verify(ReplacedKey.Domain, endorsed, endorsement))
                {
                    Say(_entries[i], "changes the keys, and the key before it did not endorse the new one");
                }
                else if (old.WhyNotValid(_entries[i].Model, entry.Sequence, isEntry: true) is null && _keys.All(k => k.Fingerprint != entry.Signer))
                {
                    // A list from before the change does not end the old key there. One that does has the true successor: any other is a thief's.
                    _keys.Add(successor);
                }
            }
        }
    }

    private void CheckSignatures(int threads)
    {
        var findings = new string?[_entries.Count];
        InParallel.ForEach(Enumerable.Range(0, _entries.Count), threads, i => findings[i] = _entries[i].Entry.Refuse(_keys, _entries[i].Model));
        var unsigned = Enumerable.Range(0, findings.Length).Where(i => findings[i] is not null).ToArray();
        foreach (var i in unsigned.Take(Named))
        {
            Say(_entries[i], findings[i]!);
        }

        if (unsigned.Length > Named)
        {
            _differences.Add($"ledger: {unsigned.Length} signatures in all do not hold");
        }
    }

    private void Say(LedgerHead entry, string what) => _differences.Add($"{Ledger.NameOf(entry.Sequence)}: {what}");
}
