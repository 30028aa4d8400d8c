using LegoNet.Runs;

namespace LegoNet.Cluster.Tests.Scripts;

/// <summary>A run that is planned only: what scripts are written from.</summary>
internal sealed class PlannedRun(string path, params RunStage[] stages) : ITaskRun
{
    public string Path => path;

    public string Digest => string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    public IReadOnlyList<RunStage> Stages => stages;

    public bool IsDone(int task) => throw new NotSupportedException();

    public string? Failure(int task) => throw new NotSupportedException();

    public TaskOutcome RunTask(int task, IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public RunResult Finish(IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
