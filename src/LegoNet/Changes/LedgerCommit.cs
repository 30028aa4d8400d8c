using LegoNet.Audit;
using LegoNet.Sessions;
using LegoNet.Store;

namespace LegoNet.Changes;

/// <summary>Writes entries into a ledger that change no record. For the writer.</summary>
internal static class LedgerCommit
{
    /// <summary>Appends an entry.</summary>
    /// <param name="session">The model.</param>
    /// <param name="head">The newest entry.</param>
    /// <param name="operation">What the entry is of.</param>
    /// <param name="complete">Fills in what the entry has besides its place and the state.</param>
    /// <param name="signer">The key that signs.</param>
    /// <param name="after">What follows from the entry, and what recovery does where a crash prevents it.</param>
    public static LedgerHead Append(
        ModelSession session,
        LedgerHead head,
        string operation,
        Func<LedgerEntry, LedgerEntry> complete,
        SigningKey signer,
        Action? after = null)
    {
        var (run, state) = (session.Run, session.State);
        var draft = LedgerEntry.Of(operation, run.Now(), state.Root, state.Root, state.Manifest.Spec) with { Caches = head.Entry.Caches };
        var entry = new Ledger(run.Paths, run.Files).Next(head, complete(draft), signer);
        using var commit = Commit.Begin(run.Paths, run.Files, [ModelPaths.LedgerName], root: state.Root);
        commit.CompleteLedger(entry.Path, entry.Bytes, after);
        return entry.Head;
    }

    /// <summary>Refuses to sign anything over a history that is not whole.</summary>
    /// <returns>The newest entry.</returns>
    /// <exception cref="LegoNetException">Something is wrong with the ledger.</exception>
    public static LedgerHead RequireWhole(ModelSession session)
    {
        var head = session.RequireHead();
        var keys = Signing.PublicKeys(session.Run);
        var ledger = new Ledger(session.Run.Paths, session.Run.Files);
        return LedgerChain.Check([.. ledger.Entries()], session.State.Root, keys, session.Run.Threads) is [var first, ..]
            ? throw LegoNetException.Damaged(first + ".", reason: LegoNetReason.Inconsistent)
            : head;
    }
}
