using LegoNet.Changes;
using LegoNet.Common;
using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Runs;

/// <summary>A run: its directory, its plan, and what is done of it. Each kind of plan says what its tasks are.</summary>
internal abstract class TaskRun : ITaskRun
{
    private static readonly JsonRules s_made = JsonRules.For(LegoNetError.Damaged, "the note of what a run made");

    private readonly RunPlan _plan;
    private readonly DoneTasks _done;
    private TagKey? _tagKey;

    protected TaskRun(RunPaths paths, RunPlan plan, ModelRun model)
    {
        Paths = paths;
        _plan = plan;
        Model = model;
        Digest = plan.Digest;
        _done = new DoneTasks(this);
    }

    /// <inheritdoc/>
    public string Path => Paths.Root;

    /// <inheritdoc/>
    public string Digest { get; }

    /// <inheritdoc/>
    public IReadOnlyList<RunStage> Stages => _plan.Stages;

    public RunPlan Plan => _plan;

    public RunPaths Paths { get; }

    /// <summary>The model that the run makes or changes, and the settings of this process.</summary>
    public ModelRun Model { get; }

    public IFileLayer Files => Model.Files;

    /// <summary>What is being made of the model.</summary>
    public abstract ModelPaths Made { get; }

    /// <summary>The model's tag key.</summary>
    /// <exception cref="LegoNetException">Its file is missing, or holds no key or another one.</exception>
    public TagKey TagKey => _tagKey ??= LoadTagKey();

    /// <summary>All tasks.</summary>
    public int Tasks => Stages[^1].First + Stages[^1].Count;

    /// <inheritdoc/>
    public bool IsDone(int task) => _done.Has(task);

    /// <inheritdoc/>
    public string? Failure(int task) => TaskFailure.Read(Paths, Files, task)?.Message;

    /// <inheritdoc/>
    public TaskOutcome RunTask(int task, IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var stage = StageOf(task);
        var epoch = RunGate.Epoch(Paths, Files); // Before the plan is looked at: who has the run begin anew changes this first.
        RequireCurrent();
        if (IsGoing)
        {
            return TaskOutcome.Busy; // Whoever is removing it has to come to the end; if that was killed, a finish goes on with it.
        }

        if (IsDoneBefore(task))
        {
            return TaskOutcome.DoneBefore;
        }

        if (!Stages.TakeWhile(s => s != stage).All(IsDone))
        {
            return TaskOutcome.NotReady;
        }

        using var claim = TaskClaim.TryTake(Paths, Model, task);
        if (claim is null)
        {
            return TaskOutcome.Busy;
        }

        if (IsDoneBefore(task))
        {
            return TaskOutcome.DoneBefore;
        }

        try
        {
            // What others left at this task; nobody is at it now.
            foreach (var draft in Files.EnumerateDirectories(Paths.Drafts).Where(d => RunPaths.TaskOfDraft(System.IO.Path.GetFileName(d)) == task).ToArray())
            {
                Files.DeleteDirectory(draft);
            }

            using var output = new TaskOutput(Paths, Files, Made, task, epoch);
            var content = Make(stage, task - stage.First, output, progress, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var published = output.Publish(task, Digest, content);
            Files.Delete(Paths.FailureOf(task));
            return published;
        }
        catch (LostTaskException lost)
        {
            // What an earlier task made is not what it was. It is made again, and then this one.
            _done.Undo(lost);
            return TaskOutcome.NotReady;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && RunGate.Epoch(Paths, Files) != epoch)
        {
            return TaskOutcome.NotReady; // What it wrote was taken away: the run began anew.
        }
        catch (LegoNetException e) when (e.Reason != LegoNetReason.Busy)
        {
            TaskFailure.Note(Paths, Files, task, e);
            throw;
        }
    }

    /// <inheritdoc/>
    public RunResult Finish(IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!Files.FileExists(Paths.Plan))
        {
            return Gone() ?? throw WentAlready();
        }

        try
        {
            Files.CreateDirectory(Paths.Claims, Paths.Look); // It is not there where a removal was interrupted near its end.
            using var claim = TaskClaim.TryTake(Paths, Model, Tasks) ?? throw LegoNetException.BadInput(
                $"{Path}: another process is finishing this run; try again when it is done.", reason: LegoNetReason.Busy);
            var isNearlyGone = IsGoing || !Files.DirectoryExists(Paths.Done);
            if (!isNearlyGone)
            {
                RequireCurrent();
            }

            var result = isNearlyGone ? Gone() : Committed();
            if (result is null && !isNearlyGone)
            {
                Resume();
                _done.RequireAll(cancellationToken);
                result = Commit(progress, cancellationToken);
            }

            Remove();
            return result ?? throw WentAlready();
        }
        catch (LostTaskException lost)
        {
            _done.Undo(lost);
            throw LegoNetException.BadInput($"{Path}: task {lost.Task} has to be done again before the run is finished.", lost, LegoNetReason.Busy);
        }
        catch (Exception e) when (OfTheDisk(e) is { } cause)
        {
            throw new IOException(
                $"{Path}: the run cannot be finished now ({LegoNetException.Cause(cause)}); nothing is lost, so go on with it when that is mended.", e);
        }
    }

