namespace LegoNet.Cluster.Scripts;

/// <summary>How Slurm is to run the tasks of a run. What a cluster's users choose (partition, account, time limit) is given to the script instead.</summary>
public sealed record SlurmOptions
{
    /// <summary>The command that is <c>legonet</c> on every node: a program, by its full path or found there, and what comes before its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Main memory of a task, in bytes, at least 1; Slurm is asked for whole MiB. Default: null, what the cluster gives.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value set is below 1.</exception>
    public long? Memory
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? 1, 1, nameof(Memory));
            field = value;
        }
    }

    /// <summary>Processors of a task, and the threads that it may use, at least 1. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value set is below 1.</exception>
    public int Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Threads));
            field = value;
        }
    } = 1;

    /// <summary>What a task of a stage that encodes gets besides, in the words of <c>--gres</c>, e.g. "gpu:1". Default: null, nothing.</summary>
    public string? EncodeResources { get; init; }

    /// <summary>Tasks of a stage that may run at the same time, at least 1. Default: null, as many as the cluster has room for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value set is below 1.</exception>
    public int? AtOnce
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? 1, 1, nameof(AtOnce));
            field = value;
        }
    }

    /// <summary>How often a task that failed goes back into the queue, at least 0. Default: 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value set is below 0.</exception>
    public int Retries
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Retries));
            field = value;
        }
    } = 5;
}
