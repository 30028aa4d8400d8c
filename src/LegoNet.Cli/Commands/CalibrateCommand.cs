using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Onnx;
using LegoNet.Onnx.Treatments;

namespace LegoNet.Cli.Commands;

/// <summary>legonet calibrate ENCODER.onnx --reference PATH --out CARD.json</summary>
internal static class CalibrateCommand
{
    private const string VectorEncoder = "vector";

    public static Command Create(CommandHost host)
    {
        var encoder = new Argument<string>("ENCODER") { Description = "The encoder's ONNX file, or the word vector for encodings computed elsewhere." };
        var reference = new Option<string>("--reference")
        {
            Description = "Public reference records that nobody will ask to forget: they set scale and keys.",
            Required = true,
        };
        var output = Arguments.Out("The card to write (JSON; its arrays go beside it).");
        var keys = new Option<int>("--keys") { Description = "Public keys to choose.", DefaultValueFactory = _ => 256 };
        var project = new Option<int?>("--project") { Description = "Length of the code after a projection fitted on the references (PCA)." };
        var batch = new Option<int>("--batch") { Description = "Rows of the fixed batch shape.", DefaultValueFactory = _ => OnnxEncoderFactory.DefaultBatch };
        var size = new Option<int>("--size") { Description = "Height and width of the encoder's images, values x/127.5−1.", DefaultValueFactory = _ => 224 };
        var input = new Option<string?>("--input")
        {
            Description = "How inputs become the encoder's tensor, as JSON, in place of --size: "
                + """{"kind":"image","height":128,"width":128,"scale":…,"offset":…}, {"kind":"text"} or {"kind":"vector"}.""",
        };
        var outputName = new Option<string?>("--output") { Description = "The encoder's output that is the encoding, where it has several." };
        var (device, threads, force) = (Arguments.Device(), Arguments.Threads(), Outputs.Force());
        var command = new Command("calibrate", "Make an encoder's card: calibration, public keys and optionally a public projection.")
        {
            encoder, reference, output, force, keys, project, batch, size, input, outputName, device, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var path = parsed.GetValue(output)!;
            var source = parsed.GetValue(reference)!;
            CalibrationCard card;
            if (parsed.GetValue(encoder) == VectorEncoder)
            {
                var vectors = SourcePath.Infer(source, RecordInputKind.Vector);
                var files = CardFiles.Prepare(path, parsed.GetValue(force), Outputs.Data(source, vectors));
                card = FromVectors(vectors, parsed.GetValue(keys), parsed.GetValue(project), files, context);
            }
            else
            {
                var side = parsed.GetValue(size);
                var treatment = InputTreatment.FromSpec(StrictJson.Parse(
                    parsed.GetValue(input) ?? $$"""{"kind":"image","height":{{side}},"width":{{side}},"scale":0.00784313725490196,"offset":-1}""",
                    "--input"));
                var kind = treatment switch { ImageTreatment => RecordInputKind.Image, TextTreatment => RecordInputKind.Text, _ => RecordInputKind.Vector };
                var references = SourcePath.Infer(source, kind);
                (card, var note) = EncoderCard.Make(
                    parsed.GetValue(encoder)!,
                    references,
                    new EncoderCardRequest(treatment, parsed.GetValue(batch), parsed.GetValue(keys), parsed.GetValue(project), parsed.GetValue(outputName)),
                    EncoderCard.Prepare(path, parsed.GetValue(encoder)!, references, parsed.GetValue(force)),
                    parsed.GetValue(device)!,
                    parsed.GetValue(threads),
                    context.Progress,
                    context.CancellationToken);
                context.Note(note);
            }

            return new CommandResult(
                new JsonObject
                {
                    ["card"] = Path.GetFullPath(path),
                    ["references"] = card.ReferenceCount,
                    ["encodingDimension"] = card.Calibration.EncodingDimension,
                    ["codeDimension"] = card.Calibration.CodeDimension,
                    ["keys"] = card.KeyCount,
                    ["batch"] = card.Batch,
                    ["seconds"] = Math.Round(context.Seconds, 3),
                },
                $"Wrote {path}: {Plural.Of(card.ReferenceCount, "reference")}, "
                + $"encodings [{card.Calibration.EncodingDimension}] to codes [{card.Calibration.CodeDimension}], "
                + $"{Plural.Of(card.KeyCount, "public key")}, {context.Seconds:F1} s.");
        });
        return command;
    }

    private static CalibrationCard FromVectors(IRecordSource source, int keys, int? project, CardFiles files, CommandContext context)
    {
        CalibrationBuilder? builder = null;
        foreach (var record in source.Read(context.CancellationToken))
        {
            var vector = record.Input as VectorInput
                ?? throw LegoNetException.BadInput($"{record.Origin}: is no vector, which is what this card is to be made from.");
            var values = vector.Values.Span;
            builder ??= new CalibrationBuilder(values.Length, keys, project);
            builder.Add(values);
            context.Progress.Report(new LegoNetProgress("reading references", builder.Count, source.Count));
        }

        var result = builder?.Build() ?? throw LegoNetException.BadInput($"{source.Name}: has no records.");
        var card = new CalibrationCard(result.Calibration, result.Keys)
        {
            ReferenceDescription = Path.GetFileName(source.Name),
            ReferenceCount = result.ReferenceCount,
            ReferenceSha256 = result.ReferenceSha256,
        };
        card.Save(files);
        return CalibrationCard.Load(files.Card.Path);
    }
}
