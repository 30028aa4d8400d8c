using System.Diagnostics;
using LegoNet.Ensembles;
using LegoNet.Hosting;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Hosting;

/// <summary>One writer that forgets without a pause, and eight readers that score: no error, no torn read, and memory that stays.</summary>
public sealed class LoadTests : IDisposable
{
    /// <summary>Names the variable with the seconds under load, for a long run by hand.</summary>
    private const string SecondsVariable = "LEGONET_TEST_LOAD_SECONDS";

    private const int Readers = 8;
    private const double DefaultSeconds = 8;

    // A run that is short is mostly warming up: what it may take more is no leak yet.
    private const long ToleratedGrowth = 48L << 20;

    private readonly TrainedModel _trained = new(new UnflushedFiles());
    private readonly Dictionary<string, double[]> _scoresByRoot = [];

    public void Dispose() => _trained.Dispose();

    [Fact]
    public async Task Scoring_WhileAWriterForgetsWithoutAPause_IsNeverTornAndMemoryStays()
    {
        var seconds = double.TryParse(Environment.GetEnvironmentVariable(SecondsVariable), out var asked) ? asked : DefaultSeconds;
        Remember();
        for (var subject = 0; subject < TrainedModel.Subjects; subject++)
        {
            Toggle(subject, Remember);
        }

        using var provider = new LegoNetModelProvider(new LegoNetModelProviderOptions
        {
            Path = _trained.Path,
            PollInterval = TimeSpan.FromMilliseconds(20),
            SnapshotGracePeriod = TimeSpan.FromSeconds(5),
        });
        var started = Stopwatch.GetTimestamp();
        long changes = 0;
        long? early = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var writer = Start(() =>
        {
            for (var subject = 0; !stop.IsCancellationRequested; subject = (subject + 1) % TrainedModel.Subjects)
            {
                Toggle(subject, () => changes++);
            }
        });
        var readers = Enumerable.Range(0, Readers).Select(_ => new Latencies()).ToArray();
        var reading = readers.Select(latencies => Start(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Score(provider, latencies);
            }
        })).ToArray();
        while (Elapsed() < seconds && !writer.IsCompleted && !reading.Any(r => r.IsCompleted))
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            if (early is null && Elapsed() > seconds / 3)
            {
                early = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll([writer, .. reading]);
        var late = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Elapsed():F0} s: {changes:N0} changes, {readers.Sum(r => r.Count):N0} batches of 16 scored; "
            + $"p50 {Percentile(0.5):F3} ms, p99 {Percentile(0.99):F3} ms; "
            + $"managed memory {early / 1048576.0:F1} → {late / 1048576.0:F1} MiB, process {process.WorkingSet64 / 1048576.0:F0} MiB");
        Assert.True(changes > 10);
        Assert.True(readers.All(r => r.Count > 10));
        Assert.True(late - early < ToleratedGrowth, $"memory grew from {early:N0} to {late:N0} bytes");
        Assert.True(Directory.GetFiles(Path.GetDirectoryName(_trained.Path)!).Length < 20);

        double Elapsed() => Stopwatch.GetElapsedTime(started).TotalSeconds;

        double Percentile(double share) => Latencies.Percentile(readers, share);
    }

    private static Task Start(Action work)
        => Task.Factory.StartNew(work, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Score(LegoNetModelProvider provider, Latencies latencies)
    {
        var snapshot = provider.Current;
        var began = Stopwatch.GetTimestamp();
        try
        {
            var scores = _trained.Scores(snapshot.Scorer);
            latencies.Add(Stopwatch.GetElapsedTime(began));
            Assert.Equal(_scoresByRoot[snapshot.RootDigest], scores);
        }
        catch (SnapshotExpiredException)
        {
            // This thread was held up for the whole grace period.
        }
    }

    private void Toggle(int subject, Action after)
    {
        _trained.Model.Forget($"subject-{subject}");
        after();
        _trained.Model.Add(_trained.Records(subject));
        after();
    }

    private void Remember() => _scoresByRoot[_trained.Model.RootDigest] = _trained.Scores(_trained.Model.Scorer);

    /// <summary>Times by their logarithm, so that hours of them take a few kilobytes.</summary>
    private sealed class Latencies
    {
        private const int StepsPerDoubling = 16;
        private readonly long[] _counts = new long[40 * StepsPerDoubling];

        public long Count { get; private set; }

        public void Add(TimeSpan time)
        {
            Count++;
            _counts[Math.Clamp((int)(Math.Log2(Math.Max(1, time.TotalNanoseconds)) * StepsPerDoubling), 0, _counts.Length - 1)]++;
        }

        /// <summary>In milliseconds.</summary>
        public static double Percentile(Latencies[] all, double share)
        {
            var left = all.Sum(l => l.Count) * share;
            for (var i = 0; ; i++)
            {
                left -= all.Sum(l => l._counts[i]);
                if (left <= 0)
                {
                    return Math.Pow(2, (i + 1.0) / StepsPerDoubling) / 1e6;
                }
            }
        }
    }
}
