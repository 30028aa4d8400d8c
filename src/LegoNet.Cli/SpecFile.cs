using System.CommandLine;
using LegoNet.Data.Files;
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
}
