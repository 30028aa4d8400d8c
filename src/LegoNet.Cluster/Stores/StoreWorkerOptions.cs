namespace LegoNet.Cluster.Stores;

/// <summary>What a worker takes, and when it ends.</summary>
public sealed record StoreWorkerOptions
{
    /// <summary>Tasks at a time, from 1.</summary>
    public int Tasks { get; init; } = 1;

    /// <summary>Whether it takes tasks that run the encoder.</summary>
    public WorkerEncoding Encoding { get; init; }

    /// <summary>Whether it ends once nothing is left to do, instead of waiting for the next run.</summary>
    public bool UntilIdle { get; init; }

    /// <summary>The worker's name in the store: its machine's, its process's number, and what tells it from an earlier one.</summary>
    internal string Name { get; init; } = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";

    internal StoreTimes Times { get; init; } = new();
}
