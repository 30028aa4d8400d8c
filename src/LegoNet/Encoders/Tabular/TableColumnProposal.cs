namespace LegoNet.Encoders.Tabular;

/// <summary>
/// How a column's values could be declared: only what several subjects share, in round numbers, so that a declaration shows no one's value.
/// </summary>
/// <param name="Columns">The declarations; empty where the column is left out.</param>
/// <param name="Summary">What is proposed, or why nothing is: a clause without the column's name.</param>
internal sealed record TableColumnProposal(IReadOnlyList<TableColumn> Columns, string Summary)
{
    /// <summary>The most categories that are proposed for one column.</summary>
    public const int MostCategories = 200;

    private const double MostlyCommon = 0.9;
    private const double MostlyFarBelow = 0.75;

    /// <summary>Fields that mean "no value", as ML.NET and common exports write it.</summary>
    public static IReadOnlyList<string> MissingMarks { get; } = ["", "?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null"];

    /// <summary>Proposes a range and edges for numbers.</summary>
    /// <param name="name">The column.</param>
    /// <param name="numbers">Its numbers.</param>
    public static TableColumnProposal Numbers(string name, NumberEnds numbers)
    {
        var finest = numbers.Decimals == 0 ? 0 : -300;
        if (RoundRange.Around(numbers.Low, numbers.High, finest) is not { } range)
        {
            return new([], "too few subjects differ in it");
        }

        var widens = range.Min >= 0 && range.Max > 0 && numbers.ShareBelow(range.Exponent) >= MostlyFarBelow;
        double[] edges = [.. (widens ? range.WideningEdges(finest).Concat(range.EvenEdges()) : range.EvenEdges()).Distinct().Order()];
        var summary = FormattableString.Invariant($"numbers from {range.Min} to {range.Max}");
        var linear = TableColumn.Number(name, range.Min, range.Max, missingIsZero: true);
        return edges.Length == 0
            ? new([linear], summary)
            : new([linear, TableColumn.Bins(name, edges, BinCoding.Thermometer, missingIsZero: true)], summary);
    }

    /// <summary>Proposes categories.</summary>
    /// <param name="name">The column.</param>
    /// <param name="values">Its values.</param>
    public static TableColumnProposal Categories(string name, ValueCounts values)
    {
        if (values.Overflowed)
        {
            return new([], "it has too many values to be categories");
        }

        var common = values.Common;
        var kept = common.Count > MostCategories ? values.MostFrequent(common, MostCategories) : common;
        if (kept.Count == 0)
        {
            return new([], "none of its values is shared by enough subjects");
        }

        var other = values.Distinct - kept.Count;
        var unlisted = other == 0 ? "" : $"; {Plural.Of(other, "rarer value")} not listed, so encoded as zeros";
        return new(
            [TableColumn.Categories(name, kept, unknownIsZero: true, missingIsZero: true)],
            $"{Plural.Of(kept.Count, "category", "categories")}{unlisted}");
    }

    /// <summary>Whether few values, each shared by enough subjects, make up most rows: a list of categories then says most of it.</summary>
    /// <param name="values">The column's values.</param>
    /// <param name="most">The most of them.</param>
    public static bool IsMostlyCommon(ValueCounts values, int most)
        => !values.Overflowed && values.Common is { Count: > 0 } common && common.Count <= most && values.Share(common) >= MostlyCommon;
}
