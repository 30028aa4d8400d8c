using System.Text;
using LegoNet.Changes;
using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Sessions;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>Runs: changes of a model that are divided into tasks, for several processes or machines that see one directory.</summary>
public static class TaskRuns
{
    /// <summary>Opens a run.</summary>
    /// <param name="directory">The run directory.</param>
    /// <param name="options">Settings of this process.</param>
    /// <exception cref="LegoNetException">There is no run there, its plan is damaged, or another version of LegoNet wrote it.</exception>
    public static ITaskRun Open(string directory, RunOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new RunOptions();
        var paths = new RunPaths(directory);
        return OpenPlanned(paths, Read(paths, options.Files), options);
    }

    /// <summary>How far a run is, and who is at it.</summary>
    /// <param name="directory">The run directory.</param>
    /// <exception cref="LegoNetException">As <see cref="Open"/>; or the folder that it was in is not there either.</exception>
    public static RunStatus StatusOf(string directory)
    {
        RequireInReach(directory);
        return ((TaskRun)Open(directory)).Status();
    }

    /// <summary>Whether a directory is that of a run.</summary>
    public static bool IsRun(string directory)
    {
        var paths = new RunPaths(directory);
        var files = PhysicalFileLayer.Instance;
        return files.FileExists(paths.Plan) && (files.FileExists(paths.PlanDigest) || files.DirectoryExists(paths.Done));
    }

    /// <summary>
    /// The run directories that are planned for a model, whether the model is there yet or not: those that are there, and those that are not and whose
    /// folder is not there either, since its disk may not be mounted.
    /// </summary>
    /// <param name="model">The model directory.</param>
    /// <exception cref="LegoNetException">The list beside the model is there but cannot be read.</exception>
    public static IReadOnlyList<string> Of(string model) => RegisteredRuns.Of(ModelOptions.RunAt(model, null));

    /// <summary>
    /// Has the runs that are making a model, which is not there yet, forget before they are finished: it takes its name without what is forgotten.
    /// </summary>
    /// <param name="model">The model directory.</param>
    /// <param name="targets">Subjects or records; those of which nothing comes are passed over.</param>
    /// <returns>The run directories. None where the model is there, or no run is making it: it is to be asked itself then.</returns>
    /// <exception cref="LegoNetException">A run is out of reach or cannot be opened, or somebody is just finishing it.</exception>
    public static IReadOnlyList<string> Forget(string model, IReadOnlyCollection<ForgetTarget> targets)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(targets);
        if (PhysicalFileLayer.Instance.DirectoryExists(model))
        {
            return [];
        }

