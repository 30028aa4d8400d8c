using LegoNet.Runs;

namespace LegoNet.Cluster.Tests.Stores;

/// <summary>A run that is asked nothing.</summary>
internal sealed class NoRun : ITaskRun
{
    public string Path => throw new NotSupportedException();

    public string Digest => throw new NotSupportedException();

    public IReadOnlyList<RunStage> Stages => throw new NotSupportedException();

    public bool IsDone(int task) => throw new NotSupportedException();

    public string? Failure(int task) => throw new NotSupportedException();

    public TaskOutcome RunTask(int task, IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public RunResult Finish(IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
