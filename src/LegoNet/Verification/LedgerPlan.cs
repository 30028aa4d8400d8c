using LegoNet.Audit;
using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Verification;

/// <summary>What a ledger needs so that it leads to a repaired model.</summary>
/// <param name="Kept">Files of the entries that stay.</param>
/// <param name="IsNeeded">Whether the repair is an entry of its own.</param>
/// <param name="SetsAside">Whether what is left of the ledger is put beside the model, and a new one begun.</param>
/// <param name="RootBefore">The root that the repair's entry starts from; null for the one that the model had.</param>
internal sealed record LedgerPlan(IReadOnlyList<string> Kept, bool IsNeeded, bool SetsAside, string? RootBefore)
{
    /// <summary>The entry that the repair's continues; null where a new ledger begins.</summary>
    public LedgerHead? Head { get; init; }

    /// <summary>The root that the entries kept lead to; null where none are.</summary>
    public string? LeadsTo { get; init; }

    /// <summary>Plans for a model that was derived anew.</summary>
    /// <param name="run">The model.</param>
    /// <param name="ledger">Its history.</param>
    /// <param name="root">The derived model's root digest.</param>
    /// <param name="rootBefore">The root digest before, as far as it is known.</param>
    /// <param name="lost">What is lost so far; receives what is lost of the history.</param>
    public static LedgerPlan Of(ModelRun run, LedgerHistory ledger, string root, string? rootBefore, List<string> lost)
    {
        var files = new Ledger(run.Paths, run.Files).Files().ToList();
        if (ledger.Broken is { } why)
        {
            lost.Add($"{why}; the ledger's history cannot be derived. "
                + "A repair that accepts the loss sets what is left of it aside, beside the model, and begins a new one.");
            return new LedgerPlan([], IsNeeded: true, SetsAside: files.Count > 0, rootBefore);
        }

        files = files[..ledger.Entries.Count];
        var last = ledger.Last!;
        var now = run.Now();
        if (last.Entry.Time > now + Ledger.ClockSkew)
        {
            lost.Add($"{Ledger.NameOf(last.Sequence)}: was written at {Ledger.Show(last.Entry.Time)}, and it is {Ledger.Show(now)} now. "
                + "If the clock is right today, a repair that accepts this writes an entry from which time goes on.");
            return new LedgerPlan(files, IsNeeded: true, SetsAside: false, last.Entry.RootAfter) { Head = last, LeadsTo = last.Entry.RootAfter };
        }

        if (last.Entry.RootAfter == root)
        {
            return new LedgerPlan(files, IsNeeded: false, SetsAside: false, null) { LeadsTo = root };
        }

        if (ledger.Confirms(root))
        {
            // The entry of a change that a crash undid.
            return new LedgerPlan(files[..^1], IsNeeded: false, SetsAside: false, null) { LeadsTo = root };
        }

        if (lost.Count == 0)
        {
            lost.Add("ledger: its last entry leads to another state than the one that is here: "
                + "the model was replaced by an older one, or the ledger by another.");
        }

        return new LedgerPlan(files, IsNeeded: true, SetsAside: false, last.Entry.RootAfter) { Head = last, LeadsTo = last.Entry.RootAfter };
    }

    /// <summary>Removes or sets aside what goes, and writes the repair's entry where it has one.</summary>
    public void Write(ModelRun run, DerivedModel derived, string? rootBefore, SigningKey? signer)
    {
        var (paths, files) = (run.Paths, run.Files);
        string[] present = [.. files.EnumerateFiles(paths.LedgerFolder)];
        if (SetsAside)
        {
            SetAside(run, present);
        }
        else
        {
            // Before the next entry, which takes the number after the last one's.
            foreach (var file in present.Where(f => !Kept.Contains(f)))
            {
                files.Delete(file);
            }
        }

        if (signer is not null)
        {
            var draft = LedgerEntry.Of(Operations.Repair, run.Now(), RootBefore ?? rootBefore, derived.Root, derived.Manifest.Spec) with
            {
                Caches = Head?.Entry.Caches ?? [],
            };
            var entry = new Ledger(paths, files).Next(Head, draft, signer);
            files.WriteAllBytes(entry.Path, entry.Bytes, flush: true, paths.Look);
        }

        files.FlushDirectory(paths.LedgerFolder);
    }

    // Copied and then removed: of a rename from one folder to another, the removal alone may be what reaches the device.
    private static void SetAside(ModelRun run, string[] entries)
    {
        var files = run.Files;
        var name = $"{run.Paths.Place}.ledger-{run.Clock.GetUtcNow():yyyyMMddHHmmss}";
        var aside = name;
        for (var i = 2; files.DirectoryExists(aside); i++)
        {
            aside = $"{name}-{i}"; // A repair that was interrupted may have begun to fill the first.
        }

        files.CreateDirectory(aside, run.Paths.Look);
        files.FlushDirectory(Path.GetDirectoryName(aside)!);
        foreach (var entry in entries)
        {
            var target = Path.Combine(aside, Path.GetFileName(entry));
            if (files.TryReadAllBytes(entry) is { } bytes)
            {
                files.WriteAllBytes(target, bytes, flush: true, run.Paths.Look);
            }
            else
            {
                files.Rename(entry, target); // It cannot be read: what can be done for it is to keep it.
            }
        }

        files.FlushDirectory(aside);
        foreach (var entry in entries)
        {
            files.Delete(entry);
        }
    }
}
