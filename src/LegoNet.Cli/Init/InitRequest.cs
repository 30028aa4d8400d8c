namespace LegoNet.Cli.Init;

/// <summary>What `legonet init` is asked for beside the configuration.</summary>
/// <param name="Output">The spec's file, absolute.</param>
/// <param name="Data">The data, where it is not where the configuration says.</param>
/// <param name="Subject">The subject's column.</param>
/// <param name="Id">The id's column.</param>
/// <param name="AtLeast">Subjects that share what is proposed.</param>
/// <param name="Encoder">For images: the ONNX file, or a card.</param>
/// <param name="Reference">For images and an ONNX file: public reference images.</param>
/// <param name="Size">For images and an ONNX file: height and width of the encoder's images.</param>
internal sealed record InitRequest(string Output, string? Data, string? Subject, string? Id, int AtLeast, string? Encoder, string? Reference, int Size)
{
    /// <summary>A path as the spec writes it: relative to the spec's folder, with '/'.</summary>
    /// <exception cref="LegoNetException">A spec would take a part of the path for an environment variable.</exception>
    public string InSpec(string path)
    {
        var written = Path.GetRelativePath(Path.GetDirectoryName(Output)!, path).Replace('\\', '/');
        return !written.Contains("${", StringComparison.Ordinal) ? written
            : throw LegoNetException.BadInput($"{path}: has \"${{\" in its name, which a spec takes for an environment variable; rename it.");
    }
}
