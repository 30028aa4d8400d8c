using LegoNet.Audit;
using LegoNet.Sessions;

namespace LegoNet.Changes;

/// <summary>Removes a ledger's oldest entries under a signature, so that a limit on how long they are kept and verification go together.</summary>
internal static class LedgerPruning
{
    /// <summary>Removes the entries that were written before a time.</summary>
    /// <returns>How many were removed.</returns>
    /// <exception cref="LegoNetException">Something is wrong with the ledger, or another process is writing.</exception>
    public static int Prune(ModelSession session, DateTimeOffset before)
    {
        using var writing = session.EnterAsWriter();
        var head = LedgerCommit.RequireWhole(session);
        var (run, ledger) = (session.Run, new Ledger(session.Run.Paths, session.Run.Files));
        LedgerHead[] old = [.. ledger.Entries().TakeWhile(e => e.Entry.Time < before)];
        if (old.Length == 0)
        {
            return 0;
        }

        var last = old[^1];
        LedgerCommit.Append(
            session,
            head,
            Operations.Prune,
            entry => entry with
            {
                Pruned = new PrunedEntries(last.Sequence, last.Digest),
                DroppedCaches = [.. old.SelectMany(e => e.Entry.DroppedCaches).Distinct()], // They still hold what was forgotten.
            },
            session.SigningKeyAfter(head),
            after: ledger.RemovePruned);
        return old.Length;
    }
}
