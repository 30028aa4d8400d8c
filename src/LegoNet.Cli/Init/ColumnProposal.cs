using System.Text.Json.Nodes;

namespace LegoNet.Cli.Init;

/// <summary>Decides how the tabular encoder takes a column, from what the configuration and one pass over the rows say.</summary>
internal static class ColumnProposal
{
    private const int MostCategories = 200;
    private const double MostlyCommon = 0.9;
    private const double MostlyFarBelow = 0.75;
    private const int FewNumbers = 20;

    /// <summary>True for a column of free text: strings of which too few are shared by several subjects.</summary>
    public static bool IsFreeText(ColumnScan scan)
        => scan.Column.Purpose == ColumnPurpose.Text
        || (scan.Column is { Format: ColumnFormat.String, IsCategorical: false } && scan.Values.Rows > 0 && !IsMostlyCommon(scan, MostCategories));

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

        var isNumber = scan.Numbers is not null && !(column.IsCategorical && IsMostlyCommon(scan, FewNumbers));
        return isNumber ? Number() : Categories();

        IEnumerable<JsonObject> Number()
        {
            var numbers = scan.Numbers!;
            var finest = numbers.Decimals == 0 ? 0 : -300;
            if (RoundRange.Around(numbers.Low, numbers.High, finest) is not { } range)
            {
                return LeaveOut("too few subjects differ in it");
            }

            draft.Proposed.Add(FormattableString.Invariant($"{column.Name}: numbers from {range.Min} to {range.Max}"));
            var widens = range.Min >= 0 && range.Max > 0 && numbers.ShareBelow(range.Exponent) >= MostlyFarBelow;
            double[] edges = [.. (widens ? range.WideningEdges(finest).Concat(range.EvenEdges()) : range.EvenEdges()).Distinct().Order()];
            var linear = new JsonObject { ["name"] = column.Name, ["min"] = range.Min, ["max"] = range.Max, ["missing"] = "zero" };
            if (edges.Length == 0)
            {
                return [linear];
            }

            var bins = new JsonObject
            {
                ["name"] = column.Name,
                ["edges"] = new JsonArray([.. edges.Select(e => (JsonNode)e)]),
                ["coding"] = "thermometer",
                ["missing"] = "zero",
            };
            return [linear, bins];
        }

        IEnumerable<JsonObject> Categories()
        {
            if (scan.Values.Overflowed)
            {
                return LeaveOut("it has too many values to be categories");
            }

            var common = scan.Values.Common;
            var kept = common.Count > MostCategories ? scan.Values.MostFrequent(common, MostCategories) : common;
            if (kept.Count == 0)
            {
                return LeaveOut("none of its values is shared by enough subjects");
            }

            var other = scan.Values.Distinct - kept.Count;
            var unlisted = other == 0 ? "" : $"; {Plural.Of(other, "rarer value")} not listed, so encoded as zeros";
            draft.Proposed.Add($"{column.Name}: {Plural.Of(kept.Count, "category", "categories")}{unlisted}");
            var categories = new JsonObject
            {
                ["name"] = column.Name,
                ["categories"] = new JsonArray([.. kept.Select(c => (JsonNode)c)]),
                ["missing"] = "zero",
                ["unknown"] = "zero",
            };
            return [categories];
        }

        IEnumerable<JsonObject> LeaveOut(string why)
        {
            draft.LeftOut.Add((column.Name, why));
            return [];
        }
    }

    private static bool IsMostlyCommon(ColumnScan scan, int most)
        => !scan.Values.Overflowed && scan.Values.Common is { Count: > 0 } common && common.Count <= most && scan.Values.Share(common) >= MostlyCommon;
}
