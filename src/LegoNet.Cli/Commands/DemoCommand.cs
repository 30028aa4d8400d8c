using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Onnx;
using LegoNet.Pipelines;
using LegoNet.Records;

namespace LegoNet.Cli.Commands;

/// <summary>legonet demo [--out DIR]</summary>
internal static class DemoCommand
{
    private const string ForgottenSubject = "subject-156";

    public static Command Create(CommandHost host)
    {
        var output = new Option<string?>("--out") { Description = "Folder for the two models (default: a new temporary folder)." };
        var (device, threads) = (Arguments.Device(), Arguments.Threads());
        var command = new Command("demo", "Train on generated images, forget a person, and prove it.") { output, device, threads };
        host.Bind(command, (parsed, context) => Run(parsed.GetValue(output), parsed.GetValue(device)!, parsed.GetValue(threads), context));
        return command;
    }

    private static CommandResult Run(string? output, string device, int threads, CommandContext context)
    {
        if (output is not null && Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any())
        {
            throw LegoNetException.BadInput($"{output}: is not empty; the demo wants a folder of its own.");
        }

        var folder = output is null ? Directory.CreateTempSubdirectory("legonet-demo-").FullName : Directory.CreateDirectory(output).FullName;
        context.Note(PackageSources.Line);
        var pipeline = PipelineSpec.Load(Path.Combine(AppContext.BaseDirectory, "pipelines", "demo.json"));
        using var setup = pipeline.CreateEncoder(device, null, context.Progress, context.CancellationToken);
        context.Note(setup.Note);
        var definition = pipeline.Freeze(setup);

        // Both models use one tag key: without that, not even two identical trainings would have equal bytes.
        var options = new ModelOptions { Threads = threads, TagKeyPath = Path.Combine(folder, "demo.key"), SigningKeyPath = Path.Combine(folder, "demo.signing.pem") };
        using var model = Train("model", null, out var trainSeconds);
        var before = Evaluate(model, pipeline.OpenTest());
        var ownBefore = Own(model);

        ForgetTarget[] targets = [new(ForgottenSubject)];
        var forecast = model.Forecast(targets);
        var started = Stopwatch.GetTimestamp();
        var receipt = model.Forget(targets, false, context.Progress, context.CancellationToken);
        var forgetSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        File.WriteAllText(Path.Combine(folder, "receipt.json"), receipt.ToJson() + "\n");
        var after = Evaluate(model, pipeline.OpenTest());
        var ownAfter = Own(model);
        var report = model.Verify(context.Progress, context.CancellationToken);
        using var never = Train("never-saw", record => record.Subject != ForgottenSubject, out _);
        var (files, bytes, differences) = Compare(model.Path, never.Path);

        var exit = !report.IsExact || differences.Count > 0 ? ExitCodes.VerificationFailed : ExitCodes.Done;
        var text = $"""

            1  Trained on {model.RecordCount + receipt.Records:N0} images of 300 people: {definition.Spec.Adapters} adapters, each image activates {definition.Spec.Active}.
               {trainSeconds:F1} s, encoding included.

            2  {ForgottenSubject} asks to be forgotten: {Plural.Of(forecast.Records, "image")}, {Plural.Of(forecast.Adapters.Count, "adapter")}, {forecast.Rows:N0} rows to refit.
               Done and durable in {forgetSeconds:F2} s; receipt: {Path.Combine(folder, "receipt.json")}

                                               before      after
                  images in the model     {model.RecordCount + receipt.Records,11:N0}{model.RecordCount,11:N0}
                  accuracy on test images {before.Accuracy,11:P1}{after.Accuracy,11:P1}
                  … on the person's own   {ownBefore.Accuracy,11:P1}{ownAfter.Accuracy,11:P1}

            3  Verified: {(report.IsExact ? $"{Plural.Of(report.Files, "file")} derived anew from the remaining records, every byte equal" : "FAILED: " + string.Join("; ", report.Damage.Concat(report.Differences)))}.

            4  Trained once more without {ForgottenSubject}, and compared with the model that forgot:
               {(differences.Count == 0 ? $"{Plural.Of(files, "file")}, {bytes:N0} bytes: identical" : "DIFFERENT: " + string.Join(", ", differences))}.
               See for yourself: diff -r --exclude=ledger {model.Path} {never.Path}

            """;
        return new CommandResult(
            new JsonObject
            {
                ["folder"] = folder,
                ["packageSources"] = PackageSources.Line,
                ["records"] = model.RecordCount + receipt.Records,
                ["subject"] = ForgottenSubject,
                ["forgotten"] = receipt.Records,
                ["adaptersRefitted"] = receipt.Adapters.Count,
                ["trainSeconds"] = Math.Round(trainSeconds, 3),
                ["forgetSeconds"] = Math.Round(forgetSeconds, 4),
                ["accuracyBefore"] = before.Accuracy,
                ["accuracyAfter"] = after.Accuracy,
                ["verified"] = report.IsExact,
                ["identical"] = differences.Count == 0,
                ["files"] = files,
                ["bytes"] = bytes,
                ["seconds"] = Math.Round(context.Seconds, 3),
            },
            text,
            exit);

        LegoNetModel Train(string name, Predicate<SourceRecord>? include, out double seconds)
        {
            var began = Stopwatch.GetTimestamp();
            var records = RecordEncoder.Encode(pipeline.OpenSource(), setup.Encoder, threads, include, context.Progress, context.CancellationToken);
            var trained = LegoNetModel.Train(Path.Combine(folder, name), definition, records, options, context.Progress, context.CancellationToken);
            seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            return trained;
        }

        Evaluation Own(LegoNetModel trained)
            => Evaluate(trained, new FilteredSource(pipeline.OpenSource(), record => record.Subject == ForgottenSubject));

        Evaluation Evaluate(LegoNetModel trained, IRecordSource source)
            => Evaluation.Of(trained.Scorer, source, setup.Encoder, threads, context.Progress, context.CancellationToken);
    }

    private static (int Files, long Bytes, List<string> Differences) Compare(string left, string right)
    {
        var names = Names(left).Union(Names(right), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var differences = new List<string>();
        long bytes = 0;
        foreach (var name in names)
        {
            var (a, b) = (Path.Combine(left, name), Path.Combine(right, name));
            if (!File.Exists(a) || !File.Exists(b) || !File.ReadAllBytes(a).AsSpan().SequenceEqual(File.ReadAllBytes(b)))
            {
                differences.Add(name);
            }
            else
            {
                bytes += new FileInfo(a).Length;
            }
        }

        return (names.Length, bytes, differences);

        static IEnumerable<string> Names(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Where(name => !name.StartsWith("ledger", StringComparison.Ordinal));
    }

    private sealed class FilteredSource(IRecordSource source, Predicate<SourceRecord> include) : IRecordSource
    {
        public string Name => source.Name;

        public long? Count => null;

        public bool IdsArePositions => source.IdsArePositions;

        public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => source.Read(cancellationToken).Where(r => include(r));
    }
}
