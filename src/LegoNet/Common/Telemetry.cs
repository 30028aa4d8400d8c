using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LegoNet.Common;

/// <summary>Names of the library's metrics and traces, and the instruments themselves. No identity is ever attached to one.</summary>
public static class Telemetry
{
    /// <summary>Name of the <see cref="System.Diagnostics.Metrics.Meter"/> and of the <see cref="ActivitySource"/>.</summary>
    public const string Name = "LegoNet";

    private static readonly Meter s_meter = new(Name);
    private static readonly ActivitySource s_activities = new(Name);
    private static readonly Histogram<double> s_changes = s_meter.CreateHistogram<double>(
        "legonet.change.duration",
        "s",
        "Time of an acknowledged add, correct or forget.");
    private static readonly Counter<long> s_adapters = s_meter.CreateCounter<long>("legonet.adapters.refitted", "{adapter}", "Adapters refitted by changes.");
    private static readonly Counter<long> s_scored = s_meter.CreateCounter<long>("legonet.records.scored", "{record}", "Records scored.");
    private static readonly Histogram<double> s_scoring = s_meter.CreateHistogram<double>("legonet.score.duration", "s", "Time to score a batch of records.");
    private static readonly Counter<long> s_reloads = s_meter.CreateCounter<long>(
        "legonet.model.reloads",
        "{reload}",
        "Newer states of a hosted model that were taken up.");
    private static readonly Counter<long> s_reloadFailures = s_meter.CreateCounter<long>(
        "legonet.model.reload.failures",
        "{failure}",
        "Checks of a hosted model that could not read its newest state.");

    internal static Activity? Start(string operation)
        => s_activities.StartActivity("legonet." + operation)?.SetTag("legonet.operation", operation);

    internal static void Changed(string operation, TimeSpan duration, int adapters)
    {
        var tag = new KeyValuePair<string, object?>("operation", operation);
        s_changes.Record(duration.TotalSeconds, tag);
        s_adapters.Add(adapters, tag);
    }

    internal static void Describe(Activity? activity, string guarantee, int adapters)
        => activity?.SetTag("legonet.guarantee", guarantee).SetTag("legonet.adapters", adapters);

    /// <summary>Marks an activity as failed by the error's kind. Messages stay out: they may name where a record came from.</summary>
    internal static void Fail(Activity? activity, Exception error)
        => activity?.SetStatus(ActivityStatusCode.Error)
            .SetTag("error.type", error is LegoNetException known ? known.Error.ToString() : error.GetType().FullName);

    /// <summary>The time at which scoring starts; 0 when nobody measures it, so that the clock is left alone.</summary>
    internal static long ScoringStarted() => s_scoring.Enabled ? Stopwatch.GetTimestamp() : 0;

    internal static void Scored(long records, long started)
    {
        s_scored.Add(records);
        if (started != 0)
        {
            s_scoring.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    internal static void Reloaded() => s_reloads.Add(1);

    internal static void ReloadFailed() => s_reloadFailures.Add(1);
}
