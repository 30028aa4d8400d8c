using System.Diagnostics;

namespace LegoNet.TestSupport;

/// <summary>
/// Workers at a store, those who submit runs to it, and PostgreSQL, killed at random moments. Who has ended is started again, as systemd does it:
/// those that were killed, and those that began while PostgreSQL was not there.
/// </summary>
internal sealed class StoreKills : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly PostgresServer _server;
    private readonly Func<BackgroundProcess> _work;
    private readonly int _longestDelay;
    private readonly Random _random = new(11);
    private readonly BackgroundProcess[] _workers;
    private readonly List<BackgroundProcess> _started = [];
    private int _ofWorkers;
    private int _ofSubmitters;
    private int _crashes;
    private int _runs;
    private int _ends;
    private BackgroundProcess? _victim;

    /// <summary>Starts the workers.</summary>
    /// <param name="server">The store's server.</param>
    /// <param name="workers">How many workers there are.</param>
    /// <param name="work">Starts one.</param>
    /// <param name="longestDelay">The most milliseconds between two kills.</param>
    public StoreKills(PostgresServer server, int workers, Func<BackgroundProcess> work, int longestDelay)
    {
        (_server, _work, _longestDelay) = (server, work, longestDelay);
        _workers = [.. Enumerable.Range(0, workers).Select(_ => Started(work))];
    }

    /// <summary>Of all kinds.</summary>
    public int Count => _ofWorkers + _ofSubmitters + _crashes;

    /// <summary>The workers that are there now.</summary>
    public IReadOnlyList<BackgroundProcess> Workers => _workers;

    /// <summary>Kills until a run is over, or so many were killed; then waits for its end.</summary>
    /// <param name="most">The most kills, those of earlier runs included.</param>
    /// <param name="submit">Starts a process that submits the run, and ends with it.</param>
    /// <param name="isOver">Whether the run is finished.</param>
    public void DuringRun(int most, Func<BackgroundProcess> submit, Func<bool> isOver)
    {
        _runs++;
        var submitter = Started(submit);
        while (Count < most && !isOver())
        {
            Thread.Sleep(_random.Next(_longestDelay));
            KillOne(submitter);
            StartAgain();
        }

        for (var clock = Stopwatch.StartNew(); !(isOver() && submitter.HasEnded); Thread.Sleep(50))
        {
            Assert.True(clock.Elapsed < s_patience, $"run {_runs} does not end\n{submitter.Said}\n{string.Join('\n', _workers.Select(w => w.Said))}");
            StartAgain();
        }

        void StartAgain()
        {
            for (var i = 0; i < _workers.Length; i++)
            {
                Again(ref _workers[i], _work);
            }

            if (!isOver())
            {
                Again(ref submitter, submit);
            }
        }
    }

    public override string ToString()
        => $"{_ofWorkers} workers and {_ofSubmitters} submitters killed, PostgreSQL crashed {_crashes} times, in {_runs} runs; "
            + $"{_ends} others ended because PostgreSQL was not there when they began";

    public void Dispose() => _started.ForEach(process => process.Dispose());

    private void KillOne(BackgroundProcess submitter)
    {
        _victim = null;
        switch (Count % 5)
        {
            case 1:
                _victim = submitter;
                _ofSubmitters++;
                break;
            case 4:
                _server.Kill();
                _server.Start();
                _crashes++;
                break;
            default:
                _victim = _workers[_random.Next(_workers.Length)];
                _ofWorkers++;
                break;
        }

        _victim?.Kill();
    }

    private void Again(ref BackgroundProcess process, Func<BackgroundProcess> start)
    {
        if (process.HasEnded)
        {
            _ends += process == _victim ? 0 : 1;
            process = Started(start);
        }
    }

    private BackgroundProcess Started(Func<BackgroundProcess> start)
    {
        var process = start();
        _started.Add(process);
        return process;
    }
}
