using System.Diagnostics;
using LegoNet.Records;
using LegoNet.Sessions;

namespace LegoNet.Changes;

/// <summary>What a forget would do, found without changing anything.</summary>
/// <param name="Records">Records found.</param>
/// <param name="Adapters">Numbers of the adapters that would be refitted, ascending.</param>
/// <param name="Rows">Rows visited by the refits.</param>
/// <param name="Seconds">
/// Expected time on this machine, as busy as it is now, with the model open. Where this process has changed no model yet, it includes what
/// only a first change takes.
/// </param>
/// <param name="SameCodeElsewhere">Stored records of other subjects whose code equals that of a record to be forgotten (copies that will stay).</param>
public sealed record ForgetForecast(long Records, IReadOnlyList<int> Adapters, long Rows, double Seconds, long SameCodeElsewhere)
{
    // Of the rows that come first by their keyed tags, so by chance.
    private const int SampledRows = 3;

    internal static ForgetForecast Of(ModelSession session, IReadOnlyCollection<ForgetTarget> targets, bool ignoreUnknown)
        => session.Read((state, store) =>
        {
            // What a forget does first is done here too, so its time is known.
            var started = Stopwatch.GetTimestamp();
            var (removed, _) = ForgetChange.Find(session, store, targets, ignoreUnknown);
            var same = SameCodes.CountElsewhere(store, new StoredShards(state.Manifest.Adapters, session.Files), removed);
            var found = Stopwatch.GetElapsedTime(started).TotalSeconds;
            int[] adapters = [.. removed.SelectMany(r => r.Route.ToArray()).Select(a => (int)a).Distinct().Order()];
            long[] rows = [.. adapters.Select(a => state.Manifest.Adapters[a]?.Rows ?? 0)];
            var rest = removed.Count == 0 ? 0 : RefitSpeed.FirstUse() + CostIn(session).Seconds(rows, removed.Count);
            return new ForgetForecast(removed.Count, adapters, rows.Sum(), found + rest, same);
        });

    /// <summary>The time to forget one record: k adapters with the average number of rows.</summary>
    internal static double TypicalSeconds(ModelSession session) => session.Read((state, store) =>
    {
        var cost = CostIn(session);
        var started = Stopwatch.GetTimestamp();
        var shards = new StoredShards(state.Manifest.Adapters, session.Files);
        int[] candidates = [.. store.Rows().Take(SampledRows).Select(row => SameCodes.CandidatesFor(shards, row)).Order()];
        if (candidates.Length == 0)
        {
            return 0;
        }

        var found = Stopwatch.GetElapsedTime(started).TotalSeconds / candidates.Length;
        var rows = (long)state.Manifest.Adapters.Where(a => a is not null).Average(a => a!.Rows);
        return found + cost.Opening(candidates[candidates.Length / 2]) + RefitSpeed.FirstUse()
            + cost.Seconds([.. Enumerable.Repeat(rows, state.Spec.Active)], 1);
    });

    private static ForgetCost CostIn(ModelSession session)
        => new(session.State.Spec, session.State.Parts.Trainer, session.State.Manifest.Records?.Count ?? 0, session.Run.Threads);
}
