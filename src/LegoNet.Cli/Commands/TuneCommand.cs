using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet tune SPEC --on DATA [--test DATA] [--out SPEC2.json]</summary>
internal static class TuneCommand
{
    // A model learned from far fewer records than will be trained on prefers fewer adapters.
    private const int MuchFewer = 3;

    public static Command Create(CommandHost host)
    {
        var spec = Arguments.Spec();
        var on = new Option<string>("--on")
        {
            Description = "Records that nobody can ask to have forgotten, laid out as the spec's source, or a description such as SPEC.json#test.",
            Required = true,
        };
        var test = new Option<string?>("--test")
        {
            Description = "Records to judge on, of the same kind (default: three tenths of the subjects of --on, set aside).",
        };
        var output = new Option<string?>("--out") { Description = "The spec to write, in the same folder (default: the choice is written into SPEC)." };
        var skip = new Option<bool>("--skip-shared") { Description = "Leave aside records that the training source has too, instead of refusing all." };
        var (encoder, device, threads, force) = (Arguments.Encoder(), Arguments.Device(), Arguments.Threads(), Outputs.Force());
        var command = new Command("tune", "Choose trainer, λ, n and k on records that nobody can ask to have forgotten.")
        {
            spec, on, test, skip, output, force, encoder, device, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var pipeline = SpecFile.Load(parsed.GetValue(spec)!);
            var file = Path.GetFullPath(parsed.GetValue(output) ?? pipeline.File);
            if (Path.GetDirectoryName(file) != Path.GetDirectoryName(Path.GetFullPath(pipeline.File)))
            {
                throw LegoNetException.BadInput($"{file}: must lie in the folder of {pipeline.File}, since the paths in the spec start there.");
            }

            using var setup = pipeline.CreateEncoder(parsed.GetValue(device)!, parsed.GetValue(encoder), context.Progress, context.CancellationToken);
            context.Note(setup.Note);
            var source = pipeline.OpenLike(parsed.GetValue(on)!, setup.InputKind, needsLabels: true);
            var judged = parsed.GetValue(test) is { } path ? pipeline.OpenLike(path, setup.InputKind, needsLabels: true) : null;
            var training = pipeline.OpenSource();
            string?[] inputs = [.. source.Files, .. judged?.Files ?? [], .. training.Files, setup.ModelPath];
            using var written = OutputFile.Prepare(file, SpecFile.Kind, parsed.GetValue(force), inputs);
            var shared = SharedRecords.Of(training, context);
            var data = TuneData.Read(source, judged, shared, parsed.GetValue(skip), setup.Encoder, parsed.GetValue(threads), context);
            CheckClasses(data, pipeline.Labels, source.Name, context);
            if (shared.Count > MuchFewer * (long)data.Fit.Count)
            {
                context.Note(
                    $"note: the choice rests on {Plural.Of(data.Fit.Count, "record")} where {shared.Count:N0} will be trained on; "
                    + "with more records, more adapters and a smaller λ can be better.");
            }

            var text = File.ReadAllText(pipeline.File);
            var trials = TuneTrials.Run(pipeline, text, setup, data, shared.Count, new ModelOptions { Threads = parsed.GetValue(threads) }, context);
            var chosen = TuneTrials.Choose(trials, pipeline.Labels.Task, data.Judge.Count);
            var facts = Facts(parsed.GetValue(on)!, parsed.GetValue(test), data, chosen, pipeline.Labels.Task);
            var tuned = TuneTrials.With(text, chosen.Adapter, chosen.Adapters, chosen.Active);
            written.Write(Encoding.UTF8.GetBytes(SpecText.With(tuned, "$tuned", SpecText.Line(facts))));
            return Show(written.Path, facts, trials, chosen, data, pipeline.Labels.Task, context);
        });
        return command;
    }

    // What a class is taken for can be judged only where there are records of it.
    private static void CheckClasses(TuneData data, LabelLayout labels, string name, CommandContext context)
    {
        if (labels.Task is LearningTask.Regression or LearningTask.Multilabel)
        {
            return;
        }

        var (fit, judge) = (Classes(data.Fit), Classes(data.Judge));
        if (fit.Count < 2 || judge.Count < 2)
        {
            throw LegoNetException.BadInput($"{name}: the records to fit to, or those to judge on, are all of one class; a choice needs records of several.");
        }

        var missing = labels.Classes.Count - fit.Intersect(judge).Count();
        context.Note(missing == 0 ? null
            : $"note: {missing:N0} of {Plural.Of(labels.Classes.Count, "class", "classes")} {Plural.Form(missing, "is", "are")} missing "
            + "among the records to fit to or to judge on, so the choice says nothing of them.");

        HashSet<int> Classes(IReadOnlyList<EncodedRecord> records)
        {
            var found = new HashSet<int>();
            var words = new int[labels.Width];
            foreach (var record in records)
            {
                labels.Parse(record.Label, record.Origin, words);
                found.Add(words[0]);
            }

            return found;
        }
    }

    private static JsonObject Facts(string on, string? test, TuneData data, TuneTrial chosen, LearningTask task)
    {
        var facts = new JsonObject
        {
            ["on"] = Path.GetFileName(on),
            ["judgedOn"] = Path.GetFileName(test ?? on),
            ["records"] = data.Fit.Count,
            ["judged"] = data.Judge.Count,
            ["digest"] = data.Digest,
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            [TuneTrial.Measure(task)] = chosen.Measured(task),
        };
        if (chosen.Calibration is { } calibration)
        {
            facts["expectedCalibrationError"] = Math.Round(calibration, 6);
        }

        return facts;
    }

    private static CommandResult Show(
        string file, JsonObject facts, IReadOnlyList<TuneTrial> trials, TuneTrial chosen, TuneData data, LearningTask task, CommandContext context)
    {
        var text = new StringBuilder();
        text.AppendLine($"Tried {Plural.Of(trials.Count, "choice")} on {Plural.Of(data.Fit.Count, "record")} of {facts["on"]}, "
            + $"judged on {data.Judge.Count:N0} of other people in {facts["judgedOn"]}:");
        text.AppendLine();
        var width = Math.Max(8, trials.Max(t => t.Named.Length));
        var isClasses = chosen.Calibration is not null;
        var measure = task switch { LearningTask.Regression => "root mean sq. err.", LearningTask.Multilabel => "micro F1", _ => "accuracy" };
        text.AppendLine($"  {"adapters".PadRight(width)}     n   k  {measure}{(isClasses ? "     ECE" : "")}   forget");
        foreach (var trial in trials)
        {
            var measured = task is LearningTask.Regression or LearningTask.Multilabel ? $"{trial.Measured(task):G5}" : $"{trial.Quality:P2}";
            var calibration = trial.Calibration is { } ece ? $"  {ece:F4}" : "";
            text.Append($"{(trial == chosen ? "*" : " ")} {trial.Named.PadRight(width)}  {trial.Adapters,4}  {trial.Active,2}  ")
                .AppendLine($"{measured.PadLeft(measure.Length)}{calibration}  {trial.ForgetSeconds,5:F2} s");
        }

        text.AppendLine();
        var error = TuneTrials.StandardError(trials.MaxBy(t => t.Quality)!, task, data.Judge.Count);
        var margin = isClasses ? $"{100 * error:F1} points" : $"{error:G2}";
        text.AppendLine(
            $"With {Plural.Of(data.Judge.Count, "judged record")} the standard error is {margin}; of all that near to the best, "
            + $"{(trials[0] == chosen ? "the first line stays" : isClasses ? "the best calibrated is taken" : "the best is taken")}.");
        text.AppendLine($"Wrote the choice (*) into {file}, with what it was chosen on. These records have chosen, so measure the model on others.");
        var json = new JsonObject
        {
            ["spec"] = file,
            ["tuned"] = facts.DeepClone(),
            ["trials"] = new JsonArray([.. trials.Select(t => (JsonNode)t.ToJson(task, chosen))]),
            ["seconds"] = Math.Round(context.Seconds, 3),
        };
        return new CommandResult(json, text.ToString());
    }
}
