using System.Security.Cryptography;
using LegoNet.Changes;
using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Sessions;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>Makes plans, and the run directories in which they stand (<see cref="TaskRuns"/> says of what).</summary>
internal static class RunPlanning
{
    /// <summary>Plans a training (<see cref="TaskRuns.PlanTraining"/>).</summary>
    public static (RunPaths Paths, TrainPlan Plan) Training(
        string directory,
        PipelineSpec spec,
        EncoderSetup encoder,
        string model,
        PlanOptions options,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        var run = ModelOptions.RunAt(model, new ModelOptions
        {
            TagKeyPath = options.TagKeyPath,
            SigningKeyPath = options.SigningKeyPath,
            Shared = options.Shared,
        });
        var definition = spec.Freeze(encoder, options.CopyEncoder);
        var parts = definition.Parts();
        _ = new Training(run, parts, definition.Location(), replace: false); // What cannot be done is said now.
        var source = spec.OpenSource();
        var index = SourceParts.Index(source, progress, cancellationToken);
        if (index.Records == 0)
        {
            throw LegoNetException.BadInput("The source has no records, so there is nothing to train on.");
        }

        using var made = NewRun.At(directory, run);
        var (tagKey, signingKey) = (run.Paths.TagKeyIsNamed ? null : run.Paths.TagKey, run.Paths.SigningKeyIsNamed ? null : run.Paths.SigningKeyFile);
        string[] newKeys = [.. new[] { tagKey, signingKey, run.Paths.PublicKey }.OfType<string>().Where(file => !run.Files.FileExists(file))];
        var key = TagKeyFile.Prepare(run.Paths.TagKey, run.Files, TagKey.CreateRandom, atOnce: true);
        var (inputs, division) = TrainDivision.Of(parts.Spec, parts.Trainer, index.Records, options);
        try
        {
            var plan = new TrainPlan
            {
                Model = run.Paths.Root,
                TagKey = FullPath(options.TagKeyPath),
                TagKeyFingerprint = key.Key.Fingerprint,
                SigningKey = FullPath(options.SigningKeyPath),
                Memory = options.Memory,
                SpecFile = Path.GetFullPath(spec.File),
                SpecDigest = made.Keep(made.Paths.Spec, run.Files.ReadAllBytes(spec.File)),
                Frozen = made.Freeze(parts, key.Key, options.Shared),
                Encoder = FullPath(options.EncoderPath),
                EncoderFile = FullPath(definition.EncoderPath),
                Device = options.Device,
                CopyEncoder = options.CopyEncoder,
                Shared = options.Shared,
                NewKeys = newKeys,
                OneProcessor = options.OneProcessor,
                Parts = SourceParts.Divide(source, index, inputs, key.Key, run.Threads, progress, cancellationToken),
                Division = division,
            };
            made.Complete(plan);
            return (made.Paths, plan);
        }
        catch
        {
            if (newKeys.Contains(run.Paths.TagKey))
            {
                run.Files.Delete(run.Paths.TagKey);
            }

            throw;
        }
    }

