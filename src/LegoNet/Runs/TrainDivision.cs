using System.Text.Json;
using LegoNet.Adapters;
using LegoNet.Data.Json;
using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Runs;

/// <summary>How the work of a training is divided into tasks.</summary>
/// <param name="KeyRanges">Ranges of keys, for the trie and its segments.</param>
/// <param name="Groups">
/// Ranges of keys whose sums or rows are collected by tasks of their own: each is of whole <paramref name="KeyRanges"/>. None where records are so
/// few that whoever fits adapters collects their shards as well.
/// </param>
/// <param name="Bundles">For each group, ranges of adapters whose sums or rows are collected at a time.</param>
/// <param name="AdapterRanges">Ranges of adapters that are fitted by one task; each bundle is of whole ones.</param>
internal sealed record TrainDivision(int KeyRanges, int Groups, int Bundles, int AdapterRanges)
{
    // What a row on its way into the store takes beside its code: its key, its origin for messages, and places of references.
    private const int RowOverhead = 320;

    // Of the memory of a task; the rest is for the writing, for readers and encoders, and for the runtime.
    private const int RowsShare = 2;
    private const int CollectedShare = 4;

    // Rows per column of a group's shards from which sums over them are shorter than the rows.
    private const int RowsPerSum = 32;

    /// <summary>How many tasks a stage is to have, where nobody says.</summary>
    /// <param name="bytes">Bytes of all codes.</param>
    public static int TasksFor(long bytes) => bytes switch
    {
        < 32L << 20 => 4,
        < 128L << 20 => 8,
        _ => 16,
    };

    /// <summary>Divides.</summary>
    /// <param name="spec">The frozen spec.</param>
    /// <param name="trainer">Its trainer.</param>
    /// <param name="records">Records, from 1.</param>
    /// <param name="options">Tasks that each stage should have, and the memory of a task. Where it is too little, there are more tasks.</param>
    /// <returns>Parts of the input, and the division of the rest.</returns>
    public static (int Parts, TrainDivision Division) Of(ModelSpec spec, IAdapterTrainer trainer, long records, PlanOptions options)
    {
        var (tasks, memory) = (options.Tasks ?? TasksFor(records * spec.Dimension), options.Memory);
        long width = spec.Dimension + (sizeof(int) * spec.Labels.Width) + (sizeof(ushort) * spec.Active);
        var parts = Least(records * (width + RowOverhead) * RowsShare, memory);
        var keyRanges = Math.Min(Math.Max(tasks, Least(records * RowOverhead, memory)), KeyRange.Slots);
        var (rowsEach, order) = (records * spec.Active / spec.Adapters, spec.Dimension + 1L);
        var sums = trainer is IPartialSums partial && partial.KeepsSums(rowsEach, spec.Dimension);

        // Sums are shorter than their rows by far. Rows are not: where a task can read all records, it finds its shards itself.
        var groups = sums ? (int)Math.Clamp(rowsEach / (RowsPerSum * order), 1, Math.Min(keyRanges, tasks))
            : records * width <= memory ? 0
            : Math.Min(keyRanges, tasks);
        var collected = sums
            ? spec.Adapters * sizeof(long) * (GramKernel.PackedLength((int)order) + (spec.Labels.Outputs * order))
            : records / Math.Max(1, groups) * spec.Active * (width + sizeof(uint));
        var bundles = groups == 0 ? 1 : Math.Min(Least(collected * CollectedShare, memory), spec.Adapters);
        var ranges = Math.Min(Math.Max(tasks, bundles), spec.Adapters);
        return ((int)Math.Min(Math.Max(tasks, parts), records), new TrainDivision(keyRanges, groups, bundles, ranges));
    }

    public static TrainDivision Read(StrictJson json)
    {
        var division = new TrainDivision(
            (int)json.Integer("keyRanges", 1, KeyRange.Slots),
            (int)json.Integer("groups", 0, KeyRange.Slots),
            (int)json.Integer("bundles", 1, ushort.MaxValue),
            (int)json.Integer("adapterRanges", 1, ushort.MaxValue));
        json.Finish();
        return division;
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteNumber("keyRanges", KeyRanges);
        json.WriteNumber("groups", Groups);
        json.WriteNumber("bundles", Bundles);
        json.WriteNumber("adapterRanges", AdapterRanges);
    }

    /// <summary>The key ranges of a group.</summary>
    public Range KeyRangesOf(int group) => Split(group, Groups, KeyRanges);

    /// <summary>The ranges of adapters in a bundle.</summary>
    public Range AdapterRangesOf(int bundle) => Split(bundle, Bundles, AdapterRanges);

    /// <summary>The bundle that a range of adapters is in.</summary>
    public int BundleOf(int range) => Enumerable.Range(0, Bundles).First(b => AdapterRangesOf(b) is var r && range >= r.Start.Value && range < r.End.Value);

    /// <summary>The adapters of a range.</summary>
    public int[] AdaptersOf(int range, int adapters)
    {
        var part = Split(range, AdapterRanges, adapters);
        return [.. Enumerable.Range(part.Start.Value, part.End.Value - part.Start.Value)];
    }

    private static Range Split(int number, int parts, int items)
        => (int)((long)number * items / parts)..(int)((long)(number + 1) * items / parts);

    private static int Least(long bytes, long memory) => (int)Math.Clamp((bytes + memory - 1) / memory, 1, ushort.MaxValue);
}
