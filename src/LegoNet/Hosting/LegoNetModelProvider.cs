using LegoNet.Common;
using LegoNet.Data.Files;
using LegoNet.Ensembles;
using LegoNet.Files;
using LegoNet.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LegoNet.Hosting;

/// <summary>
/// Serves a model that other processes, or other objects of this one, change: it takes up each new commit soon after it appears,
/// and hands out immutable snapshots to score with. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// <b>How long forgotten data can still influence scores.</b> A snapshot taken before a commit holds what that commit forgot.
/// A new commit is seen at most <see cref="LegoNetModelProviderOptions.PollInterval"/> (plus the time to read it) after it was
/// acknowledged, or at once by <see cref="Refresh"/>; from then on <see cref="Current"/> is the new state, this object refers to the
/// old one no more, and snapshots of it still in use throw <see cref="SnapshotExpiredException"/> after another
/// <see cref="LegoNetModelProviderOptions.SnapshotGracePeriod"/> at most. The bound does not rest on the checks' success: a snapshot
/// that no check has confirmed for an interval and a grace period expires too, and disposing the provider ends all of its snapshots.
/// </para>
/// <para>
/// Files are only read, whole and with their digests checked, and never while holding the writer's lock; damaged data is never
/// served. A commit that a crash interrupted is left for the next writer to finish or undo: the state read is the one before or
/// the one after it.
/// </para>
/// </remarks>
public sealed class LegoNetModelProvider : IDisposable
{
    private readonly ModelPaths _paths;
    private readonly IFileLayer _layer;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ReloadFailureBehavior _onFailure;
    private readonly long _grace;
    private readonly long _lease;
    private readonly PeriodicTimer _timer;
    private readonly Lock _checking = new();

    // Weak, so that nothing here keeps alive what a commit forgot; known at all, so that adapters go even if a caller keeps a scorer.
    private readonly List<WeakReference<Scorer>> _retired = [];
    private string _root;
    private volatile ModelSnapshot? _current;
    private volatile LegoNetException? _failure;
    private volatile bool _disposed;

    /// <summary>Opens a model and watches it until disposed.</summary>
    /// <param name="options">Settings; copied.</param>
    /// <param name="logger">
    /// Receives reloads (information) and failures (error), with root digests and file names but never an identity. Default: nothing
    /// is logged.
    /// </param>
    /// <param name="clock">The clock of polling and of expiry. Default: the system's.</param>
    /// <exception cref="LegoNetException">An option is out of range, there is no model at the path, or a file of it is damaged.</exception>
    public LegoNetModelProvider(LegoNetModelProviderOptions options, ILogger<LegoNetModelProvider>? logger = null, TimeProvider? clock = null)
        : this(options, logger, clock, PhysicalFileLayer.Instance)
    {
    }

