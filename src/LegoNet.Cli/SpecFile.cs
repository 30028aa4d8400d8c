using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LegoNet.Data;
using LegoNet.Data.Csv;
using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Files;
using LegoNet.Pipelines;

namespace LegoNet.Cli;

/// <summary>Specs as commands take them.</summary>
internal static class SpecFile
{
    private static readonly string[] s_data =
    [
        ".csv", ".tsv", ".tab", ".txt", ".data", ".npy", ".safetensors", ".tar", ".tgz", ".zip", ".xlsx", ".parquet", ".arff", ".mbconfig",
    ];

    /// <summary>What a spec is told by.</summary>
    public static OutputKind Kind { get; } = OutputKind.Json("a spec", "task", "routing");

    /// <summary>Loads a spec; data in its place is answered with how to make one.</summary>
    /// <exception cref="LegoNetException">The file is missing or malformed, or is data.</exception>
    public static PipelineSpec Load(string path)
    {
        var ending = Path.GetExtension(SourceFile.FormatName(path));
        var isFolder = Directory.Exists(path);
        if (isFolder && File.Exists(Path.Combine(path, "manifest.json")))
        {
            throw LegoNetException.BadInput($"{path}: is a model, where a spec is expected.");
        }

        return isFolder || s_data.Contains(ending, StringComparer.Ordinal)
            ? throw LegoNetException.BadInput(AboutData(path, "spec"))
            : PipelineSpec.Load(path);
    }

    /// <summary>
    /// Where data stands in the place of a command's spec or model and a required option is missing too, says what comes first: with the
    /// option alone the command would be refused again.
    /// </summary>
    /// <param name="command">The command.</param>
    public static void AnswerData(Command command) => command.Validators.Add(result =>
    {
        if (command.Arguments is [{ Name: "SPEC" or "MODEL" } argument, ..]
            && command.Options.Any(o => o.Required && result.GetResult(o) is null)
            && result.GetResult(argument)?.Tokens is [{ Value: var path }, ..]
            && s_data.Contains(Path.GetExtension(SourceFile.FormatName(path)), StringComparer.Ordinal))
        {
            result.AddError(AboutData(path, argument.Name.ToLowerInvariant()));
        }
    });

    private static string AboutData(string path, string expected)
    {
        var option = Path.GetExtension(SourceFile.FormatName(path)) == ".mbconfig" ? "--from" : "--data";
        return $"{path}: is data and no {expected}; make a spec first: legonet init {option} {path}.";
    }

    /// <summary>Opens records on a command line: a description in JSON as it says, anything else as laid out like the spec's own source.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="data">A file or folder, or a description such as "SPEC.json#test".</param>
    /// <param name="kind">What the encoder reads.</param>
    /// <param name="needsLabels">Whether a table without the label's column is refused; what is only to be scored has none yet.</param>
    /// <exception cref="LegoNetException">The file is missing, or the description malformed.</exception>
    public static IRecordSource OpenLike(PipelineSpec spec, string data, RecordInputKind kind, bool needsLabels)
    {
        var path = Path.GetFullPath(data);
        if ((!File.Exists(path) && !Directory.Exists(path)) || Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            return SourcePath.Infer(data, kind);
        }

        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var source = JsonNode.Parse(File.ReadAllText(spec.File), documentOptions: options)!["source"] as JsonObject;
        var member = source is null ? null : source.ContainsKey("vectors") ? "vectors" : source.ContainsKey("path") ? "path" : null;
        if (member is null)
        {
            return SourcePath.Infer(data, kind);
        }

        // "${" in a path would name an environment variable; the context answers with the path instead.
        source![member] = "${DATA}";
        if (source.ContainsKey("records"))
        {
            source["records"] = "${RECORDS}";
        }

        var layout = StrictJson.Parse(source.ToJsonString(), $"{spec.File} (source)");
        if (!needsLabels && member == "path" && source.ContainsKey("label") && File.Exists(path))
        {
            using var table = CsvTable.Open(path, CsvMembers.ReadOptions(layout, path));
            if (!table.Columns.Contains((string)source["label"]!))
            {
                source.Remove("label");
                source.Remove("labelTrim");
            }
        }

        var context = new SourceContext(".", name => name == "RECORDS" ? Path.ChangeExtension(path, ".csv") : path);
        return SourceRegistry.Create(StrictJson.Parse(source.ToJsonString(), $"{spec.File} (source)"), context);
    }
}
