namespace LegoNet.Cluster.Scripts;

/// <summary>How Kubernetes is to run the tasks of a run.</summary>
public sealed record KubernetesOptions : SchedulerOptions
{
    /// <summary>The image in which the tasks run. It has <c>/bin/sh</c> and <see cref="Command"/>.</summary>
    public required string Image { get; init; }

    /// <summary>The storage: the run directory, what the plan reads, and the model or scores that it writes lie in it.</summary>
    public required IReadOnlyList<KubernetesVolume> Volumes { get; init; }

    /// <summary>The number of the user who owns the run directory. The tasks run as this user, since models are open to their owner only.</summary>
    public required long User { get; init; }

    /// <summary>The number of that user's group.</summary>
    public required long Group { get; init; }

    /// <summary>The command that is <c>legonet</c> in the image. Default: "legonet".</summary>
    public IReadOnlyList<string> Command { get; init; } = ["legonet"];

    /// <summary>Tasks that may run at the same time, at least 1. Default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value set is below 1.</exception>
    public int AtOnce
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(AtOnce));
            field = value;
        }
    } = 4;

    /// <summary>NVIDIA GPUs of a task of a stage that encodes, at least 0. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value set is below 0.</exception>
    public int EncodeGpus
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(EncodeGpus));
            field = value;
        }
    }
}
