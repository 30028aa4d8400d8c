using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Data.Formats;
using LegoNet.Demo;
using LegoNet.Files;

namespace LegoNet.Cli.Commands;

/// <summary>legonet generate --set public --split train --records N --out DIR</summary>
internal static class GenerateCommand
{
    private const string Header = "label,subject,id";
    private static readonly OutputKind s_table = OutputKind.Table("a table of generated images", Header);

    public static Command Create(CommandHost host)
    {
        var set = new Option<string>("--set") { Description = "demo or public.", DefaultValueFactory = _ => GeneratedImageSource.DemoSet };
        var split = new Option<string>("--split") { Description = "train or test.", DefaultValueFactory = _ => GeneratedImageSource.TrainSplit };
        var records = new Option<int>("--records") { Description = "Images.", DefaultValueFactory = _ => 1000 };
        var subjects = new Option<int>("--subjects") { Description = "Subjects that own them.", DefaultValueFactory = _ => 300 };
        var seed = new Option<long>("--seed") { Description = "Seed.", DefaultValueFactory = _ => 1 };
        var output = Arguments.Out("Folder for images.npy (uint8 [N, 32, 32, 3]), labels.npy (int32 [N]) and records.csv.");
        var force = Outputs.Force();
        var command = new Command("generate", "Write the images that the demo and its encoder are made of, e.g. to train the encoder again.")
        {
            set, split, records, subjects, seed, output, force,
        };
        host.Bind(command, (parsed, context) =>
        {
            var source = new GeneratedImageSource(
                parsed.GetValue(set)!,
                parsed.GetValue(split)!,
                parsed.GetValue(records),
                parsed.GetValue(subjects),
                parsed.GetValue(seed));
            var classes = GeneratedImageSource.ClassNames(parsed.GetValue(set)!)
                .Select((name, number) => (name, number))
                .ToDictionary(c => c.name, c => c.number);
            ModelGround.Avoid(parsed.GetValue(output)!);
            var folder = Directory.CreateDirectory(parsed.GetValue(output)!).FullName;
            OutputFile Prepare(string name, OutputKind kind) => OutputFile.Prepare(Path.Combine(folder, name), kind, parsed.GetValue(force));
            using var imagesFile = Prepare("images.npy", OutputKind.NumPy);
            using var labelsFile = Prepare("labels.npy", OutputKind.NumPy);
            using var tableFile = Prepare("records.csv", s_table);
            const int side = GeneratedImageSource.Side;
            using (var images = new NpyWriter(imagesFile.DraftPath, NpyElement.UInt8, source.Records, side, side, 3))
            using (var labels = new NpyWriter(labelsFile.DraftPath, NpyElement.Int32, source.Records))
            using (var table = new StreamWriter(tableFile.DraftPath))
            {
                table.Write(Header + "\n");
                long done = 0;
                foreach (var record in source.Read(context.CancellationToken))
                {
                    images.Write(((PixelInput)record.Input).Pixels.Span);
                    labels.Write([classes[record.Label!]]);
                    table.Write($"{record.Label},{record.Subject},{record.Id}\n");
                    context.Progress.Report(new LegoNetProgress("drawing", ++done, source.Records));
                }

                images.Complete();
                labels.Complete();
            }

            imagesFile.Complete();
            labelsFile.Complete();
            tableFile.Complete();

            return new CommandResult(
                new JsonObject
                {
                    ["out"] = folder,
                    ["records"] = source.Records,
                    ["classes"] = new JsonArray([.. classes.OrderBy(c => c.Value).Select(c => (JsonNode)c.Key)]),
                },
                $"Wrote {Plural.Of(source.Records, "image")} of {Plural.Of(classes.Count, "class", "classes")} to {folder}");
        });
        return command;
    }
}
