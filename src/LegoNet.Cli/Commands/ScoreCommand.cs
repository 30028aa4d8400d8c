using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Ensembles;
using LegoNet.Files;

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
                string?[] inputs = [.. Outputs.Data(parsed.GetValue(data)!, source), parsed.GetValue(dataSpec), setup.ModelPath];
                using var file = OutputFile.Prepare(parsed.GetValue(output)!, ScoreTable.FileKind, parsed.GetValue(force), inputs);
                long count;
                using (var writer = new StreamWriter(file.DraftPath))
                {
                    count = Write(opened, setup, source, parsed.GetValue(threads), writer, context);
                }

                file.Complete();
                return Result(file.Path, count, opened.RootDigest, context);
            }
        });
        return command;
    }

    /// <summary>What came of a scoring.</summary>
    /// <param name="path">The file of scores.</param>
    /// <param name="count">Records.</param>
    /// <param name="root">The root digest of the model's state that scored them.</param>
    /// <param name="context">The run.</param>
    public static CommandResult Result(string path, long count, string root, CommandContext context) => new(
        new JsonObject { ["out"] = path, ["records"] = count, ["root"] = root, ["seconds"] = Math.Round(context.Seconds, 3) },
        $"Scored {Plural.Of(count, "record")} in {context.Seconds:F1} s: {path}");

    private static long Write(LegoNetModel model, EncoderSetup setup, IRecordSource source, int threads, TextWriter writer, CommandContext context)
    {
        writer.Write(ScoreTable.Header(model.Spec.Task));
        long count = 0;
        foreach (var scored in model.Score(source, setup.Encoder, threads, context.CancellationToken))
        {
            writer.Write(ScoreTable.Line(model.Spec.Task, scored));
            if (++count % setup.Encoder.BatchSize == 0)
            {
                context.Progress.Report(new LegoNetProgress("scoring", count, source.Count));
            }
        }

        return count > 0 ? count : throw LegoNetException.BadInput($"{source.Name}: has no records.");
    }
}
