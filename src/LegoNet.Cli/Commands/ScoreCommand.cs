using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LegoNet.Encoding;
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
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, new ModelOptions { Threads = parsed.GetValue(threads) });
            var (setup, source) = Arguments.Open(opened, parsed.GetValue(data)!, parsed.GetValue(encoder), parsed.GetValue(device)!, context);
            using (setup)
            {
                var path = Path.GetFullPath(parsed.GetValue(output)!);
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
                    $"Scored {Receipts.Count(count, "record")} in {context.Seconds:F1} s: {path}");
            }
        });
        return command;
    }

    private static long Write(LegoNetModel model, EncoderSetup setup, Sources.IRecordSource source, int threads, TextWriter writer, CommandContext context)
    {
        var scorer = model.Scorer;
        var outputs = scorer.Outputs;
        var regression = model.Spec.Task == LearningTask.Regression;
        writer.Write(regression ? "subject,id,prediction\n" : "subject,id,class,score,probability\n");
        long count = 0;
        foreach (var (records, codes) in RecordEncoder.Batches(source, setup.Encoder, threads, null, context.CancellationToken))
        {
            var scores = new double[records.Length * outputs];
            scorer.Score(codes, scores);
            for (var i = 0; i < records.Length; i++)
            {
                var prediction = scorer.Interpret(scores.AsSpan(i * outputs, outputs));
                writer.Write(Csv(records[i].Subject));
                writer.Write(',');
                writer.Write(Csv(records[i].Id));
                writer.Write(',');
                writer.Write(Csv(prediction.Label));
                if (!regression)
                {
                    writer.Write(',');
                    writer.Write(prediction.Scores[prediction.Index].ToString("R", CultureInfo.InvariantCulture));
                    writer.Write(',');
                    writer.Write(prediction.Probabilities[prediction.Index].ToString("R", CultureInfo.InvariantCulture));
                }

                writer.Write('\n');
            }

            count += records.Length;
            context.Progress.Report(new LegoNetProgress("scoring", count, source.Count));
        }

        return count > 0 ? count : throw LegoNetException.BadInput($"{source.Name}: has no records.");
    }

    private static string Csv(string field)
        => field.AsSpan().ContainsAny(",\"\r\n") ? "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : field;
}
