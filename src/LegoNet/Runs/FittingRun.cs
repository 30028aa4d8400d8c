using System.Text.Json;
using LegoNet.Changes;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>A run whose tasks write the records' trie and fit adapters: of all records, or of those that stay.</summary>
internal abstract class FittingRun : TaskRun
{
    // Of the folders of a model, those that tasks write to.
    private static readonly string[] s_folders = ["records", "adapters", "shards"];

    protected FittingRun(RunPaths paths, RunPlan plan, ModelRun model, TrainDivision division, ModelPaths made)
        : base(paths, plan, model)
    {
        Division = division;
        Made = made;
    }

    /// <summary>How the work is divided.</summary>
    public TrainDivision Division { get; }

    public override ModelPaths Made { get; }

    /// <summary>What the model freezes.</summary>
    public abstract FrozenParts Parts { get; }

    public ModelSpec Spec => Parts.Spec;

    /// <summary>The files of the trie that tasks have made, and of that which was there.</summary>
    public abstract IFileReader Reader { get; }

    /// <summary>The number of a task.</summary>
    /// <param name="stage">Its stage's name.</param>
    /// <param name="number">Its number within the stage.</param>
    public int TaskOf(string stage, int number) => Stages.First(s => s.Name == stage).First + number;

    /// <summary>What became of the records of each range of keys.</summary>
    public RecordsOfRange[] Records() => [.. Enumerable.Range(0, Division.KeyRanges).Select(r => RecordsOfRange.Read(this, r))];

    /// <summary>Rows of the shards that are to be collected; 0 for an adapter whose shard is not.</summary>
    /// <param name="records">The records.</param>
    public abstract long[] RowsToCollect(IReadOnlyList<RecordsOfRange> records);

    /// <summary>Fits those adapters whose shards need not be collected.</summary>
    /// <param name="adapters">The adapters of a task.</param>
    /// <param name="refitter">Fits.</param>
    /// <param name="collector">Collects a shard all the same, should a trainer ask for it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public virtual IEnumerable<AdapterEntry> FitOthers(int[] adapters, Refitter refitter, ShardCollector collector, CancellationToken cancellationToken) => [];

    /// <inheritdoc/>
    protected sealed override Action<Utf8JsonWriter> Make(
        RunStage stage, int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return MakeTask(stage, number, output, progress, cancellationToken);
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.Damaged && stage.Name != TrainPlan.Records && TaskThatMade(e) is { } task)
        {
            // What an earlier task made of the trie is made again. The model's own damage is the user's to mend.
            throw new LostTaskException(task, e.Message);
        }
    }

    /// <summary>Makes what a task is to make (<see cref="Make"/>).</summary>
    protected abstract Action<Utf8JsonWriter> MakeTask(
        RunStage stage, int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken);

    // The task that made the file of the records' trie of which a failure speaks; null where none did.
    private int? TaskThatMade(LegoNetException failure)
    {
        var stage = Stages.First(s => s.Name == TrainPlan.Records);
        return Enumerable.Range(stage.First, stage.Count)
            .Where(task => Files.FileExists(Paths.DoneBy(task)))
            .Where(task => ResultOf(task).Files.Any(f => f.NameInModel is { } name && failure.Message.StartsWith(name, StringComparison.Ordinal)))
            .Select(task => (int?)task)
            .FirstOrDefault();
    }

    protected override void Resume()
    {
        if (Files.DirectoryExists(Paths.Others))
        {
            foreach (var file in Files.EnumerateFiles(Paths.Others).ToArray())
            {
                Files.Rename(file, Made.File(System.IO.Path.GetFileName(file).Replace('~', '/')));
            }
        }
    }

    /// <summary>Sets aside what lies among the files of the model that is made and is none of them, whatever became of tasks that were done twice.</summary>
    protected void SetOthersAside(IEnumerable<string> named)
    {
        var kept = named.Select(Made.File).ToHashSet(StringComparer.Ordinal);
        Files.CreateDirectory(Paths.Others, Paths.Look);
        foreach (var folder in s_folders)
        {
            foreach (var file in Files.EnumerateFiles(Made.File(folder)).Where(f => !kept.Contains(f)).ToArray())
            {
                Files.Rename(file, System.IO.Path.Combine(Paths.Others, $"{folder}~{System.IO.Path.GetFileName(file)}"));
            }
        }
    }
}
