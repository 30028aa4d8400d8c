using LegoNet.Files;

namespace LegoNet.Runs;

/// <summary>How far a stage of a run is.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Done">Tasks that are done.</param>
/// <param name="Running">Tasks that somebody is at.</param>
public sealed record StageStatus(RunStage Stage, int Done, int Running);

/// <summary>How far a run is.</summary>
/// <param name="Path">The run directory.</param>
/// <param name="Digest">SHA-256 of the plan, in hex.</param>
/// <param name="Kind">What is planned: "train", "forget" or "score".</param>
/// <param name="Model">The model directory.</param>
/// <param name="Stages">Its stages.</param>
/// <param name="AtWork">Who is at which task, one sentence each.</param>
/// <param name="Stuck">What keeps it from going on, one sentence each: tasks that failed, and tasks whose process died.</param>
public sealed record RunStatus(
    string Path,
    string Digest,
    string Kind,
    string Model,
    IReadOnlyList<StageStatus> Stages,
    IReadOnlyList<string> AtWork,
    IReadOnlyList<string> Stuck)
{
    /// <summary>Tasks of all stages.</summary>
    public int Tasks => Stages.Sum(s => s.Stage.Count);

    /// <summary>Tasks that are done.</summary>
    public int Done => Stages.Sum(s => s.Done);

    /// <summary>Whether nobody is at it, though it is not finished.</summary>
    public bool IsIdle => AtWork.Count == 0;

    internal static RunStatus Of(TaskRun run, IFileLayer files)
    {
        var stages = new List<StageStatus>();
        List<string> atWork = [], stuck = [];
        foreach (var stage in run.Stages)
        {
            int done = 0, running = 0;
            for (var task = stage.First; task < stage.First + stage.Count; task++)
            {
                if (run.IsDone(task))
                {
                    done++;
                    continue;
                }

                if (TaskClaim.HolderOf(run.Paths, files, task, out var died) is { } holder)
                {
                    running++;
                    atWork.Add($"task {task} ({stage.Name}): {holder}");
                }
                else if (TaskFailure.Read(run.Paths, files, task) is { } failure)
                {
                    stuck.Add($"task {task} ({stage.Name}) failed on {failure.Machine}: {failure.Message}");
                }
                else if (died is not null)
                {
                    stuck.Add($"task {task} ({stage.Name}) was left by {died}");
                }
            }

            stages.Add(new StageStatus(stage, done, running));
        }

        if (TaskClaim.HolderOf(run.Paths, files, run.Tasks, out _) is { } finisher)
        {
            atWork.Add($"finish: {finisher}");
        }

        return new RunStatus(run.Path, run.Digest, run.Plan.Kind, run.Plan.Model, stages, atWork, stuck);
    }
}
