using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Onnx;
using LegoNet.Onnx.Export;

namespace LegoNet.Cli.Commands;

/// <summary>legonet export MODEL --out MODEL.onnx [--with-encoder | --features]</summary>
internal static class ExportCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var output = Arguments.Out("The ONNX file to write.");
        var with = new Option<bool>("--with-encoder") { Description = "Put the encoder in front, so that the graph starts at the encoder's own input." };
        var features = new Option<bool>("--features") { Description = "Start at codes as they travel in ML.NET: a float32 input \"Features\" of code / 127." };
        var (encoder, force) = (Arguments.Encoder(), Outputs.Force());
        var command = new Command("export", "Write router and adapters as one ONNX graph.") { model, output, force, with, features, encoder };
        command.Validators.Add(result =>
        {
            if (result.GetValue(with) && result.GetValue(features))
            {
                result.AddError("Give either --with-encoder or --features.");
            }
        });
        host.Bind(command, (parsed, context) =>
        {
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, new ModelOptions { Logger = new NoteLogger(context) });
            using var file = ModelExport.Prepare(opened, parsed.GetValue(output)!, parsed.GetValue(force), parsed.GetValue(encoder));
            string? encoderPath = null;
            if (parsed.GetValue(with))
            {
                if (!ModelExport.HasOnnxEncoder(opened))
                {
                    throw LegoNetException.BadInput(
                        $"{opened.Path}: its encoder is built in and has no ONNX graph to put in front; export without --with-encoder.");
                }

                encoderPath = parsed.GetValue(encoder) ?? opened.EncoderPath
                    ?? throw LegoNetException.BadInput($"{opened.Path}: does not say where its encoder is; name the file with --encoder.");
            }

            context.Progress.Report(new LegoNetProgress("exporting", 0, null));
            var atFeatures = parsed.GetValue(features);
            var options = new OnnxExportOptions { EncoderPath = encoderPath, Input = atFeatures ? OnnxInput.Features : OnnxInput.EncodingOrCode };
            ModelExport.Write(opened, file, options);
            var size = new FileInfo(file.Path).Length;
            var input = encoderPath is not null ? "the encoder's own input"
                : atFeatures ? OnnxExporter.FeaturesInput
                : opened.Calibration is null ? OnnxExporter.CodeInput : OnnxExporter.EncodingInput;
            return new CommandResult(
                new JsonObject
                {
                    ["out"] = file.Path,
                    ["bytes"] = size,
                    ["withEncoder"] = encoderPath is not null,
                    ["input"] = input,
                    ["root"] = opened.RootDigest,
                },
                $"Exported {file.Path} ({size / 1048576.0:F1} MiB); input: {input}. "
                + $"It holds what the model learned up to root {opened.RootDigest[..16]}…: export again after a forget.");
        });
        return command;
    }
}
