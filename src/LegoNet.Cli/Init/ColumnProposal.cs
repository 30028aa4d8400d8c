using System.Text.Json.Nodes;
using LegoNet.Encoders.Tabular;

namespace LegoNet.Cli.Init;

/// <summary>Decides how the tabular encoder takes a column, from what the configuration and one pass over the rows say.</summary>
internal static class ColumnProposal
{
    private const int FewNumbers = 20;

    /// <summary>True for a column of free text: strings of which too few are shared by several subjects.</summary>
    public static bool IsFreeText(ColumnScan scan)
        => scan.Column.Purpose == ColumnPurpose.Text
        || (scan.Column is { Format: ColumnFormat.String, IsCategorical: false }
            && scan.Values.Rows > 0
            && !TableColumnProposal.IsMostlyCommon(scan.Values, TableColumnProposal.MostCategories));

    /// <summary>The encoder's entries for a column.</summary>
    /// <param name="scan">The column.</param>
    /// <param name="draft">Receives what was proposed and what was left out.</param>
    public static IEnumerable<JsonObject> Entries(ColumnScan scan, SpecDraft draft)
    {
        var column = scan.Column;
        if (column.Format == ColumnFormat.Other)
        {
            return LeaveOut("times and lists have no built-in encoding");
        }

        if (scan.Values.Rows == 0)
        {
            return LeaveOut("it has no values");
        }

        var isNumber = scan.Numbers is not null && !(column.IsCategorical && TableColumnProposal.IsMostlyCommon(scan.Values, FewNumbers));
        var proposal = isNumber ? TableColumnProposal.Numbers(column.Name, scan.Numbers!) : TableColumnProposal.Categories(column.Name, scan.Values);
        if (proposal.Columns.Count == 0)
        {
            return LeaveOut(proposal.Summary);
        }

        draft.Proposed.Add($"{Words.Shown(column.Name)}: {proposal.Summary}");
        return proposal.Columns.Select(c => (JsonObject)JsonNode.Parse(c.Json)!);

        IEnumerable<JsonObject> LeaveOut(string why)
        {
            draft.LeftOut.Add((column.Name, why));
            return [];
        }
    }
}
