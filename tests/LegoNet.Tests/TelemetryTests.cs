using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using LegoNet.Common;
using LegoNet.Hosting;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests;

/// <summary>What is measured and traced, and that it names nobody. Listeners hear the whole process, so these tests run alone.</summary>
[Collection(nameof(TelemetryTests))]
[CollectionDefinition(nameof(TelemetryTests), DisableParallelization = true)]
public sealed class TelemetryTests : IDisposable
{
    private readonly TrainedModel _trained = new();

    public void Dispose() => _trained.Dispose();

    [Fact]
    public void Score_WithAListener_CountsRecordsAndTimesBatches()
    {
        using var heard = new Listener();

        _trained.Scores(_trained.Model.Scorer);
        _trained.Model.Scorer.Predict(_trained.Codes.AsSpan(0, Models.Dimension));

        Assert.Equal([_trained.Codes.Length / Models.Dimension, 1], heard.Values("legonet.records.scored"));
        Assert.Equal(2, heard.Values("legonet.score.duration").Count);
        Assert.All(heard.Values("legonet.score.duration"), seconds => Assert.InRange(seconds, double.Epsilon, 60));
    }

    [Fact]
    public void Score_OfAHostedSnapshot_IsCountedToo()
    {
        using var provider = Open();
        using var heard = new Listener();

        _trained.Scores(provider.Current.Scorer);

        Assert.Equal([_trained.Codes.Length / Models.Dimension], heard.Values("legonet.records.scored"));
    }

    [Fact]
    public void Scored_NobodyListening_NeitherReadsTheClockNorAllocates()
    {
        Telemetry.Scored(1, Telemetry.ScoringStarted());
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            Telemetry.Scored(1, Telemetry.ScoringStarted());
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, Telemetry.ScoringStarted());
    }

    [Fact]
    public void Reload_TakenUpOrFailed_IsCounted()
    {
        using var provider = Open();
        using var heard = new Listener();
        provider.Refresh();
        Assert.Empty(heard.Values("legonet.model.reloads"));

        var receipt = _trained.Model.Forget("subject-0");
        provider.Refresh();
        Assert.Equal([1], heard.Values("legonet.model.reloads"));

        receipt = _trained.Model.Forget("subject-1");
        File.WriteAllBytes(_trained.RefittedAdapterFile(receipt), []);
        Assert.Throws<LegoNetException>(() => provider.Refresh());
        Assert.Equal([1], heard.Values("legonet.model.reloads"));
        Assert.Equal([1], heard.Values("legonet.model.reload.failures"));
    }

    [Fact]
    public void Changes_WithListeners_CarryOperationAdaptersAndGuaranteeButNoIdentity()
    {
        using var heard = new Listener();
        var stop = TestContext.Current.CancellationToken;
        var record = _trained.Records(0).First();

        var forgotten = _trained.Model.Forget("subject-0");
        var added = _trained.Model.Add(_trained.Records(0), cancellationToken: stop);
        var other = _trained.Definition.Spec.Classes.First(c => c != record.Label);
        var corrected = _trained.Model.Correct([record with { Label = other }], cancellationToken: stop);
        var nothing = _trained.Model.Add(_trained.Records(1), cancellationToken: stop);

        Assert.Equal(
            [("forget", forgotten.Adapters.Count), ("add", added.Adapters.Count), ("correct", corrected.Adapters.Count), ("add", 0)],
            heard.Activities.Select(a => ((string)a.GetTagItem("legonet.operation")!, (int)a.GetTagItem("legonet.adapters")!)));
        Assert.Empty(nothing.Adapters);
        Assert.All(heard.Activities, a => Assert.Equal("Exact", a.GetTagItem("legonet.guarantee")));
        Assert.All(heard.Activities, a => Assert.Equal("legonet." + a.GetTagItem("legonet.operation"), a.OperationName));
        Assert.Equal([forgotten.Adapters.Count, added.Adapters.Count, corrected.Adapters.Count], heard.Values("legonet.adapters.refitted"));
        Assert.Equal(3, heard.Values("legonet.change.duration").Count);
        AssertNamesNobody(heard, [.. forgotten.Tags, .. corrected.Tags]);
    }

    [Fact]
    public void Changes_ThatFail_SayTheKindAndNotTheMessage()
    {
        using var heard = new Listener();

        Assert.Throws<LegoNetException>(() => _trained.Model.Forget(
            [new ForgetTarget("subject-77") { Origin = "the request of subject-77" }],
            cancellationToken: TestContext.Current.CancellationToken));

        var activity = Assert.Single(heard.Activities);
        Assert.Equal(ActivityStatusCode.Error, activity.Status);
        Assert.Equal("BadInput", activity.GetTagItem("error.type"));
        Assert.Empty(heard.Values("legonet.change.duration"));
        AssertNamesNobody(heard, []);
    }

    private static void AssertNamesNobody(Listener heard, string[] tags)
    {
        Assert.NotEmpty(heard.Text);
        string[] names = ["subject-", "id-", "class-", .. tags.SelectMany(t => t.Split(':'))];
        Assert.All(names, name => Assert.DoesNotContain(heard.Text, text => text.Contains(name, StringComparison.Ordinal)));
    }

    private LegoNetModelProvider Open() => new(new LegoNetModelProviderOptions { Path = _trained.Path }, null, new ManualClock());

    private sealed class Listener : IDisposable
    {
        private readonly MeterListener _meters = new();
        private readonly ActivityListener _activities = new();
        private readonly ConcurrentQueue<(string Instrument, double Value)> _measurements = new();
        private readonly ConcurrentQueue<string> _tags = new();

        public Listener()
        {
            _meters.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Telemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
            _meters.Start();
            _activities.ShouldListenTo = source => source.Name == Telemetry.Name;
            _activities.Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded;
            _activities.ActivityStopped = Activities.Enqueue;
            ActivitySource.AddActivityListener(_activities);
        }

        public ConcurrentQueue<Activity> Activities { get; } = new();

        /// <summary>Every text that left the library.</summary>
        public IReadOnlyList<string> Text =>
        [
            .. _tags,
            .. Activities.SelectMany(a => a.TagObjects.Select(t => $"{t.Key}={t.Value}")
                .Concat(a.Baggage.Select(b => $"{b.Key}={b.Value}"))
                .Concat(a.Events.SelectMany(e => e.Tags.Select(t => $"{e.Name}: {t.Key}={t.Value}")))
                .Append($"{a.DisplayName} {a.StatusDescription}")),
        ];

        public IReadOnlyList<double> Values(string instrument) => [.. _measurements.Where(m => m.Instrument == instrument).Select(m => m.Value)];

        public void Dispose()
        {
            _meters.Dispose();
            _activities.Dispose();
        }

        private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            _measurements.Enqueue((instrument.Name, value));
            foreach (var (key, text) in tags)
            {
                _tags.Enqueue($"{key}={text}");
            }
        }
    }
}
