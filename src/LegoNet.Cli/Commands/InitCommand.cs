using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Cli.Init;
using LegoNet.Files;
using LegoNet.Pipelines;

namespace LegoNet.Cli.Commands;

/// <summary>legonet init --from X.mbconfig [--out SPEC.json]</summary>
internal static class InitCommand
{
    private static readonly OutputKind s_spec = OutputKind.Json("a spec", "task", "routing");

    private const int DefaultAtLeast = 5;

    public static Command Create(CommandHost host)
    {
        var from = new Option<string>("--from") { Description = "The Model Builder configuration (.mbconfig).", Required = true };
        var output = new Option<string?>("--out") { Description = "The spec to write (default: the configuration's name with .json, beside it)." };
        var data = new Option<string?>("--data")
        {
            Description = "The data file or folder of images, where it is neither where the configuration says nor beside it.",
        };
        var subject = new Option<string?>("--subject") { Description = "The column that says whose data a row is." };
        var id = new Option<string?>("--id") { Description = "The column that names a row within its subject." };
        var atLeast = new Option<int>("--at-least")
        {
            Description = "Propose only categories and ends of ranges that this many subjects (without --subject: rows) share.",
            DefaultValueFactory = _ => DefaultAtLeast,
        };
        var encoder = new Option<string?>("--encoder") { Description = "For images: the encoder's ONNX file, or a card that `legonet calibrate` wrote." };
        var reference = new Option<string?>("--reference")
        {
            Description = "For images, beside an ONNX file: a folder or archive of public images that nobody will ask to forget.",
        };
        var size = new Option<int>("--size")
        {
            Description = "For images, beside an ONNX file: height and width of the encoder's images, values x/127.5−1.",
            DefaultValueFactory = _ => 224,
        };
        var force = new Option<bool>("--force") { Description = "Replace a spec that exists." };
        CheckRange(atLeast, 1, 1_000_000);
        CheckRange(size, 1, 4096);
        var command = new Command("init", "Turn a Model Builder configuration into a spec: text, image and tabular classification, and regression.")
        {
            from, output, data, subject, id, atLeast, encoder, reference, size, force,
        };
        host.Bind(command, (parsed, context) =>
        {
            var config = ModelBuilderConfig.Read(parsed.GetValue(from)!);
            string?[] inputs = [config.File, parsed.GetValue(data), parsed.GetValue(encoder), parsed.GetValue(reference)];
            using var file = PrepareOutput(parsed.GetValue(output), config, parsed.GetValue(force), inputs);
            var path = file.Path;
            var request = new InitRequest(
                path,
                parsed.GetValue(data),
                parsed.GetValue(subject),
                parsed.GetValue(id),
                parsed.GetValue(atLeast),
                parsed.GetValue(encoder),
                parsed.GetValue(reference),
                parsed.GetValue(size));
            var draft = config.Scenario == ModelBuilderScenario.ImageClassification
                ? ImageSpec.Draft(config, request)
                : TableSpec.Draft(config, request, context);
            if (config.Version > ModelBuilderConfig.NewestVersion)
            {
                draft.Warnings.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the configuration's version {config.Version} is newer than those known here "
                    + $"(0 to {ModelBuilderConfig.NewestVersion}); compare the spec with it."));
            }

            Save(file, draft.ToText(Comments(config, draft)));
            return Show(path, config, draft);
        });
        return command;
    }

    private static void CheckRange(Option<int> option, int min, int max) => option.Validators.Add(result =>
    {
        // Read as text: asking for the number throws where it is none.
        if (result.Tokens.Count > 0
            && !(int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                && number >= min && number <= max))
        {
            result.AddError($"{option.Name} must be a whole number from {min} to {max}.");
        }
    });

    private static OutputFile PrepareOutput(string? given, ModelBuilderConfig config, bool force, params IEnumerable<string?> inputs)
    {
        var path = Path.GetFullPath(given ?? Path.ChangeExtension(config.File, ".json"));
        if (path == Path.GetFullPath(config.File))
        {
            throw LegoNetException.BadInput($"{path}: is the configuration itself; choose another file for the spec.");
        }

        // --force is for specs, which are edited by hand: any other file that --out may name by mistake, the data among them, is kept.
        return !File.Exists(path) || (force && s_spec.Is(path)) ? Prepare()
            : !force ? throw LegoNetException.BadInput($"{path}: exists; --force replaces it.")
            : throw LegoNetException.BadInput($"{path}: is no spec, so --force does not replace it; choose another file.");

        OutputFile Prepare() => OutputFile.Prepare(path, s_spec, force: false, inputs);
    }

    // Complete or not at all: a spec cut short by a full disk would still be read as far as it goes by an editor.
    private static void Save(OutputFile output, string text)
    {
        File.WriteAllText(output.DraftPath, text);
        _ = PipelineSpec.Load(output.DraftPath);
        output.Complete();
    }

    private static IEnumerable<string> Comments(ModelBuilderConfig config, SpecDraft draft)
    {
        var date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        yield return $"Made from {Path.GetFileName(config.File)} by `legonet init`.";
        yield return "Classes, ranges and categories, and by the number of records the adapters, "
            + $"were proposed from {DataPlace.Name(draft.DataFile)} on {date}.";
        yield return "They are declared from here on: training freezes them, and no forget changes them, "
            + "even when the records they were seen in are forgotten.";
        yield return "Read and edit them before training.";
        foreach (var (column, why) in draft.LeftOut)
        {
            yield return $"Left out: {column}: {why}.";
        }
    }

    private static CommandResult Show(string path, ModelBuilderConfig config, SpecDraft draft)
    {
        var text = new StringBuilder();
        text.AppendLine($"Wrote {path}: {draft.Summary}, {Plural.Of(draft.Records, "record")} found in {draft.DataFile}.");
        text.AppendLine("Proposed from these records, and declared from here on; edit before training, since no forget changes it:");
        Append(draft.Proposed);
        if (draft.LeftOut.Count > 0)
        {
            text.AppendLine("Left out:");
            Append(draft.LeftOut.Select(c => $"{c.Column}: {c.Why}"));
        }

        foreach (var warning in draft.Warnings)
        {
            text.AppendLine($"warning: {warning}");
        }

        text.AppendLine($"Next: legonet train {path} --out MODEL");
        return new CommandResult(
            new JsonObject
            {
                ["spec"] = path,
                ["configuration"] = Path.GetFullPath(config.File),
                ["data"] = draft.DataFile,
                ["scenario"] = config.Scenario.ToString(),
                ["task"] = draft.Members["task"]!.DeepClone(),
                ["records"] = draft.Records,
                ["proposed"] = new JsonArray([.. draft.Proposed.Select(p => (JsonNode)p)]),
                ["leftOut"] = new JsonArray([.. draft.LeftOut.Select(c => (JsonNode)new JsonObject { ["column"] = c.Column, ["why"] = c.Why })]),
                ["warnings"] = new JsonArray([.. draft.Warnings.Select(w => (JsonNode)w)]),
            },
            text.ToString());

        void Append(IEnumerable<string> lines)
        {
            foreach (var line in lines)
            {
                text.AppendLine($"  {line}");
            }
        }
    }
}
