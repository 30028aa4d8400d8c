namespace LegoNet.Cluster.Scripts;

/// <summary>What every scheduler is told of a run's tasks.</summary>
public abstract record SchedulerOptions
{
    private protected SchedulerOptions()
    {
    }

    /// <summary>Main memory of a task, in bytes, at least 1; Slurm is asked for whole MiB. Default: null: what Slurm gives, no limit on Kubernetes.</summary>
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

    /// <summary>How often a task that failed is tried again, at least 0. Default: 5.</summary>
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
