using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>
/// A table and what is to be learned from it: what a Model Builder configuration says, or what a look at the file found and its owner
/// answered. From here on both go one way.
/// </summary>
internal sealed record TableDescription
{
    /// <summary>The file that messages name: the configuration, or the data itself.</summary>
    public required string Origin { get; init; }

    /// <summary>The data's file, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>How the file is laid out, where a look at it has settled that; null where the members below say what is known.</summary>
    public TableLayout? Layout { get; init; }

    /// <summary>The text between fields; null for the default of the file's name.</summary>
    public string? Separator { get; init; }

    /// <summary>Whether the first row names the columns.</summary>
    public required bool HasHeader { get; init; }

    /// <summary>Whether quotes enclose fields; null where nobody says.</summary>
    public bool? Quotes { get; init; }

    /// <summary>True where numbers are written with a decimal comma.</summary>
    public bool HasDecimalComma { get; init; }

    /// <summary>The columns that are described.</summary>
    public required IReadOnlyList<DescribedColumn> Columns { get; init; }

    /// <summary>The label's column.</summary>
    public required string Label { get; init; }

    /// <summary>The subject's column; null where every row is its own subject.</summary>
    public string? Subject { get; init; }

    /// <summary>The id's column; null for positions.</summary>
    public string? Id { get; init; }

    /// <summary>The task; null where the label's values decide between several classes and two.</summary>
    public LearningTask? Task { get; init; }

    /// <summary>True where the text alone is to be learned from.</summary>
    public bool IsTextOnly { get; init; }

    /// <summary>Records kept apart for tests, laid out in the same way; null where there are none.</summary>
    public string? Test { get; init; }

    /// <summary>What the person should know beside what the proposals themselves bring up.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What was settled by a look at the file, a line each.</summary>
    public IReadOnlyList<string> Proposed { get; init; } = [];

    /// <summary>Columns that are no inputs, with the reason.</summary>
    public IReadOnlyList<(string Column, string Why)> LeftOut { get; init; } = [];

    /// <summary>The format of the label's column; null where it is not described.</summary>
    public ColumnFormat? LabelFormat => Columns.FirstOrDefault(c => c.Name == Label)?.Format;
}
