using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet score MODEL --data SOURCE --out scores.csv</summary>
internal static class ScoreCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var data = Arguments.Data();
        var output = Arguments.Out("The CSV file to write: id, class, score and probability per record, in the source's order.");
        var (encoder, device, threads) = (Arguments.Encoder(), Arguments.Device(), Arguments.Threads());
        var command = new Command("score", "Score records of any number, streaming.") { model, data, output, encoder, device, threads };
        host.Bind(command, (parsed, context) =>
        {
            using var opened = context.Open(parsed.GetValue(model)!, new ModelOptions { Threads = parsed.GetValue(threads) });
            var (setup, source) = Arguments.Open(opened, parsed.GetValue(data)!, parsed.GetValue(encoder), parsed.GetValue(device)!, context);
            using (setup)
            {
                var path = Outputs.Prepare(parsed.GetValue(output)!, opened.Path);
                var draft = path + ".partial";
                long count = 0;
                try
                {
                    using (var writer = new StreamWriter(draft))
                    {
                        count = Write(opened, setup, source, parsed.GetValue(threads), writer, context);
                    }

                    File.Move(draft, path, overwrite: true);
                }
                finally
                {
                    File.Delete(draft);
                }

                return new CommandResult(
                    new JsonObject { ["out"] = path, ["records"] = count, ["root"] = opened.RootDigest, ["seconds"] = Math.Round(context.Seconds, 3) },
                    $"Scored {Plural.Of(count, "record")} in {context.Seconds:F1} s: {path}");
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
