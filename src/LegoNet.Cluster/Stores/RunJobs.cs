using LegoNet.Runs;
using Quartz;

namespace LegoNet.Cluster.Stores;

/// <summary>
/// A run as Quartz's jobs. A job's group is the plan's digest and its name the task's number; its data say the same, and nothing else, because
/// an engine's tables, logs and backups outlive a forget. A job whose trigger is paused is a task that failed for good. One more job, which is never
/// triggered, says that the run is here at all: what belongs to no such run is dropped by whoever comes across it.
/// </summary>
internal sealed class RunJobs(IScheduler scheduler, StoreDatabase database, StoreTimes times)
{
    /// <summary>The name of the job that says that a run is here.</summary>
    public const string Registration = "run";

    /// <summary>Quartz's execution group of the tasks that run the encoder.</summary>
    public const string EncodeGroup = "encode";

    private const string PlanKey = "plan";
    private const string TaskKey = "task";

    // One transaction holds the cluster's lock for as long as it takes to write so many jobs.
    private const int JobsAtATime = 200;

    /// <summary>The run and the task of a job.</summary>
    public static (string Digest, int Task) Read(JobDataMap data)
        => ((string)data[PlanKey]!, TaskTurn.TaskOf((string?)data[TaskKey]) ?? throw new FormatException($"{data[TaskKey]}: is no task of ours."));