    internal LegoNetModelProvider(LegoNetModelProviderOptions options, ILogger<LegoNetModelProvider>? logger, TimeProvider? clock, IFileLayer layer)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _paths = new ModelPaths(options.Path);
        _layer = layer;
        _clock = clock ?? TimeProvider.System;
        _logger = logger ?? NullLogger<LegoNetModelProvider>.Instance;
        _onFailure = options.OnReloadFailure;
        _grace = Ticks(options.SnapshotGracePeriod);
        _lease = Ticks(options.PollInterval) + _grace;
        var snapshot = Load(_clock.GetTimestamp());
        _root = snapshot.RootDigest;
        _current = snapshot;
        _logger.LogInformation("{Model}: opened at root {Root}.", _paths.Root, _root);
        _timer = new PeriodicTimer(options.PollInterval, _clock);
        _ = Task.Run(PollAsync);
    }

    /// <summary>
    /// Raised after a newer state has been taken up, on the thread that found it. <see cref="Current"/> is then that state or a
    /// later one. What a handler throws is logged and goes no further.
    /// </summary>
    public event EventHandler<ModelChangedEventArgs>? Changed;

    /// <summary>The model directory's full path.</summary>
    public string Path => _paths.Root;

    /// <summary>The newest state known. Read it anew for every batch, and do not keep it: it expires.</summary>
    /// <remarks>Returns at once, except after checks were held up for longer than a snapshot lives: then it reads the model itself.</remarks>
    /// <exception cref="LegoNetException">
    /// The newest state can't be read, and the time to serve the one before is over; the message names the damage.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The provider was disposed.</exception>
    public ModelSnapshot Current
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is { IsExpired: false } current)
            {
                return current;
            }

            if (_failure is null)
            {
                Check();
            }

            ObjectDisposedException.ThrowIf(_disposed, this);
            return _current is { IsExpired: false } confirmed ? confirmed : throw Unreadable();
        }
    }

    /// <summary>Looks for a newer commit now instead of at the next poll, as after a change that this process made itself.</summary>
    /// <returns>True when a newer state was taken up by this call.</returns>
    /// <exception cref="LegoNetException">The newest state can't be read; the message names the damage.</exception>
    /// <exception cref="ObjectDisposedException">The provider was disposed.</exception>
    public bool Refresh()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var changed = Check();
        return _failure is null ? changed : throw Unreadable();
    }

    /// <summary>Stops watching. Every snapshot handed out expires, because nothing would notice a newer commit any more.</summary>
    public void Dispose()
    {
        lock (_checking)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _timer.Dispose();
            EndCurrent(_clock.GetTimestamp());
            foreach (var retired in _retired)
            {
                if (retired.TryGetTarget(out var scorer))
                {
                    scorer.Lease!.EndBy(_clock.GetTimestamp());
                    scorer.Release();
                }
            }

            _retired.Clear();
        }
    }

    private async Task PollAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            Check();
        }
    }

    private bool Check()
    {
        ModelChangedEventArgs? change;
        lock (_checking)
        {
            if (_disposed)
            {
                return false;
            }

            ReleaseExpired();
            change = CheckManifest();
            ReleaseExpired();
        }

        if (change is not null)
        {
            Raise(change);
        }

        return change is not null;
    }

    private ModelChangedEventArgs? CheckManifest()
    {
        // Taken before the manifest is read: what it says held then at the latest, and a commit during the check counts as not seen.
        var now = _clock.GetTimestamp();
        try
        {
            if (_current is { } current && Digests.Of(_layer.ReadAllBytes(_paths.Manifest)) == current.ManifestDigest)
            {
                current.Lease.ExtendTo(now + _lease);
                Recovered();
                return null;
            }

            var fresh = Load(now);
            EndCurrent(now + _grace);
            _current = fresh;
            Recovered();
            var previous = _root;
            _root = fresh.RootDigest;
            if (previous == _root)
            {
                return null;
            }

            Telemetry.Reloaded();
            _logger.LogInformation("{Model}: took up root {Root}.", _paths.Root, _root);
            return new ModelChangedEventArgs(previous, _root);
        }
        catch (Exception e)
        {
            // Whatever it was, the newest state is unknown: the one in memory must not outlive its time, and checking must go on.
            Failed(e, now);
            return null;
        }
    }

    private void Failed(Exception e, long now)
    {
        var failure = e as LegoNetException ?? LegoNetException.Damaged($"{_paths.Root}: can't be read ({e.Message}).", e);
        if (_failure?.Message != failure.Message)
        {
            _logger.LogError(e, "{Model}: the newest state can't be taken up: {Reason}", _paths.Root, failure.Message);
        }

        Telemetry.ReloadFailed();
        _current?.Lease.EndBy(_onFailure == ReloadFailureBehavior.StopAtOnce ? now : now + _grace);
        _failure = failure;
        if (_current is { IsExpired: true })
        {
            EndCurrent(now);
        }
    }

    private void Recovered()
    {
        if (_failure is not null)
        {
            _failure = null;
            _logger.LogInformation("{Model}: can be read again.", _paths.Root);
        }
    }

    private ModelSnapshot Load(long now)
    {
        var state = ModelState.Load(_paths, _layer);
        return new ModelSnapshot(state, new SnapshotLease(_clock, state.Root, now + _lease));
    }

    private void EndCurrent(long deadline)
    {
        if (_current is { } current)
        {
            current.Lease.EndBy(deadline);
            _retired.Add(current.Retire());
            _current = null;
        }
    }

    private void ReleaseExpired() => _retired.RemoveAll(retired =>
    {
        if (!retired.TryGetTarget(out var scorer))
        {
            return true;
        }

        if (!scorer.Lease!.HasEnded)
        {
            return false;
        }

        scorer.Release();
        return true;
    });

    private void Raise(ModelChangedEventArgs change)
    {
        foreach (var handler in (Changed?.GetInvocationList() ?? []).Cast<EventHandler<ModelChangedEventArgs>>())
        {
            try
            {
                handler(this, change);
            }
            catch (Exception e)
            {
                _logger.LogError(e, "{Model}: a handler of {Event} failed.", _paths.Root, nameof(Changed));
            }
        }
    }

    // A new exception each time: threads must not share one's stack trace.
    private LegoNetException Unreadable()
    {
        var failure = _failure;
        return new LegoNetException(failure?.Error ?? LegoNetError.Damaged, failure?.Message ?? $"{_paths.Root}: could not be read in time.", failure);
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _clock.TimestampFrequency);
}