    /// <summary>Removes a run that is given up.</summary>
    public virtual void GiveUp() => Remove();

    /// <summary>How far the run is.</summary>
    public RunStatus Status() => RunStatus.Of(this, Files);

    /// <summary>Removes the run directory. What was made of a model that is not committed goes with it.</summary>
    public void Remove()
    {
        ScoreDraft.Remove(Paths, Files, Model.Shred);
        if (Model.Shred)
        {
            // But for locks, of which this process holds one, and for what a removal that is interrupted here goes on by.
            string[] others = [Paths.Gate, Paths.Plan, Paths.PlanDigest, Paths.Made];
            foreach (var file in Paths.AllFiles(Files).Where(f => !others.Contains(f) && System.IO.Path.GetDirectoryName(f) != Paths.Claims))
            {
                Files.Overwrite(file);
            }
        }

        // The drafts go first, so that nobody begins a task; and the plan last, so that whoever finds what a crash left can go on with it.
        Files.DeleteDirectory(Paths.Drafts);
        foreach (var folder in Files.EnumerateDirectories(Path).Where(f => f != Paths.Done && f != Paths.Claims).ToArray())
        {
            Files.DeleteDirectory(folder);
        }

        Files.FlushDirectory(Path);
        Files.DeleteDirectory(Paths.Done);
        foreach (var file in Files.EnumerateFiles(Path).Where(f => f != Paths.Plan && f != Paths.PlanDigest && f != Paths.Made).ToArray())
        {
            Files.Delete(file);
        }

        Files.DeleteDirectory(Paths.Claims);
        Files.FlushDirectory(Path);
        TakeOffTheList();
        Files.Delete(Paths.Plan);
        Files.DeleteDirectory(Path);
        Files.FlushDirectory(System.IO.Path.GetDirectoryName(Path)!);
    }

    // What is listed and has no plan any more is passed over, so nobody has to wait for it.
    private void TakeOffTheList()
    {
        try
        {
            RegisteredRuns.Remove(Model, Path);
        }
        catch (LegoNetException e) when (e.Reason == LegoNetReason.Busy)
        {
        }
    }

    public RunStage StageOf(int task)
        => Stages.FirstOrDefault(s => task >= s.First && task < s.First + s.Count)
            ?? throw LegoNetException.BadInput($"{Path}: has no task {task}; its tasks are 0 to {Tasks - 1}.");

    /// <summary>Whether all tasks of a stage are done.</summary>
    public bool IsDone(RunStage stage) => Enumerable.Range(stage.First, stage.Count).All(IsDone);

    /// <summary>The record of a task that is done.</summary>
    /// <exception cref="LostTaskException">It is not there any more, or damaged.</exception>
    public TaskResult ResultOf(int task)
    {
        try
        {
            return TaskResult.Parse(Files.ReadAllBytes(Paths.DoneBy(task)), Paths.DoneBy(task), Digest);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or LegoNetException { Error: LegoNetError.Damaged })
        {
            throw new LostTaskException(task, e is LegoNetException ? e.Message : $"{Paths.DoneBy(task)}: is missing.");
        }
    }

    /// <summary>A view of a file that an earlier task made.</summary>
    /// <exception cref="LostTaskException">It is missing or altered.</exception>
    public FileView View(int task, TaskFile file)
    {
        try
        {
            var root = new ModelPaths(Path);
            return new ModelFiles(root, Files).View(file.Name, file.Digest);
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.Damaged)
        {
            throw new LostTaskException(task, e.Message);
        }
    }

    /// <summary>Makes what a task is to make.</summary>
    /// <param name="stage">Its stage.</param>
    /// <param name="number">Its number within the stage, from 0.</param>
    /// <param name="output">Receives files.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Writes what its record says besides.</returns>
    protected abstract Action<System.Text.Json.Utf8JsonWriter> Make(
        RunStage stage, int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken);