    /// <summary>Says that a run is here. Saying it again changes nothing.</summary>
    public async Task RegisterAsync(ITaskRun run, CancellationToken cancellationToken)
    {
        var job = JobBuilder.Create<TaskJob>().WithIdentity(Registration, run.Digest).UsingJobData(PlanKey, run.Digest).StoreDurably().Build();
        try
        {
            await scheduler.AddJob(job, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectAlreadyExistsException)
        {
            // Somebody else has submitted it too.
        }
    }

    /// <summary>Whether a run is here.</summary>
    public ValueTask<bool> IsRegisteredAsync(string digest, CancellationToken cancellationToken)
        => scheduler.Exists(new JobKey(Registration, digest), cancellationToken);

    /// <summary>
    /// Schedules what is due: the tasks of the first stage that is not done, or the finish. What is there is left as it is, so any number of
    /// processes may do it at a time.
    /// </summary>
    public async Task AdvanceAsync(ITaskRun run, CancellationToken cancellationToken)
    {
        var (due, encodes) = Due(run);
        var group = encodes ? EncodeGroup : null;
        var state = await database.StateOfAsync(run.Digest, cancellationToken).ConfigureAwait(false);
        int[] missing = [.. due.Where(task => !state.Live.Contains(task) && !state.Parked.Contains(task))];

        // Of a run that is finished no task seems to be done; its plan is the first to go.
        if (!state.IsRegistered || missing.Length == 0 || !TaskRuns.IsRun(run.Path))
        {
            return;
        }

        foreach (var task in missing.Where(state.Idle.Contains))
        {
            await AgainAsync(run.Digest, new TaskTurn(task), TimeSpan.Zero, group, cancellationToken).ConfigureAwait(false);
        }

        foreach (var tasks in missing.Where(task => !state.Idle.Contains(task)).Chunk(JobsAtATime))
        {
            await ScheduleAsync(run.Digest, tasks, group, cancellationToken).ConfigureAwait(false);
        }

        // It may have been finished, or taken back, meanwhile.
        if (!await IsRegisteredAsync(run.Digest, cancellationToken).ConfigureAwait(false))
        {
            await RemoveAsync(run.Digest, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets that tasks failed for good, so that they are scheduled again like others.</summary>
    public async Task UnparkAsync(string digest, IEnumerable<int> parked, CancellationToken cancellationToken)
    {
        foreach (var task in parked)
        {
            await scheduler.DeleteJob(Key(digest, task), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives a job another turn.</summary>
    public async Task AgainAsync(
        string digest, TaskTurn turn, TimeSpan delay, string? group, CancellationToken cancellationToken, ScheduleJobOptions options = default)
    {
        try
        {
            await scheduler.ScheduleJob(Trigger(digest, turn, delay, group), options, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectAlreadyExistsException)
        {
            // Another worker took this one for dead and has done the same.
        }
        catch (JobPersistenceException)
        {
            // The job may be gone: the run was finished, or taken back.
            if (await scheduler.Exists(Key(digest, turn.Task), cancellationToken).ConfigureAwait(false))
            {
                throw;
            }
        }
    }

    /// <summary>Sets a job aside that failed for good.</summary>
    public Task ParkAsync(string digest, TaskTurn turn, CancellationToken cancellationToken)
        => AgainAsync(digest, turn.Next, TimeSpan.Zero, null, cancellationToken, new ScheduleJobOptions { Paused = true });

    /// <summary>Ends a job, and tells whether it was the last of its run's that are here.</summary>
    public async Task<bool> EndAsync(string digest, int task, CancellationToken cancellationToken)
    {
        await scheduler.DeleteJob(Key(digest, task), cancellationToken).ConfigureAwait(false);
        return !await database.HasTasksAsync(digest, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes all that is here of a run.</summary>
    public async Task RemoveAsync(string digest, CancellationToken cancellationToken)
    {
        // First what makes the others count.
        await scheduler.DeleteJob(new JobKey(Registration, digest), cancellationToken).ConfigureAwait(false);
        await scheduler.DeleteJobs(GroupMatcher<JobKey>.GroupEquals(digest), cancellationToken).ConfigureAwait(false);
    }

    private static (IReadOnlyCollection<int> Tasks, bool Encodes) Due(ITaskRun run)
    {
        foreach (var stage in run.Stages)
        {
            int[] open = [.. Enumerable.Range(stage.First, stage.Count).Where(task => !run.IsDone(task))];
            if (open.Length > 0)
            {
                return (open, stage.Encodes);
            }
        }

        return ([TaskTurn.Finish], false);
    }

    private static JobKey Key(string digest, int task) => new(TaskTurn.JobName(task), digest);

    private static IJobDetail Job(string digest, int task) => JobBuilder.Create<TaskJob>()
        .WithIdentity(Key(digest, task))
        .UsingJobData(PlanKey, digest)
        .UsingJobData(TaskKey, TaskTurn.JobName(task))
        .RequestRecovery()
        .StoreDurably()
        .Build();

    // A task that waits long because all workers are busy is not late.
    private ITrigger Trigger(string digest, TaskTurn turn, TimeSpan delay, string? group) => TriggerBuilder.Create(database.Clock)
        .WithIdentity(turn.ToString(), digest)
        .ForJob(Key(digest, turn.Task))
        .StartAt(database.Clock.GetUtcNow() + delay)
        .WithSchedule(SimpleScheduleBuilder.Create().WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires))
        .WithExecutionGroup(group)
        .Build();

    private async Task ScheduleAsync(string digest, int[] tasks, string? group, CancellationToken cancellationToken)
    {
        var jobs = tasks.ToDictionary(
            task => Job(digest, task),
            task => (IReadOnlyCollection<ITrigger>)[Trigger(digest, new TaskTurn(task), task == TaskTurn.Finish ? times.Finish : TimeSpan.Zero, group)]);
        try
        {
            await scheduler.ScheduleJobs(jobs, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectAlreadyExistsException)
        {
            // Somebody else is at it too; nothing of these was scheduled, and each is now by whoever is first.
            foreach (var (job, triggers) in jobs)
            {
                try
                {
                    await scheduler.ScheduleJob(job, triggers.Single(), cancellationToken: cancellationToken).ConfigureAwait(false);
                }
                catch (ObjectAlreadyExistsException)
                {
                    continue;
                }
            }
        }
    }
}
