namespace LegoNet.Cluster.Scripts;

/// <summary>How Slurm is to run the tasks of a run. What a cluster's users choose (partition, account, time limit) is given to the script instead.</summary>
public sealed record SlurmOptions : SchedulerOptions
{
    /// <summary>The command that is <c>legonet</c> on every node: a program, by its full path or found there, and what comes before its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

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
}
