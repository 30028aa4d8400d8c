using System.CommandLine;
using LegoNet.Data;
using LegoNet.Files;
using LegoNet.Pipelines;

namespace LegoNet.Cli;

/// <summary>Files that a command writes beside its main work. They are checked first: a change that was made must not end as a failure.</summary>
internal static class Outputs
{
    public static Option<bool> Force() => new("--force")
    {
        Description = "Replace a file of another kind that has the name. Inputs, keys and files of models are never replaced.",
    };

    /// <summary>The key files that a run names.</summary>
    public static IEnumerable<string?> Keys(ModelOptions options) => [options.TagKeyPath, options.SigningKeyPath, options.PublicKeyPath];

    /// <summary>The files that stand behind --data.</summary>
    /// <param name="data">The argument: a path, or a description's path with '#' and the member's name.</param>
    /// <param name="source">What it names.</param>
    public static IEnumerable<string?> Data(string data, IRecordSource source) => [data, data.Split('#')[0], .. source.Files];

    /// <summary>The files that stand behind a spec: its own, its encoder's card, its sources'.</summary>
    public static IEnumerable<string?> Spec(PipelineSpec pipeline, IRecordSource source)
    {
        var card = pipeline.Encoder.Has("card") ? pipeline.Paths.ResolvePath(pipeline.Encoder, "card") : null;
        return [pipeline.File, card, Path.ChangeExtension(card, ".safetensors"), .. source.Files, .. pipeline.HasTest ? pipeline.OpenTest().Files : []];
    }
}
