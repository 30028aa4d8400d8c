using System.Collections.Concurrent;
using System.Diagnostics;
using LegoNet.Ensembles;
using LegoNet.Hosting;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Hosting;

/// <summary>Scores that are computed while records come and go belong to one committed state each.</summary>
public sealed class ScoringDuringChangesTests : IDisposable
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(2);

    // A busy machine gets more time, not fewer checks.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    // Commits that wait for the device would leave the other threads long pauses between changes.
    private readonly TrainedModel _trained = new(new UnflushedFiles());

    // Training is a function, so coming back to a set of records comes back to its root: a few states are all that there are.
    private readonly Dictionary<string, double[]> _scoresByRoot = [];
    private readonly ConcurrentDictionary<string, long> _seenByReader = new();
    private readonly ConcurrentDictionary<string, long> _seenByProvider = new();

    public void Dispose() => _trained.Dispose();

    [Fact]
    public async Task Scores_WhileAnotherThreadForgetsAndAdds_BelongToOneCommittedState()
    {
        Remember();
        foreach (var subject in Enumerable.Range(0, TrainedModel.Subjects))
        {
            Toggle(subject, Remember);
        }

        Assert.Equal(TrainedModel.Subjects + 1, _scoresByRoot.Count);
        using var reader = LegoNetModel.Open(_trained.Path);
        using var provider = new LegoNetModelProvider(new LegoNetModelProviderOptions
        {
            Path = _trained.Path,
            PollInterval = TimeSpan.FromMilliseconds(10),
            SnapshotGracePeriod = TimeSpan.FromSeconds(1),
        });
        var started = Stopwatch.GetTimestamp();
        ModelSnapshot? kept = null;
        long changes = 0, scoredByWriter = 0, expired = 0;

        await Task.WhenAll(
            Repeat(() => Toggle((int)(changes / 2 % TrainedModel.Subjects), () => changes++)),
            Repeat(() =>
            {
                // The property is read once per batch; which state it gave must show in the scores alone.
                var scores = _trained.Scores(_trained.Model.Scorer);
                Assert.Contains(_scoresByRoot.Values, known => known.AsSpan().SequenceEqual(scores));
                scoredByWriter++;
            }),
            Repeat(() =>
            {
                reader.Reload();
                var scores = _trained.Scores(reader.Scorer);
                var (root, _) = Assert.Single(_scoresByRoot, s => scores.AsSpan().SequenceEqual(s.Value));
                _seenByReader.AddOrUpdate(root, 1, (_, n) => n + 1);
            }),
            Repeat(() => ScoreThrough(provider)),
            Repeat(() => ScoreThrough(provider)),
            Repeat(() =>
            {
                // A caller that keeps its snapshot too long is stopped, and gets no score of another state meanwhile.
                kept ??= provider.Current;
                try
                {
                    Assert.Equal(_scoresByRoot[kept.RootDigest], _trained.Scores(kept.Scorer));
                }
                catch (SnapshotExpiredException)
                {
                    expired++;
                    kept = null;
                }
            }));

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{changes} changes; scored {scoredByWriter} (writer), {_seenByReader.Values.Sum()} (reader, {_seenByReader.Count} states), "
            + $"{_seenByProvider.Values.Sum()} (provider, {_seenByProvider.Count} states); {expired} expired");
        Assert.True(SeenEnough());

        bool SeenEnough() => Volatile.Read(ref changes) > 20
            && Volatile.Read(ref scoredByWriter) > 20
            && Volatile.Read(ref expired) > 0
            && _seenByReader.Count > 1
            && _seenByProvider.Count > 1;

        Task Repeat(Action work) => Task.Factory.StartNew(
            () =>
            {
                while (Stopwatch.GetElapsedTime(started) < (SeenEnough() ? s_duration : s_limit))
                {
                    work();
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private void ScoreThrough(LegoNetModelProvider provider)
    {
        var snapshot = provider.Current;
        try
        {
            Assert.Equal(_scoresByRoot[snapshot.RootDigest], _trained.Scores(snapshot.Scorer));
            _seenByProvider.AddOrUpdate(snapshot.RootDigest, 1, (_, n) => n + 1);
        }
        catch (SnapshotExpiredException)
        {
            // This thread was held up for the whole grace period; the next turn reads Current anew.
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
}
