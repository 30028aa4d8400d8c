using LegoNet.Records;
using LegoNet.Sessions;

namespace LegoNet.Changes;

/// <summary>What a forget would do, found without changing anything.</summary>
/// <param name="Records">Records found.</param>
/// <param name="Adapters">Numbers of the adapters that would be refitted, ascending.</param>
/// <param name="Rows">Rows visited by the refits.</param>
/// <param name="Seconds">Expected time on this machine.</param>
/// <param name="SameCodeElsewhere">Stored records of other subjects whose code equals that of a record to be forgotten (copies that will stay).</param>
public sealed record ForgetForecast(long Records, IReadOnlyList<int> Adapters, long Rows, double Seconds, long SameCodeElsewhere)
{
    internal static ForgetForecast Of(ModelSession session, IReadOnlyCollection<ForgetTarget> targets, bool ignoreUnknown)
        => session.Read((state, store) =>
        {
            var (removed, _) = ForgetChange.Find(session, store, targets, ignoreUnknown);
            int[] adapters = [.. removed.SelectMany(r => r.Route.ToArray()).Select(a => (int)a).Distinct().Order()];
            long[] rows = [.. adapters.Select(a => state.Manifest.Adapters[a]?.Rows ?? 0)];
            return new ForgetForecast(
                removed.Count,
                adapters,
                rows.Sum(),
                Time(session, rows, removed.Count),
                SameCodes.CountElsewhere(store, new StoredShards(state.Manifest.Adapters, session.Files), removed));
        });

    /// <summary>The time to forget one record: k adapters with the average number of rows.</summary>
    internal static double TypicalSeconds(ModelSession session)
    {
        var rows = session.State.Manifest.Adapters.Where(a => a is not null).Select(a => a!.Rows).DefaultIfEmpty(0).Average();
        return Time(session, [.. Enumerable.Repeat((long)rows, session.State.Spec.Active)], 1);
    }

    private static double Time(ModelSession session, long[] rows, int records)
    {
        var (spec, trainer) = (session.State.Spec, session.State.Parts.Trainer);
        var work = rows.Sum(r => trainer.RefitCost(r, spec.Dimension, spec.Labels.Outputs));
        return RefitSpeed.Seconds(work, Math.Min(session.Run.Threads, Math.Max(1, rows.Length))) + RefitSpeed.CommitSeconds(rows.Length, records);
    }
}
