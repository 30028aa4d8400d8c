using System.Globalization;
using LegoNet.Data;
using LegoNet.Encoders.Tabular;

namespace LegoNet.Cli.Init;

/// <summary>What one pass over the rows found in a column.</summary>
internal sealed class ColumnScan
{
    /// <summary>The most distinct values that can be a list of categories.</summary>
    public const int ValueLimit = 10_000;

    private const int FewestHeld = 400;
    private const int HeldByAll = 4_000_000;

    private readonly bool _decimalComma;

    /// <summary>Prepares.</summary>
    /// <param name="column">The column.</param>
    /// <param name="atLeast">Subjects that a proposed value or end is shared by.</param>
    /// <param name="decimalComma">Whether numbers are written with a decimal comma.</param>
    /// <param name="values">The most distinct values to hold.</param>
    public ColumnScan(DescribedColumn column, int atLeast, bool decimalComma, int values)
    {
        Column = column;
        _decimalComma = decimalComma;
        Values = new ValueCounts(atLeast, column is { Format: ColumnFormat.Number, IsCategorical: false } ? 0 : values);
        Numbers = column.Format == ColumnFormat.Number ? new NumberEnds(atLeast) : null;
    }

    /// <summary>The most distinct values to hold of each of many columns, so that a wide table does not fill the memory.</summary>
    public static int ValuesHeld(int columns) => Math.Clamp(HeldByAll / Math.Max(1, columns), FewestHeld, ValueLimit);

    /// <summary>The column.</summary>
    public DescribedColumn Column { get; }

    /// <summary>Its values.</summary>
    public ValueCounts Values { get; }

    /// <summary>Its numbers; null where it holds none.</summary>
    public NumberEnds? Numbers { get; }

    /// <summary>Takes a row's field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="record">The row, for its place.</param>
    /// <param name="subject">Its subject; null where every row is its own.</param>
    /// <exception cref="LegoNetException">The field is no number where the column holds numbers.</exception>
    public void Add(string field, SourceRecord record, string? subject)
    {
        if (TableColumnProposal.MissingMarks.Contains(field))
        {
            return;
        }

        Values.Add(field, subject);
        Numbers?.Add(Number(field, Column.Name, record, _decimalComma), subject ?? record.Id);
    }

    /// <summary>Parses a number as the tabular encoder and regression targets do.</summary>
    /// <param name="field">The field.</param>
    /// <param name="column">The column's name.</param>
    /// <param name="record">The row, for its place.</param>
    /// <param name="decimalComma">Whether numbers are written with a decimal comma, which neither reads.</param>
    /// <exception cref="LegoNetException">The field is no such number.</exception>
    public static double Number(string field, string column, SourceRecord record, bool decimalComma)
    {
        if (decimalComma && field.AsSpan().ContainsAny(',', '.'))
        {
            throw LegoNetException.BadInput(
                $"{record.Origin}: column \"{Words.Shown(column)}\" has decimal commas, which LegoNet does not read; save the file with decimal points.");
        }

        return double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= 1e300
            ? number
            : throw LegoNetException.BadInput($"{record.Origin}: column \"{Words.Shown(column)}\" does not hold a number, as it should.");
    }
}
