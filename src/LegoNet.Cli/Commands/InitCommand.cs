using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Cli.Init;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet init (--data PATH | --from X.mbconfig) [--out SPEC.json]</summary>
internal static class InitCommand
{
    private const int DefaultAtLeast = 5;
    private const int MostLines = 40;

    public static Command Create(CommandHost host)
    {
        var data = new Option<string?>("--data")
        {
            Description = "The data: a .csv or .tsv file, a folder or archive of images, or a .npy or .safetensors file with a .csv file beside it. "
                + "With --from: where it is neither where the configuration says nor beside it.",
        };
        var from = new Option<string?>("--from") { Description = "A Model Builder configuration (.mbconfig) that describes the data." };
        var output = new Option<string?>("--out") { Description = "The spec to write (default: the name of the data or configuration with .json, beside it)." };
        var label = new Option<string?>("--label") { Description = "The column to predict." };
        var subject = new Option<string?>("--subject") { Description = "The column that says whose data a row is: what a person can have forgotten together." };
        var id = new Option<string?>("--id") { Description = "The column that names a row within its subject." };
        var texts = Columns("--text", "A column of free text (once for each, where init does not see it).");
        var ignored = Columns("--ignore", "A column that is not to be learned from (once for each).");
        var task = new Option<string?>("--task") { Description = "multiclass, binary or regression, where the label's values do not tell." };
        task.AcceptOnlyFromAmong("multiclass", "binary", "regression");
        var test = new Option<string?>("--test") { Description = "Records that were kept apart, laid out as the data; they become the spec's \"test\"." };
        var atLeast = new Option<int>("--at-least")
        {
            Description = "Propose only categories and ends of ranges that this many subjects (without --subject: rows) share.",
            DefaultValueFactory = _ => DefaultAtLeast,
        };
        var encoder = new Option<string?>("--encoder")
        {
            Description = "For images: the encoder's ONNX file, or a card that `legonet calibrate` wrote. For texts and vectors: a card.",
        };
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
        atLeast.Validators.Add(Arguments.RequireNumber(1, 1_000_000));
        size.Validators.Add(Arguments.RequireNumber(1, 4096));
        var command = new Command("init", "Propose a spec: from your own data, or from a Model Builder configuration.")
        {
            data, from, output, label, subject, id, texts, ignored, task, test, atLeast, encoder, reference, size, force,
        };
        command.Validators.Add(result =>
        {
            var isConfigured = result.GetResult(from) is not null;
            if (!isConfigured && result.GetResult(data) is null)
            {
                result.AddError("Say what to make a spec from: --data FILE_OR_FOLDER, or --from X.mbconfig.");
            }

            Option[] own = [label, texts, ignored, task];
            if (isConfigured && own.FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is { } given)
            {
                result.AddError($"{given.Name} goes with --data alone: the configuration says what it would.");
            }
        });
        host.Bind(
            command,
            (parsed, context) =>
            {
                var config = parsed.GetValue(from) is { } configuration ? ModelBuilderConfig.Read(configuration) : null;
                var origin = config?.File ?? parsed.GetValue(data)!.TrimEnd('/', Path.DirectorySeparatorChar);
                string?[] inputs = [config?.File, parsed.GetValue(data), parsed.GetValue(test), parsed.GetValue(encoder), parsed.GetValue(reference)];
                using var file = PrepareOutput(parsed.GetValue(output), origin, config is not null, parsed.GetValue(force), inputs);
                var request = new InitRequest
                {
                    Output = file.Path,
                    Data = parsed.GetValue(data),
                    Label = parsed.GetValue(label),
                    Subject = parsed.GetValue(subject),
                    Id = parsed.GetValue(id),
                    Texts = parsed.GetValue(texts)!,
                    Ignored = parsed.GetValue(ignored)!,
                    Task = parsed.GetValue(task) is { } word ? Enum.Parse<LearningTask>(word, ignoreCase: true) : null,
                    Test = parsed.GetValue(test),
                    AtLeast = parsed.GetValue(atLeast),
                    Encoder = parsed.GetValue(encoder),
                    Reference = parsed.GetValue(reference),
                    Size = parsed.GetValue(size),
                };
                var draft = config is null ? FromData(request, context) : FromConfiguration(config, request, context);
                Save(file, draft.ToText(Comments(origin, draft)));
                return Show(file.Path, config, draft, config is null ? request.Data! : draft.DataFile);
            },
            talks: true);
        return command;
    }

    private static SpecDraft FromData(InitRequest request, CommandContext context)
    {
        var path = Path.GetFullPath(request.Data!);
        if (request.Test is { } test && Path.TrimEndingDirectorySeparator(Path.GetFullPath(test)) == path)
        {
            throw LegoNetException.BadInput($"{test}: is the data itself, as --test; name records that were kept apart, or leave --test out.");
        }

        if (Directory.Exists(path) || ImageTree.IsArchive(path))
        {
            return ImageSpec.Draft(request.Data!, path, request, context.CancellationToken);
        }

        if (!File.Exists(path))
        {
            throw LegoNetException.BadInput($"{request.Data}: no such file or folder.");
        }

        SourceFile.RequireOrdinary(path);
        return VectorSpec.IsVectors(path)
            ? VectorSpec.Draft(path, request, context)
            : TableSpec.Draft(SurveyedTable.Describe(path, request, context), request, context);
    }