    /// <summary>Plans a forget (<see cref="TaskRuns.PlanForget"/>).</summary>
    public static (RunPaths Paths, ForgetPlan Plan) Forget(
        string directory,
        string model,
        IReadOnlyCollection<ForgetTarget> targets,
        bool ignoreUnknown,
        PlanOptions options,
        string? requests,
        bool shred,
        IReadOnlyList<string> dropCaches)
    {
        var run = ModelOptions.RunAt(
            model,
            new ModelOptions { TagKeyPath = options.TagKeyPath, SigningKeyPath = options.SigningKeyPath, Shred = shred, DropCaches = dropCaches });
        using var session = ModelSession.Open(run);
        var state = session.State;
        Refitter.RequireRefittable(state.Parts.Trainer);
        var head = session.RequireHead();
        _ = session.SigningKeyAfter(head); // What the finish needs is asked for now.
        var caches = CachePurge.Plan(run, head, isNeeded: true).Registered;
        RegisteredRuns.RequireReachable(run);
        var records = state.Manifest.Records?.Count ?? 0;
        var whole = session.Read((_, store) => store.Split(KeyRange.Digits) is null);
        var (_, division) = TrainDivision.Of(state.Spec, state.Parts.Trainer, Math.Max(1, records), options);
        using var made = NewRun.At(directory, run);
        var plan = new ForgetPlan
        {
            Model = run.Paths.Root,
            TagKey = FullPath(options.TagKeyPath),
            TagKeyFingerprint = session.TagKey.Fingerprint,
            SigningKey = FullPath(options.SigningKeyPath),
            Memory = options.Memory,
            Root = state.Root,
            Frozen = state.Manifest.Spec,
            Targets = made.Keep(
                made.Paths.Targets,
                RunTargets.Write(targets, session.TagKey, [.. caches.Select(c => (c.Id, TagKey.Load(new ModelPaths(c.Path).TagKey, run.Files)))])),
            Requests = requests,
            IgnoreUnknown = ignoreUnknown,
            Shred = shred,
            DropCaches = [.. dropCaches.Select(Path.GetFullPath)],
            Whole = whole,
            Division = whole ? division with { KeyRanges = 1, Groups = Math.Min(division.Groups, 1) } : division,
        };
        made.CreateModelFolders(run.Paths);
        made.Complete(plan);
        return (made.Paths, plan);
    }

    /// <summary>Plans a scoring (<see cref="TaskRuns.PlanScoring"/>).</summary>
    public static (RunPaths Paths, ScorePlan Plan) Scoring(
        string directory,
        LegoNetModel model,
        EncoderSetup encoder,
        string data,
        string output,
        ScorePlanOptions options,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        var layout = options.LayoutPath is { } spec ? PipelineSpec.Load(spec) : null;
        var source = ScoreRun.OpenSource(data, layout, encoder.InputKind);
        string?[] read = [data, data.Split('#')[0], .. source.Files, encoder.ModelPath, options.LayoutPath];
        string[] inputs = [.. read.OfType<string>().Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];
        using (var file = OutputFile.Prepare(output, ScoreTable.FileKind, options.Force, inputs))
        {
            var why = file.IsStream ? "is a pipe or a device, and a run is finished later, and perhaps elsewhere"
                : RealPath.IsInside(file.Path, directory) ? "lies in the run directory, which goes when the run is finished"
                : null;
            if (why is not null)
            {
                throw LegoNetException.BadInput($"{output}: {why}; choose another place.");
            }
        }

        var index = SourceParts.Index(source, progress, cancellationToken);
        if (index.Records == 0)
        {
            throw LegoNetException.BadInput($"{source.Name}: has no records.");
        }

        var run = ModelOptions.RunAt(model.Path, null);
        using var made = NewRun.At(directory, run, changesModel: false);
        var key = RandomNumberGenerator.GetBytes(ScorePlan.KeyBytes);
        var tasks = options.Tasks ?? TrainDivision.TasksFor(index.Records * encoder.Encoder.Dimension);
        var plan = new ScorePlan
        {
            Model = run.Paths.Root,
            TagKey = null,
            SigningKey = null,
            Memory = new PlanOptions().Memory,
            Root = model.RootDigest,
            Data = Path.GetFullPath(data),
            SpecFile = FullPath(options.LayoutPath),
            SpecDigest = options.LayoutPath is null ? null : made.Keep(made.Paths.Spec, run.Files.ReadAllBytes(options.LayoutPath)),
            Encoder = FullPath(options.EncoderPath),
            Device = options.Device,
            Fingerprint = encoder.Encoder.Fingerprint,
            Output = Path.GetFullPath(output),
            Force = options.Force,
            Inputs = inputs,
            InputKey = key,
            Parts = SourceParts.Divide(source, index, (int)Math.Min(tasks, index.Records), TagKey.FromBytes(key), run.Threads, progress, cancellationToken),
        };
        made.Complete(plan);
        return (made.Paths, plan);
    }

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);
}
