using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet score MODEL --data SOURCE --out scores.csv</summary>
internal static class ScoreCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var data = Arguments.Data();
        var dataSpec = Arguments.DataSpec();
        var output = Arguments.Out("The CSV file to write: id, class, score and probability per record, in the source's order.");
        var (encoder, device, threads, force) = (Arguments.Encoder(), Arguments.Device(), Arguments.Threads(), Outputs.Force());
        var command = new Command("score", "Score records of any number, streaming.") { model, data, dataSpec, output, force, encoder, device, threads };
        host.Bind(command, (parsed, context) =>
        {
            var options = new ModelOptions { Threads = parsed.GetValue(threads), Logger = new NoteLogger(context) };
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, options);
            var (setup, source) = Arguments.Open(
                opened, parsed.GetValue(data)!, parsed.GetValue(dataSpec), parsed.GetValue(encoder), parsed.GetValue(device)!, context, needsLabels: false);
            using (setup)
            {
                string?[] inputs = [.. Outputs.Data(parsed.GetValue(data)!, source), setup.ModelPath];
                using var file = OutputFile.Prepare(parsed.GetValue(output)!, Outputs.Scores, parsed.GetValue(force), inputs);
                long count;
                using (var writer = new StreamWriter(file.DraftPath))
                {
                    count = Write(opened, setup, source, parsed.GetValue(threads), writer, context);
                }

                file.Complete();
                return new CommandResult(
                    new JsonObject { ["out"] = file.Path, ["records"] = count, ["root"] = opened.RootDigest, ["seconds"] = Math.Round(context.Seconds, 3) },
                    $"Scored {Plural.Of(count, "record")} in {context.Seconds:F1} s: {file.Path}");
            }
        });
        return command;
    }

    private static long Write(LegoNetModel model, EncoderSetup setup, IRecordSource source, int threads, TextWriter writer, CommandContext context)
    {
        var regression = model.Spec.Task == LearningTask.Regression;
        writer.Write(regression ? "subject,id,prediction\n" : "subject,id,class,score,probability\n");
        long count = 0;
        foreach (var (record, prediction) in model.Score(source, setup.Encoder, threads, context.CancellationToken))
        {
            writer.Write($"{Csv(record.Subject)},{Csv(record.Id)},{Csv(prediction.Label)}");
            if (!regression)
            {
                writer.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $",{prediction.Scores[prediction.Index]:R},{prediction.Probabilities[prediction.Index]:R}"));
            }

            writer.Write('\n');
            if (++count % setup.Encoder.BatchSize == 0)
            {
                context.Progress.Report(new LegoNetProgress("scoring", count, source.Count));
            }
        }

        return count > 0 ? count : throw LegoNetException.BadInput($"{source.Name}: has no records.");
    }

    private static string Csv(string field)
        => field.AsSpan().ContainsAny(",\"\r\n") ? "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : field;
}
