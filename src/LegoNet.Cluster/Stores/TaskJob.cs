using Quartz;

namespace LegoNet.Cluster.Stores;

/// <summary>What Quartz runs: one turn of one task. Its name stands in the store, so it must not change.</summary>
internal sealed class TaskJob(StoreTasks tasks) : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => new(tasks.TakeAsync(context));
}
