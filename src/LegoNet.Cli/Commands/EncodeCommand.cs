using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Encoding;
using LegoNet.Formats;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet encode SPEC --out codes.safetensors [--test]</summary>
internal static class EncodeCommand
{
    public static Command Create(CommandHost host)
    {
        var spec = Arguments.Spec();
        var test = new Option<bool>("--test") { Description = "Encode the spec's test source." };
        var output = Arguments.Out("The safetensors file to write: codes I8 [N, d] and labels I32 [N, words], in the source's order.");
        var (encoder, device, threads) = (Arguments.Encoder(), Arguments.Device(), Arguments.Threads());
        var command = new Command("encode", "Write codes and labels for other tools, e.g. to fit a reference model on them.") { spec, test, output, encoder, device, threads };
        host.Bind(command, (parsed, context) =>
        {
            var pipeline = PipelineSpec.Load(parsed.GetValue(spec)!);
            var source = parsed.GetValue(test) ? pipeline.OpenTest() : pipeline.OpenSource();
            using var setup = pipeline.CreateEncoder(parsed.GetValue(device)!, parsed.GetValue(encoder), context.Progress, context.CancellationToken);
            context.Note(setup.Note);
            var labels = pipeline.Labels;
            List<sbyte[]> codes = [];
            List<int> words = [];
            var word = new int[labels.Width];
            foreach (var record in RecordEncoder.Encode(source, setup.Encoder, parsed.GetValue(threads), null, context.Progress, context.CancellationToken))
            {
                labels.Parse(record.Label, record.Origin, word);
                codes.Add(record.Code);
                words.AddRange(word);
            }

            var dimension = setup.Encoder.Dimension;
            var flat = new sbyte[codes.Count * dimension];
            for (var i = 0; i < codes.Count; i++)
            {
                codes[i].CopyTo(flat.AsSpan(i * dimension));
            }

            var writer = new SafetensorsWriter();
            writer.Add<int>("labels", words.ToArray(), codes.Count, labels.Width);
            writer.Add<sbyte>("codes", flat, codes.Count, dimension);
            var path = Path.GetFullPath(parsed.GetValue(output)!);
            File.WriteAllBytes(path, writer.ToArray());
            return new CommandResult(
                new JsonObject { ["out"] = path, ["records"] = codes.Count, ["dimension"] = dimension, ["seconds"] = Math.Round(context.Seconds, 3) },
                $"Encoded {Receipts.Count(codes.Count, "record")} to [{codes.Count}, {dimension}] in {context.Seconds:F1} s: {path}");
        });
        return command;
    }
}