        RegisteredRuns.RequireReachable(ModelOptions.RunAt(model, null));
        return [.. Of(model).Where(run => Open(run) is TrainRun training && training.NoteForget(targets))];
    }

    /// <summary>Gives up a run that is out of reach: a change of its model no longer waits for its disk. What it holds is still wherever it is.</summary>
    /// <param name="model">The model directory.</param>
    /// <param name="directory">The run directory.</param>
    /// <exception cref="LegoNetException">The run is not planned for this model, or it is there and can be purged.</exception>
    public static void Drop(string model, string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var (run, path) = (ModelOptions.RunAt(model, null), new RunPaths(directory).Root);
        var all = RegisteredRuns.Of(run);
        if (!all.Contains(path))
        {
            throw LegoNetException.BadInput(
                $"{path}: is not planned for this model, so it cannot be given up ({(all.Count == 0 ? "none is" : "planned are " + string.Join(", ", all))}).");
        }

        if (!RegisteredRuns.IsOutOfReach(path, run.Files))
        {
            throw LegoNetException.BadInput($"{path}: this run is there and can be purged, so it is not given up like this; nothing was changed.");
        }

        RegisteredRuns.Remove(run, path);
    }

    /// <summary>Gives a run up: removes its directory, and what was made for it beside a model that never came to be.</summary>
    /// <param name="directory">The run directory.</param>
    /// <remarks>Nobody may be at it. A run of another version, or whose plan is damaged, is removed as well.</remarks>
    /// <exception cref="LegoNetException">There is no run there, a process is at one of its tasks, or a forget was noted in it.</exception>
    public static void Purge(string directory)
    {
        RequireInReach(directory);
        var (paths, files) = (new RunPaths(directory), PhysicalFileLayer.Instance);
        if (!IsRun(directory))
        {
            throw LegoNetException.BadInput($"{paths.Root}: is no run directory, so nothing was removed.");
        }

        if (TaskClaim.Holders(paths, files).FirstOrDefault() is { } first)
        {
            throw LegoNetException.BadInput($"{paths.Root}: somebody is at it ({first}); stop that first.", reason: LegoNetReason.Busy);
        }

        // Somebody was told that these people would be forgotten, and the next training of the same source would have them again.
        if (TrainRun.NotedIn(paths, files).Count is > 0 and var noted)
        {
            throw LegoNetException.BadInput(
                $"{paths.Root}: {Plural.Of(noted, "forget")} {Plural.Form(noted, "was", "were")} noted in this run and would be lost with it; finish the run, "
                    + $"or remove {paths.Requests} once they are taken care of.");
        }

        TaskRun run;
        try
        {
            run = (TaskRun)Open(directory);
        }
        catch (LegoNetException)
        {
            // What is listed beside a model and not there any more is passed over.
            ScoreDraft.Remove(paths, files, shred: false);
            files.DeleteDirectory(paths.Root);
            return;
        }

        using var claim = TaskClaim.TryTake(run.Paths, run.Model, run.Tasks) ?? throw LegoNetException.BadInput(
            $"{run.Path}: another process is finishing this run; try again when it is done.", reason: LegoNetReason.Busy);
        run.GiveUp();
    }

    /// <summary>Plans the training of a model.</summary>
    /// <param name="directory">The run directory to create, on the file system of the model, where every worker sees it.</param>
    /// <param name="spec">The spec.</param>
    /// <param name="encoder">Its encoder.</param>
    /// <param name="model">The model directory that the run is to make.</param>
    /// <param name="options">How to plan.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels; nothing is left behind.</param>
    /// <returns>The run. Its plan is durable.</returns>
    /// <exception cref="LegoNetException">The spec or its source is malformed, a name is taken, or the trainer cannot fit here.</exception>
    public static ITaskRun PlanTraining(
        string directory,
        PipelineSpec spec,
        EncoderSetup encoder,
        string model,
        PlanOptions? options = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(encoder);
        var (paths, plan) = RunPlanning.Training(directory, spec, encoder, model, options ?? new PlanOptions(), progress, cancellationToken);
        return OpenPlanned(paths, plan, new RunOptions());
    }

    /// <summary>Plans a forget.</summary>
    /// <param name="directory">The run directory to create, on the file system of the model, where every worker sees it.</param>
    /// <param name="model">The model directory.</param>
    /// <param name="targets">Subjects or records. The run knows them by their keyed tags only.</param>
    /// <param name="ignoreUnknown">Pass over targets of which nothing is stored. Otherwise a task that finds one fails, and nothing is forgotten.</param>
    /// <param name="options">How to plan.</param>
    /// <param name="requests">The file that the targets stand in, one a line, for messages; null where they stand in none.</param>
    /// <param name="shred">Overwrite what becomes obsolete before it is unlinked.</param>
    /// <param name="dropCaches">Registered caches of encodings that are lost for good.</param>
    /// <returns>The run. Its plan is durable.</returns>
    /// <exception cref="LegoNetException">There is no such model, it is damaged, or a registered cache is out of reach.</exception>
    public static ITaskRun PlanForget(
        string directory,
        string model,
        IReadOnlyCollection<ForgetTarget> targets,
        bool ignoreUnknown = false,
        PlanOptions? options = null,
        string? requests = null,
        bool shred = false,
        IReadOnlyList<string>? dropCaches = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Count == 0)
        {
            throw LegoNetException.BadInput($"{requests ?? model}: names nobody, so there is nothing to forget.");
        }

        var (paths, plan) = RunPlanning.Forget(directory, model, targets, ignoreUnknown, options ?? new PlanOptions(), requests, shred, dropCaches ?? []);
        return OpenPlanned(paths, plan, new RunOptions());
    }

    /// <summary>Plans the scoring of many records: what a model says of them, as a file.</summary>
    /// <param name="directory">The run directory to create, where every worker sees it.</param>
    /// <param name="model">The model. Its present state scores, and no other.</param>
    /// <param name="encoder">Its encoder.</param>
    /// <param name="data">The records: a folder or archive of images, a .csv, .npy or .safetensors file, or a description such as "SPEC.json#test".</param>
    /// <param name="output">
    /// The CSV file to write, in the source's order: subject, id, class, score and probability of each record, for regression subject, id and prediction.
    /// </param>
    /// <param name="options">How to plan.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels; nothing is left behind.</param>
    /// <returns>The run. Its plan is durable.</returns>
    /// <exception cref="LegoNetException">The data is malformed, a name is taken, or the file cannot be written or would replace what must stay.</exception>
    public static ITaskRun PlanScoring(
        string directory,
        LegoNetModel model,
        EncoderSetup encoder,
        string data,
        string output,
        ScorePlanOptions? options = null,
        IProgress<LegoNetProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentException.ThrowIfNullOrEmpty(data);
        ArgumentException.ThrowIfNullOrEmpty(output);
        var (paths, plan) = RunPlanning.Scoring(
            directory, model, encoder, data, output, options ?? new ScorePlanOptions(), progress, cancellationToken);
        return OpenPlanned(paths, plan, new RunOptions());
    }

    private static TaskRun OpenPlanned(RunPaths paths, RunPlan plan, RunOptions options) => plan switch
    {
        ForgetPlan forget => new ForgetRun(paths, forget, Run(forget, options, shared: false, forget.Shred, forget.DropCaches)),
        ScorePlan scoring => new ScoreRun(paths, scoring, Run(scoring, options, shared: false, shred: false, [])),
        TrainPlan training => new TrainRun(paths, training, Run(training, options, training.Shared, shred: false, [])),
        _ => throw new InvalidOperationException($"No run is of the kind \"{plan.Kind}\"."),
    };

    private static ModelRun Run(RunPlan plan, RunOptions options, bool shared, bool shred, IReadOnlyList<string> dropCaches) => new(plan.ModelPaths(shared))
    {
        Files = options.Files,
        Threads = options.Threads,
        Logger = options.Logger,
        Clock = options.Clock,
        Shred = shred,
        DropCaches = dropCaches,
    };

    private static RunPlan Read(RunPaths paths, IFileLayer files)
    {
        try
        {
            var bytes = files.ReadAllBytes(paths.Plan);
            var plan = RunPlan.Parse(bytes, paths.Plan);
            return IsAsWritten(bytes) ? plan : throw LegoNetException.Damaged(
                $"{paths.Plan}: is not as it was written, since {Path.GetFileName(paths.PlanDigest)} says otherwise; "
                + "bring it back, or purge the run and plan it again.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            if (files.FileExists(paths.PlanDigest) && !files.EnumerateDirectories(paths.Root).Any())
            {
                files.DeleteDirectory(paths.Root); // Its removal was interrupted at the very end.
            }

            throw LegoNetException.BadInput($"{paths.Root}: no such run (it has no {RunPaths.PlanName}); it is not planned yet, or finished already.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{paths.Plan}: cannot be read ({LegoNetException.Cause(e)}).", e);
        }

        bool IsAsWritten(byte[] plan)
            => files.FileExists(paths.PlanDigest)
                && Encoding.ASCII.GetString(files.ReadAllBytes(paths.PlanDigest)).Contains(Digests.Of(plan), StringComparison.Ordinal);
    }

    private static void RequireInReach(string directory)
    {
        if (new RunPaths(directory).Root is var path && RegisteredRuns.IsOutOfReach(path, PhysicalFileLayer.Instance))
        {
            throw RegisteredRuns.OutOfReach(path);
        }
    }
}
