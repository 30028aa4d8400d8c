using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Pipelines;

namespace LegoNet.Cli;

/// <summary>Specs as commands take them.</summary>
internal static class SpecFile
{
    private static readonly string[] s_data = [".csv", ".tsv", ".tab", ".npy", ".safetensors", ".tar", ".tgz", ".xlsx", ".parquet", ".data", ".txt"];

    /// <summary>What a spec is told by.</summary>
    public static OutputKind Kind { get; } = OutputKind.Json("a spec", "task", "routing");

    /// <summary>Loads a spec; data in its place is answered with how to make one.</summary>
    /// <exception cref="LegoNetException">The file is missing or malformed, or is data.</exception>
    public static PipelineSpec Load(string path)
    {
        var isData = Directory.Exists(path) || s_data.Contains(Path.GetExtension(SourceFile.FormatName(path)), StringComparer.Ordinal);
        return isData && !File.Exists(Path.Combine(path, "manifest.json"))
            ? throw LegoNetException.BadInput($"{path}: is data and no spec; make a spec first: legonet init --data {path}")
            : PipelineSpec.Load(path);
    }
}
