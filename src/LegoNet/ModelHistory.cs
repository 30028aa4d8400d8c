using LegoNet.Audit;
using LegoNet.Changes;
using LegoNet.Sessions;

namespace LegoNet;

/// <summary>A model's ledger and the keys that sign it.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ModelHistory
{
    private readonly ModelSession _session;

    internal ModelHistory(ModelSession session) => _session = session;

    /// <summary>Where the history stands: the model's name, and the ledger's newest entry.</summary>
    /// <exception cref="LegoNetException">The ledger does not lead to the model's present state, or its newest signature does not hold.</exception>
    public LedgerPosition Head => _session.ReadHead().Position;

    /// <summary>The ledger's entries, oldest first, as they are stored; only a verification says whether all of them hold.</summary>
    /// <exception cref="LegoNetException">An entry is malformed.</exception>
    public IEnumerable<LedgerLine> Entries()
        => new Ledger(_session.Run.Paths, _session.Run.Files).Entries().Select(e => new LedgerLine(
            e.Sequence,
            e.Entry.Time,
            e.Entry.Operation,
            e.Entry.Tags,
            e.Entry.RootBefore,
            e.Entry.RootAfter,
            e.Digest,
            e.Entry.Signer,
            [.. e.Entry.DroppedCaches.Select(cache => cache.Path)]));

    /// <summary>
    /// Makes the receipt of a change again, e.g. because a crash lost it, or because the key that signed it was stolen. The ledger keeps
    /// no counts and no adapters, so the receipt has none (<see cref="Receipt.IsMadeAgain"/>).
    /// </summary>
    /// <param name="sequence">The change's number in the ledger, from 1.</param>
    /// <exception cref="LegoNetException">There is no such entry, it is of no such change, or the ledger or the signing key is not the model's.</exception>
    public Receipt Receipt(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        using var writing = _session.EnterAsWriter();
        var head = _session.RequireHead();
        var entry = new Ledger(_session.Run.Paths, _session.Run.Files).Back(head).FirstOrDefault(e => e.Sequence == sequence)
            ?? throw LegoNetException.BadInput($"{Ledger.NameOf(sequence)}: there is no such entry (the newest is {head.Sequence}; old ones may be pruned).");
        return entry.Entry.Operation is Operations.Forget or Operations.Add or Operations.Correct
            ? Audit.Receipt.Of(entry, head).Sign(_session.SigningKeyAfter(head))
            : throw LegoNetException.BadInput(
                $"{Ledger.NameOf(sequence)}: is of the operation \"{entry.Entry.Operation}\"; there are receipts of forget, add and correct.");
    }

    /// <summary>
    /// Removes the ledger's entries that were written before a time, with the tags they name. A signed entry says so, and verification
    /// goes on from it. Who was forgotten in them is then no longer known: <see cref="AddOptions.Suppress"/> reaches back to the oldest
    /// entry that is left.
    /// </summary>
    /// <param name="before">Entries written earlier are removed.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="LegoNetException">Something is wrong with the ledger or the signing key, or another process is writing.</exception>
    public int Prune(DateTimeOffset before) => LedgerPruning.Prune(_session, before);

    /// <summary>
    /// Gives the model a new signing key, which the key in use endorses. What the old key signed so far goes on to hold; it signs
    /// nothing new. The public keys' file lists both, with the entries for which they are valid: give it to whoever checks.
    /// </summary>
    /// <param name="newKeyPath">The new key's file, made where it is missing. Default: the file of the key in use, which is replaced.</param>
    /// <returns>The public part of the new key.</returns>
    /// <exception cref="LegoNetException">
    /// A key is missing or is not the model's, something is wrong with the ledger, or another process is writing.
    /// </exception>
    public VerificationKey RotateKey(string? newKeyPath = null) => KeyChange.Make(_session, null, newKeyPath);

    /// <summary>Gives the model a new signing key in place of one that was lost or stolen.</summary>
    /// <param name="loss">What became of the key. Where it was stolen, first see that no entry is the thief's: the new key vouches for all of them.</param>
    /// <param name="newKeyPath">The new key's file, made where it is missing. Default: the file of the key in use, which is replaced.</param>
    /// <returns>The public part of the new key.</returns>
    /// <exception cref="LegoNetException">Something is wrong with the ledger or a key, or another process is writing.</exception>
    public VerificationKey RevokeKey(KeyLoss loss, string? newKeyPath = null) => KeyChange.Make(_session, loss, newKeyPath);
}
