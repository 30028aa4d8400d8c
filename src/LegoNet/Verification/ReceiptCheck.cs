using LegoNet.Audit;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>Compares a receipt with the model that it is about.</summary>
internal sealed class ReceiptCheck(Receipt receipt, ModelRun run, ModelState state, LedgerHead ledgerHead, RecordStore store)
{
    private readonly List<string> _differences = [];
    private readonly List<string> _notes = [];

    public ReceiptReport Run(IReadOnlyList<VerificationKey> keys)
    {
        if (keys.Count == 0)
        {
            _differences.Add("the receipt's signature cannot be checked: there is no public key beside the model, and none was named");
        }
        else if (receipt.Refuse(keys) is { } why)
        {
            _differences.Add($"the receipt {why}");
        }

        if (receipt.SpecDigest != state.Manifest.Spec)
        {
            _differences.Add("the receipt names another spec than the model's");
        }

        if (ledgerHead.Model != receipt.Head.Model)
        {
            _differences.Add(
                $"the receipt is about model {receipt.Head.Model[..16]}…, and this is model {ledgerHead.Model[..16]}… (its ledger begins otherwise)");
            return new ReceiptReport([.. _differences], [], false);
        }

        FollowLedger();
        var present = receipt.RootAfter == state.Root;
        if (receipt.IsMadeAgain)
        {
            _notes.Add("the receipt was made again from the ledger, so it names no adapters");
        }
        else if (present)
        {
            CompareAdapters();
        }

        if (receipt.Operation == Operations.Forget)
        {
            FindTags(present);
        }

        return new ReceiptReport([.. _differences], [.. _notes], present);
    }

    // From the receipt's entry every later one has to start where the one before ended, up to the present root.
    private void FollowLedger()
    {
        var ledger = new Ledger(run.Paths, run.Files);
        var reached = receipt.RootAfter;
        if (receipt.LedgerSequence is null && receipt.RootBefore != receipt.RootAfter)
        {
            _differences.Add("the receipt names no entry of the ledger, though it says that the model changed");
        }

        // Where there was nothing to do, the newest entry then says of which state that is so.
        var (sequence, named) = receipt.LedgerSequence is { } own ? (own, receipt.LedgerEntry) : (receipt.Head.Sequence, receipt.Head.Entry);
        if (ledger.Find(sequence) is not { } found)
        {
            if (ledger.Entries().Any(e => e.Entry.Pruned?.Through >= sequence))
            {
                _notes.Add($"the receipt's entry ({sequence}) was pruned from the ledger, so only the receipt's own signature speaks for it");
            }
            else
            {
                _differences.Add($"{Ledger.NameOf(sequence)}: is missing, and the receipt names it");
            }

            return;
        }

        var (entry, digest) = (found.Entry, found.Digest);
        if (digest != named)
        {
            _differences.Add($"{Ledger.NameOf(sequence)}: is not the entry that the receipt names");
        }

        if (entry.RootAfter != receipt.RootAfter || (receipt.LedgerSequence is not null && !SaysTheSame(entry)))
        {
            _differences.Add($"{Ledger.NameOf(sequence)}: says something else than the receipt");
        }

        for (var previous = digest; ledger.Find(++sequence) is { } next; (previous, reached) = (next.Digest, next.Entry.RootAfter))
        {
            if (next.Entry.Previous != previous || next.Entry.RootBefore != reached)
            {
                _differences.Add($"{Ledger.NameOf(sequence)}: does not continue the entry before it");
                return;
            }
        }

        if (reached != state.Root)
        {
            _differences.Add("the ledger does not lead from the receipt's root to the model's present root");
        }
    }

    private bool SaysTheSame(LedgerEntry entry)
        => entry.Previous == receipt.LedgerPrevious && entry.Operation == receipt.Operation && entry.RootBefore == receipt.RootBefore
            && entry.Spec == receipt.SpecDigest && entry.Time == receipt.Time && entry.Tags.SequenceEqual(receipt.Tags);

    private void CompareAdapters()
    {
        foreach (var (number, digest) in receipt.Adapters)
        {
            if (number >= state.Manifest.Adapters.Count || state.Manifest.Adapters[number]?.Adapter != digest)
            {
                _differences.Add($"adapter {number}: is not the one that the receipt names");
            }
        }
    }

    private void FindTags(bool present)
    {
        var again = receipt.Tags.Count(IsStored);
        if (again > 0)
        {
            // Only a ledger that goes on from the receipt says that they were added again.
            var unexplained = present || _differences.Count > 0;
            (unexplained ? _differences : _notes).Add($"records are stored under {again} of the tags that the receipt names as forgotten"
                + (unexplained ? "" : "; they were added again later"));
        }
    }

    private bool IsStored(string tag)
    {
        var subject = Convert.FromHexString(tag.AsSpan(0, 2 * RecordKey.TagBytes));
        return tag.Length == 2 * RecordKey.TagBytes
            ? store.FindSubject(subject).Any()
            : store.Find(new RecordKey(subject, Convert.FromHexString(tag.AsSpan((2 * RecordKey.TagBytes) + 1)))) is not null;
    }
}
