using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>
/// A scoring in tasks. Each of them writes the lines of its part of the input as <see cref="ScoreTable"/> spells them, and the finish puts
/// them behind each other, so that the file is the one that one process would write.
/// </summary>
internal sealed class ScoreRun : TaskRun
{
    // Lines are handed on in pieces, so that neither a task nor the finish holds more than one, however long the part.
    private const int PieceBytes = 16 << 20;

    public ScoreRun(RunPaths paths, ScorePlan plan, ModelRun model)
        : base(paths, plan, model) => Scoring = plan;

    public ScorePlan Scoring { get; }

    /// <inheritdoc/>
    public override ModelPaths Made => Model.Paths;

    private RunResult Result => new(Plan.Kind, Scoring.Output);

    /// <summary>Opens the records to score.</summary>
    /// <param name="data">As on a command line.</param>
    /// <param name="layout">The spec as whose source they are laid out; null to go by the columns' names.</param>
    /// <param name="kind">What the model's encoder reads.</param>
    public static IRecordSource OpenSource(string data, PipelineSpec? layout, RecordInputKind kind)
        => layout is null ? SourcePath.Infer(data, kind) : layout.OpenLike(data, kind, needsLabels: false);

    protected override Action<Utf8JsonWriter> Make(
        RunStage stage, int number, TaskOutput output, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        using var model = OpenModel();
        if (model.RootDigest != Scoring.Root)
        {
            throw BeginAnew();
        }

        using var encoder = OpenEncoder(model);
        EncodeStep.RequireSameEncoder(this, encoder.Encoder, Scoring.Fingerprint, oneProcessor: false);
        var source = OpenSource(Scoring.Data, ReadLayout(), encoder.InputKind);
        var part = new RangeSource(source, Scoring.Parts[number], number, Records.TagKey.FromBytes(Scoring.InputKey));
        List<TaskFile> pieces = [];
        using var lines = new MemoryStream();
        using var writer = new StreamWriter(lines, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        long count = 0;
        foreach (var scored in model.Score(part, encoder.Encoder, Model.Threads, cancellationToken))
        {
            writer.Write(ScoreTable.Line(model.Spec.Task, scored));
            if (lines.Length >= PieceBytes)
            {
                HandOn();
            }

            if (++count % encoder.Encoder.BatchSize == 0)
            {
                progress?.Report(new LegoNetProgress("scoring", count, part.Count));
            }
        }

        HandOn();
        return json =>
        {
            json.WriteStartArray("pieces");
            pieces.ForEach(piece => json.WriteStringValue(piece.Name));
            json.WriteEndArray();
        };

        void HandOn()
        {
            writer.Flush();
            pieces.Add(output.Hand($"scores-{number}-{pieces.Count}", lines.GetBuffer().AsSpan(0, (int)lines.Length), "csv"));
            lines.SetLength(0);
        }
    }

    protected override RunResult? Committed()
    {
        // Only once the file has its name is its draft gone; it may have been replaced since, and then the parts are put together again.
        var file = RealPath.Of(Scoring.Output);
        if (Files.FileExists(Draft()) || !Files.FileExists(file) || ReadMade() is not { } made)
        {
            return null;
        }

        return Digests.OfFile(file) == made.Digest("digest") ? Result : null;
    }

    // What says so goes together with the plan.
    protected override RunResult? Gone() => Committed();

    protected override RunResult Commit(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var epoch = RunGate.Epoch(Paths, Files);
        using var model = OpenModel();
        using var file = Prepare().DraftedAs(Digest);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        file.Draft(Pieces(model, epoch, progress, cancellationToken).Select(piece =>
        {
            digest.AppendData(piece.Span);
            return piece;
        }));

        // While the gate is held no change of the model is acknowledged: a forget comes before the state is read here, or after the scoring.
        using (RunGate.Enter(Paths))
        {
            model.Reload();
            if (model.RootDigest == Scoring.Root && RunGate.Epoch(Paths, Files) == epoch)
            {
                WriteMade(("digest", Convert.ToHexStringLower(digest.GetHashAndReset())));
                file.Complete();
                Files.FlushDirectory(System.IO.Path.GetDirectoryName(file.Path)!);
                return Result;
            }
        }

        throw BeginAnew();
    }

    private IEnumerable<ReadOnlyMemory<byte>> Pieces(
        LegoNetModel model, string epoch, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        // The draft has its name by now: a change of the model from here on removes it, and one before has changed the epoch.
        if (EpochAtTheGate() != epoch)
        {
            throw BeginAnew();
        }

        yield return Encoding.UTF8.GetBytes(ScoreTable.Header(model.Spec.Task));
        for (var task = 0; task < Tasks; task++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(new LegoNetProgress("finishing", task, Tasks));
            var result = ResultOf(task);
            foreach (var name in result.Content.Strings("pieces"))
            {
                using IDisposable view = View(task, result.Files.First(f => f.Name == name));
                yield return ((FileView)view).Memory;
            }
        }
    }

    private string EpochAtTheGate()
    {
        using var gate = RunGate.Enter(Paths);
        return RunGate.Epoch(Paths, Files);
    }

    private LegoNetModel OpenModel()
        => LegoNetModel.Open(Model.Paths.Root, new ModelOptions { Threads = Model.Threads, Logger = Model.Logger, Clock = Model.Clock, Files = Files });

    private EncoderSetup OpenEncoder(LegoNetModel model)
        => EncoderRegistry.Open(model, new EncoderSettings { ModelPath = Scoring.Encoder, Device = Scoring.Device });

    private LegoNetException BeginAnew() => BeginAnewAs(() =>
    {
        using var model = OpenModel();
        using var encoder = OpenEncoder(model);
        return Scoring.For(model.RootDigest, encoder.Encoder.Fingerprint);
    });

    private PipelineSpec? ReadLayout()
    {
        if (Scoring.SpecFile is not { } file)
        {
            return null;
        }

        var copy = new ModelFiles(new ModelPaths(Path), Files).Read(System.IO.Path.GetFileName(Paths.Spec), Scoring.SpecDigest!);
        return PipelineSpec.Parse(Encoding.UTF8.GetString(copy), file);
    }

    private OutputFile Prepare()
    {
        try
        {
            return OutputFile.Prepare(Scoring.Output, ScoreTable.FileKind, Scoring.Force, Scoring.Inputs);
        }
        catch (LegoNetException e) when (e.Reason == LegoNetReason.OtherKind)
        {
            // It was not there when the run was planned, and nobody is asked for --force here.
            throw LegoNetException.BadInput(
                $"{Scoring.Output}: is there by now and is not {ScoreTable.FileKind.Name}, so it is not replaced; move it away and finish again.", e);
        }
    }

    private string Draft() => OutputFile.DraftOf(RealPath.Of(Scoring.Output), Digest);
}
