using System.Security.Cryptography;
using System.Text;
using LegoNet.Changes;
using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Records;
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
    /// <exception cref="LegoNetException">As <see cref="Open"/>.</exception>
    public static RunStatus StatusOf(string directory) => ((TaskRun)Open(directory)).Status();

    /// <summary>Whether a directory is that of a run.</summary>
    public static bool IsRun(string directory)
    {
        var paths = new RunPaths(directory);
        return File.Exists(paths.Plan) && Directory.Exists(paths.Done) && Directory.Exists(paths.Claims);
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
        options ??= new PlanOptions();
        var run = ModelOptions.RunAt(model, new ModelOptions { TagKeyPath = options.TagKeyPath, SigningKeyPath = options.SigningKeyPath, Shared = options.Shared });
        var definition = spec.Freeze(encoder, options.CopyEncoder);
        var parts = definition.Parts();
        _ = new Training(run, parts, definition.Location(), replace: false); // What cannot be done is said now.
        var source = spec.OpenSource();
        var records = SourceParts.Count(source, cancellationToken);
        if (records == 0)
        {
            throw LegoNetException.BadInput("The source has no records, so there is nothing to train on.");
        }

        using var made = NewRun.At(directory, run);
        var newKey = !run.Files.FileExists(run.Paths.TagKey);
        var key = TagKeyFile.Prepare(run.Paths.TagKey, run.Files, TagKey.CreateRandom, atOnce: true);
        var (inputs, division) = TrainDivision.Of(parts.Spec, parts.Trainer, records, options.Tasks, options.Memory);
        try
        {
            var plan = new TrainPlan
            {
                Model = run.Paths.Root,
                TagKey = FullPath(options.TagKeyPath),
                SigningKey = FullPath(options.SigningKeyPath),
                Memory = options.Memory,
                SpecFile = Path.GetFullPath(spec.File),
                SpecDigest = made.Copy(spec.File),
                Frozen = made.Freeze(parts, key.Key, options.Shared),
                Encoder = FullPath(options.EncoderPath),
                Device = options.Device,
                CopyEncoder = options.CopyEncoder,
                Shared = options.Shared,
                NewKey = newKey && options.TagKeyPath is null,
                OneProcessor = options.OneProcessor,
                Parts = SourceParts.Divide(source, records, inputs, key.Key, progress, cancellationToken),
                Division = division,
            };
            made.Complete(plan);
            return new TrainRun(made.Paths, plan, run);
        }
        catch
        {
            if (newKey && options.TagKeyPath is null)
            {
                run.Files.Delete(run.Paths.TagKey);
            }

            throw;
        }
    }

    /// <summary>Plans the scoring of many records: what <see cref="LegoNetModel.Score(IRecordSource, ICodeEncoder, int, CancellationToken)"/> says of them, as a file.</summary>
    /// <param name="directory">The run directory to create, where every worker sees it.</param>
    /// <param name="model">The model. Its present state scores, and no other.</param>
    /// <param name="encoder">Its encoder.</param>
    /// <param name="data">The records: a folder or archive of images, a .csv, .tsv, .npy or .safetensors file, or a description such as "SPEC.json#test".</param>
    /// <param name="output">The CSV file to write: subject, id, class, score and probability (regression: prediction) of each record, in the source's order.</param>
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
        options ??= new ScorePlanOptions();
        var layout = options.LayoutPath is { } spec ? PipelineSpec.Load(spec) : null;
        var source = ScoreRun.OpenSource(data, layout, encoder.InputKind);
        string?[] read = [data, data.Split('#')[0], .. source.Files, encoder.ModelPath, options.LayoutPath];
        string[] inputs = [.. read.OfType<string>().Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];
        using (var file = OutputFile.Prepare(output, ScoreTable.FileKind, options.Force, inputs))
        {
            if (file.IsStream || RealPath.IsInside(file.Path, directory))
            {
                throw LegoNetException.BadInput(
                    $"{output}: {(file.IsStream ? "is a pipe or a device, and a run is finished elsewhere and later" : "lies in the run directory, which goes when the run is finished")}; "
                    + "choose a file of its own.");
            }
        }

        var records = SourceParts.Count(source, cancellationToken);
        if (records == 0)
        {
            throw LegoNetException.BadInput($"{source.Name}: has no records.");
        }

        var run = ModelOptions.RunAt(model.Path, null);
        using var made = NewRun.At(directory, run, becomesModel: false);
        var key = RandomNumberGenerator.GetBytes(ScorePlan.KeyBytes);
        var plan = new ScorePlan
        {
            Model = run.Paths.Root,
            TagKey = null,
            SigningKey = null,
            Memory = new PlanOptions().Memory,
            Root = model.RootDigest,
            Data = Path.GetFullPath(data),
            SpecFile = FullPath(options.LayoutPath),
            SpecDigest = options.LayoutPath is null ? null : made.Copy(options.LayoutPath),
            Encoder = FullPath(options.EncoderPath),
            Device = options.Device,
            Fingerprint = encoder.Encoder.Fingerprint,
            Output = Path.GetFullPath(output),
            Force = options.Force,
            Inputs = inputs,
            InputKey = key,
            Parts = SourceParts.Divide(source, records, (int)Math.Min(options.Tasks, records), TagKey.FromBytes(key), progress, cancellationToken),
        };
        made.Complete(plan);
        return new ScoreRun(made.Paths, plan, run);
    }

    private static TaskRun OpenPlanned(RunPaths paths, RunPlan plan, RunOptions options)
    {
        var model = new ModelRun(plan.ModelPaths(plan is TrainPlan { Shared: true }))
        {
            Files = options.Files,
            Threads = options.Threads,
            Logger = options.Logger,
            Clock = options.Clock,
        };
        return plan is ScorePlan scoring ? new ScoreRun(paths, scoring, model) : new TrainRun(paths, (TrainPlan)plan, model);
    }

    private static RunPlan Read(RunPaths paths, IFileLayer files)
    {
        try
        {
            return RunPlan.Parse(files.ReadAllBytes(paths.Plan), paths.Plan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw LegoNetException.BadInput($"{paths.Root}: no such run (it has no {RunPaths.PlanName}); it is not planned yet, or finished already.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{paths.Plan}: cannot be read ({LegoNetException.Cause(e)}).", e);
        }
    }

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);
}
