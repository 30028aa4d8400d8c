using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Data.Formats;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Pipelines;

namespace LegoNet.Cli.Commands;

/// <summary>legonet encode SPEC --out codes.safetensors [--test]</summary>
internal static class EncodeCommand
{
    public static Command Create(CommandHost host)
    {
        var spec = Arguments.Spec();
        var test = new Option<bool>("--test") { Description = "Encode the spec's test source." };
        var output = Arguments.Out("The safetensors file to write: codes I8 [N, d] and labels I32 [N, words], in the source's order.");
        var (encoder, device, threads, force) = (Arguments.Encoder(), Arguments.Device(), Arguments.Threads(), Outputs.Force());
        var command = new Command("encode", "Write codes and labels for other tools, e.g. to fit a reference model on them.")
        {
            spec, test, output, force, encoder, device, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var pipeline = SpecFile.Load(parsed.GetValue(spec)!);
            var source = parsed.GetValue(test) ? pipeline.OpenTest() : pipeline.OpenSource();
            using var setup = pipeline.CreateEncoder(parsed.GetValue(device)!, parsed.GetValue(encoder), context.Progress, context.CancellationToken);
            context.Note(setup.Note);
            string?[] inputs = [.. Outputs.Spec(pipeline, source), setup.ModelPath];
            using var file = OutputFile.Prepare(parsed.GetValue(output)!, OutputKind.Safetensors, parsed.GetValue(force), inputs);
            var records = Write(pipeline, source, setup, parsed.GetValue(threads), file, context.Progress, context.CancellationToken);
            return new CommandResult(
                new JsonObject
                {
                    ["out"] = file.Path,
                    ["records"] = records,
                    ["dimension"] = setup.Encoder.Dimension,
                    ["seconds"] = Math.Round(context.Seconds, 3),
                },
                $"Encoded {Plural.Of(records, "record")} to [{records}, {setup.Encoder.Dimension}] in {context.Seconds:F1} s: {file.Path}");
        });
        return command;
    }

    /// <summary>Encodes a source's records into a file.</summary>
    /// <returns>The number of records.</returns>
    /// <exception cref="LegoNetException">The source or a record of it is malformed; the message names the place.</exception>
    public static int Write(
        PipelineSpec pipeline,
        IRecordSource source,
        EncoderSetup setup,
        int threads,
        OutputFile file,
        IProgress<LegoNetProgress>? progress,
        CancellationToken cancellationToken)
    {
        var labels = pipeline.Labels;
        List<sbyte[]> codes = [];
        List<int> words = [];
        var word = new int[labels.Width];
        foreach (var record in RecordEncoder.Encode(source, setup.Encoder, threads, null, progress, cancellationToken))
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
        file.Write(writer.ToArray());
        return codes.Count;
    }
}
