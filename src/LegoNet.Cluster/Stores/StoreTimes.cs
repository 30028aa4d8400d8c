namespace LegoNet.Cluster.Stores;

/// <summary>How often things are looked at and tried again.</summary>
internal sealed record StoreTimes
{
    /// <summary>How often a worker says that it lives.</summary>
    public TimeSpan CheckIn { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How late that may be before the others take over what the worker was at.</summary>
    public TimeSpan CheckInGrace { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>How often a worker looks for runs that nobody has gone on with.</summary>
    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the store is asked how things stand.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When a task is tried again that was not ready, or that somebody was at.</summary>
    public TimeSpan Again { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the finish is left to the process that submitted the run, so that a person sees there what came of it.</summary>
    public TimeSpan Finish { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When a task is offered again whose run a worker does not see or cannot open.</summary>
    public TimeSpan Unseen { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a worker may offer a task again because it does not see its run; after that the run is forgotten.</summary>
    public int UnseenTurns { get; init; } = 240;

    /// <summary>When a task is tried again that failed; twice as long each time.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between two tries.</summary>
    public TimeSpan LastRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a task is tried, its worker's deaths included.</summary>
    public int Tries { get; init; } = 10;

    /// <summary>How long nothing must have been left before a worker that is to end then ends.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a worker waits at its end for a store that does not answer.</summary>
    public TimeSpan Leave { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The wait before a try.</summary>
    /// <param name="attempt">How often it was tried, from 1.</param>
    public TimeSpan RetryAfter(int attempt)
        => TimeSpan.FromSeconds(Math.Min(LastRetry.TotalSeconds, FirstRetry.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 20))));
}
