using System.Collections.Concurrent;
using LegoNet.Adapters;
using LegoNet.Common;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Sessions;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.Changes;

/// <summary>Fits adapters to shards and writes their files. An adapter's files are a function of the spec and of its shard's rows.</summary>
internal sealed class Refitter(
    ModelSpec spec,
    IAdapterTrainer trainer,
    IFileSink sink,
    int threads,
    IProgress<LegoNetProgress>? progress,
    SumsCache? cache = null)
{
    private readonly ISummingTrainer? _summing = trainer as ISummingTrainer;

    /// <summary>What was refitted, ready to score; null for an adapter that has no rows any more.</summary>
    public ConcurrentDictionary<int, IAdapter?> Fitted { get; } = new();

    /// <summary>Refuses a trainer whose adapters would not be those that its declaration promises.</summary>
    /// <exception cref="LegoNetException">The trainer cannot fit here.</exception>
    public static void RequireRefittable(IAdapterTrainer trainer)
    {
        if (trainer.WhyNotRefittable is { } why)
        {
            throw LegoNetException.BadInput($"The model's adapters cannot be fitted here: {why.TrimEnd('.')}.");
        }
    }

    /// <summary>Fits every adapter from all rows.</summary>
    public AdapterEntry?[] FitAll(RowRef[] rows, CancellationToken cancellationToken)
        => Fit(new ShardAssignment(rows, spec.Adapters), [.. Enumerable.Range(0, spec.Adapters)], cancellationToken);

    /// <summary>Fits some adapters, each from its shard's rows; the others' entries are null.</summary>
    public AdapterEntry?[] Fit(ShardAssignment assignment, int[] adapters, CancellationToken cancellationToken)
    {
        var entries = new AdapterEntry?[spec.Adapters];
        Run(
            adapters,
            adapter => assignment.Count(adapter),
            adapter => entries[adapter] = Fit(adapter, assignment.Rows(adapter), cancellationToken),
            cancellationToken);
        return entries;
    }

    /// <summary>Fits some adapters from what was collected of their shards; the others' entries are null.</summary>
    /// <param name="adapters">The adapters.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="collect">Collects a shard that has rows, when its turn comes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public AdapterEntry?[] Fit(int[] adapters, Func<int, long> rows, Func<int, CollectedShard> collect, CancellationToken cancellationToken)
    {
        var entries = new AdapterEntry?[spec.Adapters];
        int[] withRows = [.. adapters.Where(adapter => rows(adapter) > 0)];
        Run(
            withRows,
            rows,
            adapter =>
            {
                var shard = collect(adapter);
                var fitted = shard.Sums is { } sums
                    ? ((IPartialSums)trainer).FitSums(sums, Settings(adapter))
                    : trainer.Fit(shard.Rows!, Settings(adapter), cancellationToken);
                entries[adapter] = Write(adapter, rows(adapter), fitted, shard.Subjects);
            },
            cancellationToken);
        return entries;
    }

    /// <summary>Whether an adapter is refitted from the sums that its shard's file keeps.</summary>
    /// <param name="before">Rows of its shard before the change.</param>
    /// <param name="after">Rows after it.</param>
    public bool UpdatesSums(long before, long after) => UsesSums(after) && KeepsSums(before);

    /// <summary>Refits some adapters from the sums that their shards' files keep (<see cref="UpdatesSums"/>).</summary>
    /// <param name="adapters">The adapters.</param>
    /// <param name="rows">Rows of each after the change.</param>
    /// <param name="shard">The shard's file before the change.</param>
    /// <param name="change">What went and came.</param>
    /// <param name="subjects">The index of the shard's subjects after the change.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public AdapterEntry?[] Update(
        int[] adapters,
        Func<int, long> rows,
        Func<int, ShardFile> shard,
        Func<int, ShardChange> change,
        Func<int, ShardFile, uint[]> subjects,
        CancellationToken cancellationToken)
    {
        var entries = new AdapterEntry?[spec.Adapters];
        Run(
            adapters,
            rows,
            adapter =>
            {
                var before = shard(adapter);
                var fitted = _summing!.Update(before.Sums!, change(adapter), Settings(adapter), cancellationToken);
                entries[adapter] = Write(adapter, rows(adapter), fitted, subjects(adapter, before));
            },
            cancellationToken);
        return entries;
    }

    /// <summary>Refits the adapters that a change touches.</summary>
    /// <param name="before">The manifest's adapters before the change.</param>
    /// <param name="shards">Their shard files.</param>
    /// <param name="store">The records after the change.</param>
    /// <param name="removed">Rows that went.</param>
    /// <param name="added">Rows that came.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The adapters after the change, and the numbers of those that were refitted.</returns>
    public (AdapterEntry?[] After, int[] Touched) Refit(
        IReadOnlyList<AdapterEntry?> before,
        StoredShards shards,
        RecordStore store,
        IReadOnlyList<RowRef> removed,
        IReadOnlyList<RowRef> added,
        CancellationToken cancellationToken)
    {
        var changes = new SortedDictionary<int, (List<RowRef> Removed, List<RowRef> Added)>();
        foreach (var row in removed)
        {
            foreach (var adapter in row.Route)
            {
                At(adapter).Removed.Add(row);
            }
        }

        foreach (var row in added)
        {
            foreach (var adapter in row.Route)
            {
                At(adapter).Added.Add(row);
            }
        }

        var touched = changes.Keys.ToArray();
        var search = new ShardSearch(store, touched, touched.Select(RowsAfter).Sum(rows => KeepsSums(rows) ? 0 : rows), threads);
        var after = before.ToArray();
        Run(
            touched,
            RowsAfter,
            adapter =>
            {
                var (gone, came) = changes[adapter];
                after[adapter] = RefitOne(adapter, before[adapter], shards, search, gone, came, cancellationToken);
            },
            cancellationToken);
        return (after, touched);

        long RowsAfter(int adapter) => (before[adapter]?.Rows ?? 0) - changes[adapter].Removed.Count + changes[adapter].Added.Count;

        (List<RowRef> Removed, List<RowRef> Added) At(int adapter)
        {
            if (!changes.TryGetValue(adapter, out var change))
            {
                changes.Add(adapter, change = ([], []));
            }

            return change;
        }
    }

    private AdapterEntry? RefitOne(
        int adapter,
        AdapterEntry? before,
        StoredShards shards,
        ShardSearch search,
        List<RowRef> removed,
        List<RowRef> added,
        CancellationToken cancellationToken)
    {
        // Taken out whether they can be used or not: what is held afterwards belongs to the state after.
        var held = cache?.Take(adapter);
        var rowsBefore = before?.Rows ?? 0;
        var rows = rowsBefore - removed.Count + added.Count;
        if (rows == 0)
        {
            Fitted[adapter] = null;
            return null;
        }

        var shard = new Lazy<ShardFile>(() => before is null ? new ShardFile([], null) : shards.Take(adapter));
        var subjects = new Lazy<uint[]>(() => shard.Value.SubjectsWith(
            added.Select(row => row.Key.SubjectPrefix),
            removed.Select(row => row.Key.SubjectPrefix).Where(prefix => !search.RowsOf(adapter, prefix).Any())));
        var sums = !UsesSums(rows) ? null : held ?? (UpdatesSums(rowsBefore, rows) ? shard.Value.Sums : null);
        if (sums is null)
        {
            return Fit(adapter, After(), cancellationToken);
        }

        var change = new ShardChange(new Shard(spec, removed), new Shard(spec, added), rows, () => new Shard(spec, After()));
        return Write(adapter, rows, _summing!.Update(sums, change, Settings(adapter), cancellationToken), subjects.Value);

        IReadOnlyList<RowRef> After() => search.Rows(adapter, subjects) is var found && found.Count == rows
            ? found
            : throw LegoNetException.Damaged($"shard {adapter}: {found.Count} rows were found where {rows} are due.", reason: LegoNetReason.Inconsistent);
    }

    private AdapterEntry? Fit(int adapter, IReadOnlyList<RowRef> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return null;
        }

        var fitted = trainer.Fit(new Shard(spec, rows), Settings(adapter), cancellationToken);
        return Write(adapter, rows.Count, fitted, ShardFile.SubjectsOf(rows));
    }

    private FitSettings Settings(int adapter) => new(spec.AdapterSeed(adapter), threads);

    private bool KeepsSums(long rows) => _summing is not null && _summing.KeepsSums(rows, spec.Dimension);

    private bool UsesSums(long rows) => _summing is not null && _summing.UsesSums(rows, spec.Dimension);

    private AdapterEntry Write(int adapter, long rows, FittedAdapter fitted, uint[] subjects)
    {
        var shard = new ShardFile(subjects, KeepsSums(rows) ? fitted.Sums : null).ToFile();
        var entry = new AdapterEntry(adapter, rows, Digests.Of(fitted.Adapter), Digests.Of(shard));
        var file = entry.AdapterFile(trainer.FileExtension);
        Fitted[adapter] = trainer.Load(fitted.Adapter, file);
        if (fitted.Sums is not null)
        {
            cache?.Put(adapter, fitted.Sums);
        }

        sink.Put(file, fitted.Adapter);
        sink.Put(entry.ShardFile, shard);
        return entry;
    }

    // The largest first, so that no thread starts a long fit when the others are about to end.
    private void Run(int[] adapters, Func<int, long> rows, Action<int> action, CancellationToken cancellationToken)
    {
        var done = 0;
        progress?.Report(new LegoNetProgress("fitting adapters", 0, adapters.Length));
        InParallel.ForEach(
            adapters.OrderByDescending(adapter => trainer.RefitCost(rows(adapter), spec.Dimension, spec.Labels.Outputs)),
            threads,
            adapter =>
            {
                action(adapter);
                progress?.Report(new LegoNetProgress("fitting adapters", Interlocked.Increment(ref done), adapters.Length));
            },
            cancellationToken);
        RefitSpeed.NoteFit();
    }
}
