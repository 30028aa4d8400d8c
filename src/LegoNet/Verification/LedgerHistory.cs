using LegoNet.Audit;
using LegoNet.Records;
using LegoNet.Sessions;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>What is left of a damaged model's ledger, and what it says of the records.</summary>
/// <param name="Entries">All entries.</param>
/// <param name="Broken">Why they are no history; null where they are.</param>
/// <param name="IsInterrupted">Whether the last entry may be of a change that did not happen.</param>
/// <param name="StartedFrom">Where the interrupted change started, as far as that is known: an entry that started elsewhere was acknowledged.</param>
internal sealed record LedgerHistory(
    IReadOnlyList<LedgerHead> Entries,
    string? Broken,
    bool IsInterrupted,
    string? StartedFrom)
{
    // Null where a broken history cannot tell.
    private readonly HashSet<string>? _forgotten = Broken is not null ? null : TagsOf(Entries, Operations.Forget);
    private readonly HashSet<string>? _corrected = Broken is not null ? null : TagsOf(Entries, Operations.Correct);

    /// <summary>The newest entry; null where there is none.</summary>
    public LedgerHead? Last => Entries.Count == 0 ? null : Entries[^1];

    /// <summary>Reads the ledger, whatever became of it.</summary>
    /// <exception cref="LegoNetException">The public keys' file is malformed.</exception>
    public static LedgerHistory Read(ModelRun run)
    {
        var keys = Signing.PublicKeys(run);
        try
        {
            var entries = ReadEntries(run);
            var broken = LedgerChain.Check(entries, entries.Count == 0 ? "" : entries[^1].Entry.RootAfter, keys, run.Threads) is [var first, ..] ? first : null;
            return new LedgerHistory(entries, broken, Recovery.IsInterrupted(run), Commit.StartedFrom(run.Paths, run.Files));
        }
        catch (Exception e) when (e is LegoNetException or IOException or UnauthorizedAccessException)
        {
            return new LedgerHistory([], e.Message.TrimEnd('.'), false, null);
        }
    }

    /// <summary>Whether the ledger says that this is the model.</summary>
    public bool Confirms(string root)
        => Broken is null
            && (Last!.Entry.RootAfter == root
                || (IsInterrupted && Entries.Count > 1 && Entries[^2].Entry.RootAfter == root && (StartedFrom ?? root) == root));

    /// <summary>
    /// Whether a row may be taken that only its own file vouches for: it may be one that was forgotten or replaced, and whose file
    /// somebody put back.
    /// </summary>
    public bool MayTake(RowRef row)
        => _corrected is not null && !WasForgotten(row) && !_corrected.Contains(row.Key.ToTag(withRecord: true));

    /// <summary>Whether a row, or all of its subject, was forgotten once, as far as the ledger tells.</summary>
    public bool WasForgotten(RowRef row)
        => _forgotten is not null && (_forgotten.Contains(row.Key.ToTag(withRecord: false)) || _forgotten.Contains(row.Key.ToTag(withRecord: true)));

    private static HashSet<string> TagsOf(IReadOnlyList<LedgerHead> entries, string operation)
        => entries.Where(e => e.Entry.Operation == operation).SelectMany(e => e.Entry.Tags).ToHashSet(StringComparer.Ordinal);

    private static List<LedgerHead> ReadEntries(ModelRun run)
    {
        var ledger = new Ledger(run.Paths, run.Files);
        var entries = new List<LedgerHead>();
        try
        {
            foreach (var entry in ledger.Entries())
            {
                entries.Add(entry);
            }
        }
        catch (LegoNetException) when (Recovery.IsInterrupted(run) && entries.Count == ledger.Files().Count() - 1)
        {
            // The last entry is cut by the crash that left the marker, so it is of a change that did not happen.
        }

        return entries;
    }
}
