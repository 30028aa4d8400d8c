using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LegoNet;

/// <summary>Names of the library's metrics and traces, and the instruments themselves. No identity is ever attached to one.</summary>
public static class Telemetry
{
    /// <summary>Name of the <see cref="System.Diagnostics.Metrics.Meter"/> and of the <see cref="ActivitySource"/>.</summary>
    public const string Name = "LegoNet";

    private static readonly Meter s_meter = new(Name);
    private static readonly ActivitySource s_activities = new(Name);
    private static readonly Histogram<double> s_changes = s_meter.CreateHistogram<double>("legonet.change.duration", "s", "Time of an acknowledged add, correct or forget.");
    private static readonly Counter<long> s_adapters = s_meter.CreateCounter<long>("legonet.adapters.refitted", "{adapter}", "Adapters refitted by changes.");
    private static readonly Counter<long> s_scored = s_meter.CreateCounter<long>("legonet.records.scored", "{record}", "Records scored.");
    private static readonly Counter<long> s_reloads = s_meter.CreateCounter<long>("legonet.model.reloads", "{reload}", "Newer states of a hosted model that were taken up.");

    internal static Activity? Start(string operation) => s_activities.StartActivity("legonet." + operation);

    internal static void Changed(string operation, TimeSpan duration, int adapters)
    {
        var tag = new KeyValuePair<string, object?>("operation", operation);
        s_changes.Record(duration.TotalSeconds, tag);
        s_adapters.Add(adapters, tag);
    }

    internal static void Scored(long records) => s_scored.Add(records);

    internal static void Reloaded() => s_reloads.Add(1);
}
