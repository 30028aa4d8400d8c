using System.Runtime.CompilerServices;
using LegoNet.Adapters;
using LegoNet.Audit;
using LegoNet.Ensembles;
using LegoNet.Hosting;
using LegoNet.Store;
using LegoNet.Tests.Support;
using Microsoft.Extensions.Logging;

namespace LegoNet.Tests.Hosting;

public sealed class LegoNetModelProviderTests : IDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(30);
    private readonly ManualClock _clock = new();
    private readonly ListLogger<LegoNetModelProvider> _logger = new();
    private readonly TrainedModel _trained = new();

    public void Dispose() => _trained.Dispose();

    [Fact]
    public void Current_AfterOpening_ScoresLikeTheModel()
    {
        using var provider = Open();

        var snapshot = provider.Current;

        Assert.Equal(_trained.Model.RootDigest, snapshot.RootDigest);
        Assert.Equal(_trained.Scores(_trained.Model.Scorer), _trained.Scores(snapshot.Scorer));
        var scores = new double[Models.Classes];
        var code = _trained.Codes.AsSpan(0, Models.Dimension);
        snapshot.Score(code, scores);
        Assert.Equal(scores, snapshot.Predict(code).Scores);
        Assert.Equal(_trained.Model.Spec.ToJson(), snapshot.Spec.ToJson());
    }

    [Fact]
    public void Poll_AfterACommit_TakesItUp()
    {
        _clock.RunTimers = true;
        using var provider = Open();
        var changes = new List<ModelChangedEventArgs>();
        using var changed = new ManualResetEventSlim();
        provider.Changed += (_, change) =>
        {
            changes.Add(change);
            changed.Set();
        };
        var receipt = _trained.Model.Forget("subject-0");

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(changed.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(receipt.RootAfter, provider.Current.RootDigest);
        var change = Assert.Single(changes);
        Assert.Equal((receipt.RootBefore, receipt.RootAfter), (change.PreviousRootDigest, change.RootDigest));
        Assert.Equal(_trained.Scores(_trained.Model.Scorer), _trained.Scores(provider.Current.Scorer));
    }

    [Fact]
    public void Refresh_AfterACommit_TakesItUpOnce()
    {
        using var provider = Open();
        Assert.False(provider.Refresh());
        _trained.Model.Forget("subject-0");

        Assert.True(provider.Refresh());
        Assert.False(provider.Refresh());
        Assert.Equal(_trained.Model.RootDigest, provider.Current.RootDigest);
    }

    [Fact]
    public void OldSnapshot_WithinTheGracePeriod_ScoresItsOwnState()
    {
        using var provider = Open();
        var before = _trained.Scores(_trained.Model.Scorer);
        var old = provider.Current;
        _trained.Model.Forget("subject-0");
        provider.Refresh();

        _clock.Advance(s_grace - TimeSpan.FromTicks(1));

        Assert.False(old.IsExpired);
        Assert.Equal(before, _trained.Scores(old.Scorer));
        Assert.NotEqual(before, _trained.Scores(provider.Current.Scorer));
    }

    [Fact]
    public void OldSnapshot_AfterTheGracePeriod_Throws()
    {
        using var provider = Open();
        var old = provider.Current;
        var scorer = old.Scorer;
        _trained.Model.Forget("subject-0");
        provider.Refresh();

        _clock.Advance(s_grace);

        Assert.True(old.IsExpired);
        var scores = new double[Models.Classes];
        var code = _trained.Codes[..Models.Dimension];
        var error = Assert.Throws<SnapshotExpiredException>(() => old.Score(code, scores));
        Assert.Equal(old.RootDigest, error.RootDigest);
        Assert.Contains("read LegoNetModelProvider.Current anew", error.Message, StringComparison.Ordinal);
        Assert.Throws<SnapshotExpiredException>(() => old.Predict(code));
        Assert.Throws<SnapshotExpiredException>(() => old.Scorer);
        Assert.Throws<SnapshotExpiredException>(() => scorer.Score(code, scores));
        Assert.Throws<SnapshotExpiredException>(() => scorer.Adapters);
        Assert.Equal(_trained.Model.RootDigest, provider.Current.RootDigest);
        Assert.False(provider.Current.IsExpired);
    }

    [Fact]
    public void OldSnapshot_SeveralCommitsLater_ExpiresByTheFirst()
    {
        using var provider = Open();
        var first = provider.Current;
        _trained.Model.Forget("subject-0");
        provider.Refresh();
        var second = provider.Current;
        _clock.Advance(s_grace / 2);
        _trained.Model.Forget("subject-1");
        provider.Refresh();

        _clock.Advance(s_grace / 2);

        Assert.True(first.IsExpired);
        Assert.False(second.IsExpired);
    }

    [Fact]
    public void OldSnapshot_NobodyElseHoldsIt_IsCollectedAtOnce()
    {
        using var provider = Open();
        var old = WeakSnapshot(provider);
        _trained.Model.Forget("subject-0");
        provider.Refresh();

        AssertCollected(old);
    }

    [Fact]
    public void OldSnapshot_CallerKeepsItsScorer_AdaptersAreReleasedAfterTheGracePeriod()
    {
        using var provider = Open();
        var (scorer, adapters) = KeptScorer(provider);
        _trained.Model.Forget("subject-0");
        provider.Refresh();

        _clock.Advance(s_grace);
        provider.Refresh();

        Assert.All(adapters, AssertCollected);
        GC.KeepAlive(scorer);
    }

    [Fact]
    public void DamagedCommit_KeepForGracePeriod_ServesTheStateBeforeAndThenTheDamage()
    {
        using var provider = Open();
        var old = provider.Current;
        var receipt = _trained.Model.Forget("subject-0");
        var (file, bytes) = Damage(receipt);

        var failure = Assert.Throws<LegoNetException>(() => provider.Refresh());
        Assert.Equal(LegoNetError.Damaged, failure.Error);
        Assert.Contains(Path.GetFileName(file), failure.Message, StringComparison.Ordinal);
        Assert.Same(old, provider.Current);

        _clock.Advance(s_grace - TimeSpan.FromTicks(1));
        Assert.Throws<LegoNetException>(() => provider.Refresh()); // A second failure must not start the period anew.
        Assert.Same(old, provider.Current);
        _clock.Advance(TimeSpan.FromTicks(1));

        failure = Assert.Throws<LegoNetException>(() => provider.Current);
        Assert.Equal(LegoNetError.Damaged, failure.Error);
        Assert.Contains(Path.GetFileName(file), failure.Message, StringComparison.Ordinal);
        Assert.Throws<SnapshotExpiredException>(() => old.Scorer);
        Assert.Equal(1, _logger.Count(LogLevel.Error));

        File.WriteAllBytes(file, bytes);
        Assert.True(provider.Refresh());
        Assert.Equal(receipt.RootAfter, provider.Current.RootDigest);
    }

    [Fact]
    public void DamagedCommit_StopAtOnce_ServesTheDamageFromTheFirstFailure()
    {
        using var provider = Open(o => o.OnReloadFailure = ReloadFailureBehavior.StopAtOnce);
        var old = provider.Current;
        Damage(_trained.Model.Forget("subject-0"));

        Assert.Throws<LegoNetException>(() => provider.Refresh());

        Assert.Throws<SnapshotExpiredException>(() => old.Scorer);
        Assert.Equal(LegoNetError.Damaged, Assert.Throws<LegoNetException>(() => provider.Current).Error);
    }

    [Fact]
    public void DamagedCommit_FoundByThePoll_IsLoggedAndPollingGoesOn()
    {
        _clock.RunTimers = true;
        using var provider = Open();
        var receipt = _trained.Model.Forget("subject-0");
        var (file, bytes) = Damage(receipt);
        _clock.Advance(TimeSpan.FromSeconds(1));
        WaitUntil(() => _logger.Count(LogLevel.Error) == 1);

        File.WriteAllBytes(file, bytes);

        WaitUntil(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return provider.Current.RootDigest == receipt.RootAfter;
        });
    }

    [Fact]
    public void Model_GoneForAWhile_ServesAgainWithoutAChange()
    {
        using var provider = Open();
        var changes = 0;
        provider.Changed += (_, _) => changes++;
        Directory.Move(_trained.Path, _trained.Path + ".away");
        Assert.Throws<LegoNetException>(() => provider.Refresh());
        _clock.Advance(s_grace);
        Assert.Throws<LegoNetException>(() => provider.Current);

        Directory.Move(_trained.Path + ".away", _trained.Path);

        Assert.False(provider.Refresh());
        Assert.Equal(_trained.Scores(_trained.Model.Scorer), _trained.Scores(provider.Current.Scorer));
        Assert.Equal(0, changes);
    }

    [Fact]
    public void Model_UnreadableWithinTheGracePeriodOnly_KeepsTheSnapshot()
    {
        using var provider = Open();
        var snapshot = provider.Current;
        Directory.Move(_trained.Path, _trained.Path + ".away");
        Assert.Throws<LegoNetException>(() => provider.Refresh());
        Directory.Move(_trained.Path + ".away", _trained.Path);
        provider.Refresh();

        _clock.Advance(s_grace);

        Assert.False(snapshot.IsExpired);
        Assert.Same(snapshot, provider.Current);
    }

    [Fact]
    public void Checks_HeldUp_ExpireTheSnapshotAndCurrentReadsTheModelItself()
    {
        using var provider = Open();
        var unconfirmed = provider.Current;
        var receipt = _trained.Model.Forget("subject-0");

        _clock.Advance(TimeSpan.FromSeconds(1) + s_grace);

        Assert.Throws<SnapshotExpiredException>(() => unconfirmed.Scorer);
        Assert.Equal(receipt.RootAfter, provider.Current.RootDigest);
    }

    [Fact]
    public void Changed_HandlerThrows_IsLoggedAndOthersStillHear()
    {
        using var provider = Open();
        var heard = 0;
        provider.Changed += (_, _) => throw new InvalidOperationException("the handler's own");
        provider.Changed += (_, _) => heard++;
        _trained.Model.Forget("subject-0");

        Assert.True(provider.Refresh());

        Assert.Equal(1, heard);
        Assert.Equal(1, _logger.Count(LogLevel.Error));
    }

    [Fact]
    public void Dispose_EndsPollingAndEverySnapshot()
    {
        var provider = Open();
        var old = provider.Current;
        _trained.Model.Forget("subject-0");
        provider.Refresh();
        var current = provider.Current;

        provider.Dispose();
        provider.Dispose();

        Assert.Equal(0, _clock.ActiveTimers);
        Assert.True(old.IsExpired);
        Assert.True(current.IsExpired);
        Assert.Throws<ObjectDisposedException>(() => provider.Current);
        Assert.Throws<ObjectDisposedException>(() => provider.Refresh());
    }

    [Fact]
    public void Provider_WhileAWriterHoldsTheLock_OpensAndRefreshes()
    {
        using var held = WriterLock.Acquire(new ModelRun(new ModelPaths(_trained.Path)) { Clock = _clock });
        using var provider = Open();

        Assert.False(provider.Refresh());
    }

    [Fact]
    public void Provider_CommitInterrupted_ServesTheManifestsStateAndTouchesNothing()
    {
        var marker = new ModelPaths(_trained.Path).CommitMarker;
        File.WriteAllBytes(marker, []);
        using var provider = Open();

        Assert.Equal(_trained.Model.RootDigest, provider.Current.RootDigest);
        Assert.True(File.Exists(marker));
    }

    [Fact]
    public void Log_OfReloads_NamesRootsAndNoIdentity()
    {
        using var provider = Open();
        _trained.Model.Forget("subject-0");
        provider.Refresh();

        Assert.Contains(_logger.Entries, e => e.Message.Contains(_trained.Model.RootDigest, StringComparison.Ordinal));
        Assert.DoesNotContain(_logger.Entries, e => e.Message.Contains("subject-0", StringComparison.Ordinal));
    }

    private static void WaitUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference WeakSnapshot(LegoNetModelProvider provider) => new(provider.Current);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Scorer Scorer, WeakReference[] Adapters) KeptScorer(LegoNetModelProvider provider)
    {
        var scorer = provider.Current.Scorer;
        return (scorer, [.. scorer.Adapters.OfType<IAdapter>().Select(a => new WeakReference(a))]);
    }

    private static void AssertCollected(WeakReference reference)
    {
        for (var i = 0; i < 10 && reference.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(reference.IsAlive);
    }

    private (string File, byte[] Bytes) Damage(Receipt receipt)
    {
        var file = _trained.RefittedAdapterFile(receipt);
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, [.. bytes.Take(bytes.Length - 1), (byte)(bytes[^1] ^ 1)]);
        return (file, bytes);
    }

    private LegoNetModelProvider Open(Action<LegoNetModelProviderOptions>? configure = null)
    {
        var options = new LegoNetModelProviderOptions { Path = _trained.Path, SnapshotGracePeriod = s_grace };
        configure?.Invoke(options);
        return new LegoNetModelProvider(options, _logger, _clock);
    }
}