    /// <summary>What came of an attempt at finishing that came as far as the commit; null where none did.</summary>
    protected abstract RunResult? Committed();

    /// <summary>What came of a run whose directory is gone; null where that is not known.</summary>
    protected virtual RunResult? Gone() => null;

    /// <summary>What an attempt at finishing noted of what it was about to commit; null where none came so far.</summary>
    /// <exception cref="LegoNetException">The note is damaged.</exception>
    protected StrictJson? ReadMade() => Files.FileExists(Paths.Made) ? StrictJson.Parse(Files.ReadAllBytes(Paths.Made), Paths.Made, s_made) : null;

    /// <summary>Notes what is about to be committed, durably, so that a finish that was interrupted knows its own work.</summary>
    protected void WriteMade(params IEnumerable<(string Name, string Value)> members)
    {
        var draft = Paths.Made + ".new";
        var note = CanonicalJson.Write(json =>
        {
            json.WriteStartObject();
            foreach (var (name, value) in members)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        });
        Files.WriteAllBytes(draft, note, flush: true, Paths.Look);
        Files.Rename(draft, Paths.Made); // Whole or not at all: a note that was cut would keep every later finish from beginning.
        Files.FlushDirectory(Path);
    }

    /// <summary>Puts back what an attempt at finishing, one that came not as far as the commit, took away.</summary>
    protected virtual void Resume()
    {
    }

    /// <summary>Commits what the tasks made.</summary>
    protected abstract RunResult Commit(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Has the run begin anew under another plan, so that nothing that was begun under this one is published.</summary>
    /// <param name="plan">The plan for the model as it is now; not asked for where another process was first.</param>
    /// <returns>What says so.</returns>
    protected LegoNetException BeginAnewAs(Func<RunPlan> plan)
    {
        RunGate.BeginAnew(
            Paths,
            Files,
            Model.Shred,
            () => Digests.Of(Files.ReadAllBytes(Paths.Plan)) == Digest,
            () =>
            {
                Files.Delete(Paths.Made);
                NewRun.ReplacePlan(Paths, Files, plan());
            });
        Model.Logger.LogWarning("{Run}: the model was changed since the run was planned, so the run begins anew from the model as it is now.", Path);
        return LegoNetException.BadInput(
            $"{Path}: the model was changed since the run was planned, so the run begins anew; do its tasks again.", reason: LegoNetReason.Busy);
    }

    /// <summary>
    /// Requires that the plan is still this one. A run may begin anew under another while this process has it open: its records are none of this
    /// plan's business then.
    /// </summary>
    /// <exception cref="LegoNetException">The run is gone, or began anew.</exception>
    public void RequireCurrent()
    {
        try
        {
            if (Digests.Of(Files.ReadAllBytes(Paths.Plan)) == Digest)
            {
                return;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw WentAlready();
        }

        throw LegoNetException.BadInput(
            $"{Path}: began anew meanwhile, since the model was changed; do its tasks again.", reason: LegoNetReason.Busy);
    }

    /// <summary>Whether the run is being removed, or gone, since somebody finished or purged it. It asks for nothing more then.</summary>
    public bool IsGoing => !Files.DirectoryExists(Paths.Drafts);

    // What went wrong with a file, and may go well the next time.
    private static Exception? OfTheDisk(Exception e)
        => (e is LegoNetException { Reason: LegoNetReason.Other } failure ? failure.InnerException : e) is var cause
            && cause is IOException and not (FileNotFoundException or DirectoryNotFoundException) or UnauthorizedAccessException ? cause : null;

    // Once a finish has begun to commit, it has moved files, and only a finish can tell whether one is lost: it settles what was interrupted first.
    private bool IsDoneBefore(int task) => (Files.FileExists(Paths.Made) && Files.FileExists(Paths.DoneBy(task))) || _done.HasWhole(task);

    private LegoNetException WentAlready() => LegoNetException.BadInput($"{Path}: the run is gone; it was finished, or purged.");

    private TagKey LoadTagKey()
    {
        var key = TagKey.Load(Model.Paths.TagKey, Files);
        return _plan.TagKeyFingerprint is not { } planned || key.Fingerprint == planned ? key : throw LegoNetException.BadInput(
            $"{Model.Paths.TagKey}: holds another tag key than when the run {Path} was planned; bring that key back, or purge the run and plan it again.");
    }
}
