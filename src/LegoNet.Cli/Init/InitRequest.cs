using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>What `legonet init` is asked for.</summary>
internal sealed record InitRequest
{
    /// <summary>The spec's file, absolute.</summary>
    public required string Output { get; init; }

    /// <summary>The data; beside a configuration, where it is not where that says.</summary>
    public string? Data { get; init; }

    /// <summary>The label's column.</summary>
    public string? Label { get; init; }

    /// <summary>The subject's column.</summary>
    public string? Subject { get; init; }

    /// <summary>The id's column.</summary>
    public string? Id { get; init; }

    /// <summary>Columns of free text.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Columns that are not to be learned from.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>The task; null to go by the label's values.</summary>
    public LearningTask? Task { get; init; }

    /// <summary>Records kept apart for tests: a file or folder laid out as the data is.</summary>
    public string? Test { get; init; }

    /// <summary>Subjects that share what is proposed.</summary>
    public required int AtLeast { get; init; }

    /// <summary>The encoder's ONNX file, or a card.</summary>
    public string? Encoder { get; init; }

    /// <summary>For an ONNX file: public reference images.</summary>
    public string? Reference { get; init; }

    /// <summary>For an ONNX file: height and width of the encoder's images.</summary>
    public int Size { get; init; } = 224;

    /// <summary>A path as the spec writes it: relative to the spec's folder, with '/'.</summary>
    /// <exception cref="LegoNetException">A spec would take a part of the path for an environment variable.</exception>
    public string InSpec(string path)
    {
        // Elsewhere than on Windows a backslash is a part of a name.
        var written = Path.GetRelativePath(Path.GetDirectoryName(Output)!, path).Replace(Path.DirectorySeparatorChar, '/');
        return !written.Contains("${", StringComparison.Ordinal) ? written
            : throw LegoNetException.BadInput($"{path}: has \"${{\" in its name, which a spec takes for an environment variable; rename it.");
    }
}
