using LegoNet.Encoders.Tabular;

namespace LegoNet.MLNet;

/// <summary>How the columns of a public view could be declared for EncodeTable. Read it before it is used: it becomes part of every model.</summary>
/// <param name="Columns">The declared columns.</param>
/// <param name="TextColumns">Columns of free text: too few of their values are shared.</param>
/// <param name="MissingMarks">Texts that mean "no value" in common exports.</param>
/// <param name="Proposed">A line for each column that is declared or free text: its name and what was proposed.</param>
/// <param name="LeftOut">A line for each column that is not used: its name and why.</param>
public sealed record TableProposal(
    IReadOnlyList<TableColumn> Columns,
    IReadOnlyList<string> TextColumns,
    IReadOnlyList<string> MissingMarks,
    IReadOnlyList<string> Proposed,
    IReadOnlyList<string> LeftOut)
{
    /// <summary>What is proposed and what is left out, a line each.</summary>
    public override string ToString() => string.Join(Environment.NewLine, [.. Proposed, .. LeftOut.Select(line => $"left out: {line}")]);
}