    private static SpecDraft FromConfiguration(ModelBuilderConfig config, InitRequest request, CommandContext context)
    {
        var draft = config.Scenario == ModelBuilderScenario.ImageClassification
            ? ImageSpec.Draft(config.File, ImageSpec.Folder(config, request), request, context.CancellationToken)
            : TableSpec.Draft(ModelBuilderTable.Describe(config, request), request, context);
        if (config.Version > ModelBuilderConfig.NewestVersion)
        {
            draft.Warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"the configuration's version {config.Version} is newer than those known here "
                + $"(0 to {ModelBuilderConfig.NewestVersion}); compare the spec with it."));
        }

        return draft;
    }

    private static Option<string[]> Columns(string name, string what)
        => new(name) { Description = what, HelpName = "COL", DefaultValueFactory = _ => [] };

    private static OutputFile PrepareOutput(string? given, string origin, bool isConfiguration, bool force, params IEnumerable<string?> inputs)
    {
        var path = Path.GetFullPath(given ?? Beside(origin));
        if (isConfiguration && path == Path.GetFullPath(origin))
        {
            throw LegoNetException.BadInput($"{path}: is the configuration itself; choose another file for the spec.");
        }

        // --force is for specs, which are edited by hand: any other file that --out may name by mistake, the data among them, is kept.
        return !File.Exists(path) || (force && SpecFile.Kind.Is(path)) ? Prepare()
            : !force ? throw LegoNetException.BadInput($"{path}: exists; --force replaces it.")
            : throw LegoNetException.BadInput($"{path}: is no spec, so --force does not replace it; choose another file.");

        OutputFile Prepare() => OutputFile.Prepare(path, SpecFile.Kind, force: false, inputs);
    }

    // "train.csv.gz" and "images.tar.gz" have two endings.
    private static string Beside(string origin)
    {
        var name = origin.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? origin[..^3] : origin;
        return Directory.Exists(origin) ? origin + ".json" : Path.ChangeExtension(name, ".json");
    }

    // Complete or not at all: a spec cut short by a full disk would still be read as far as it goes by an editor.
    private static void Save(OutputFile output, string text)
    {
        File.WriteAllText(output.DraftPath, text);
        _ = PipelineSpec.Load(output.DraftPath);
        output.Complete();
    }

    private static IEnumerable<string> Comments(string origin, SpecDraft draft)
    {
        var date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        yield return $"Made from {Path.GetFileName(origin)} by `legonet init`.";
        yield return "Classes, ranges and categories, and by the number of records the adapters, "
            + $"were proposed from {DataPlace.Name(draft.DataFile)} on {date}.";
        yield return "They are declared from here on: training freezes them, and no forget changes them, "
            + "even when the records they were seen in are forgotten.";
        yield return "Read and edit them before training.";
        foreach (var (column, why) in draft.LeftOut)
        {
            yield return $"Left out: {Words.Shown(column)}: {why}.";
        }
    }

    private static CommandResult Show(string path, ModelBuilderConfig? config, SpecDraft draft, string data)
    {
        var text = new StringBuilder();
        text.AppendLine($"Wrote {path}: {draft.Summary}, {Plural.Of(draft.Records, "record")} found in {data}.");
        text.AppendLine("Proposed from these records, and declared from here on; edit before training, since no forget changes it:");
        Append(draft.Proposed);
        if (draft.LeftOut.Count > 0)
        {
            text.AppendLine("Left out:");
            Append([.. draft.LeftOut.Select(c => $"{Words.Shown(c.Column.Length == 0 ? "(no name)" : c.Column)}: {c.Why}")]);
        }

        foreach (var warning in draft.Warnings)
        {
            text.AppendLine($"warning: {warning}");
        }

        text.AppendLine($"Next: legonet train {path} --out MODEL");
        var json = new JsonObject
        {
            ["spec"] = path,
            ["configuration"] = config is null ? null : Path.GetFullPath(config.File),
            ["data"] = draft.DataFile,
            ["scenario"] = config?.Scenario.ToString(),
            ["task"] = draft.Members["task"]!.DeepClone(),
            ["records"] = draft.Records,
            ["proposed"] = new JsonArray([.. draft.Proposed.Select(p => (JsonNode)p)]),
            ["leftOut"] = new JsonArray([.. draft.LeftOut.Select(c => (JsonNode)new JsonObject { ["column"] = c.Column, ["why"] = c.Why })]),
            ["warnings"] = new JsonArray([.. draft.Warnings.Select(w => (JsonNode)w)]),
        };
        return new CommandResult(json, text.ToString());

        void Append(List<string> lines)
        {
            foreach (var line in lines.Take(MostLines))
            {
                text.AppendLine($"  {line}");
            }

            if (lines.Count > MostLines)
            {
                text.AppendLine($"  … and {lines.Count - MostLines:N0} more");
            }
        }
    }
}
