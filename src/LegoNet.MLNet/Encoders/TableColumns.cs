using System.Globalization;
using LegoNet.Encoders.Tabular;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>Proposes declarations of a table's columns.</summary>
public static class TableColumns
{
    private const int ValueLimit = 10_000;
    private const double LargestNumber = 1e300;

    /// <summary>
    /// Proposes how columns could be declared, from rows that are public: nobody whose rows these are will ever ask for a model to forget them. What is
    /// proposed stays in every model and every saved pipeline, and no forget reaches it.
    /// </summary>
    /// <remarks>
    /// Numbers get a range and edges in round numbers around what all but a few subjects have; texts, Booleans and keys with few values get
    /// those that enough subjects share. So a proposal shows no one's value, but it is still made of the rows: for the training rows themselves
    /// it is only as careful as <paramref name="atLeast"/> is, and a model made with it has learned that much from them.
    /// </remarks>
    /// <param name="publicRows">Rows that are public, read once.</param>
    /// <param name="columnNames">The input columns: numbers, texts and Booleans; not the label, nor what names a person or a row.</param>
    /// <param name="subjectColumnName">Text or a whole number: whose row it is. Null where every row is a subject of its own.</param>
    /// <param name="atLeast">How many subjects must share what is proposed, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing.</exception>
    /// <exception cref="ArgumentException">No column is named, or one twice, or the subject column.</exception>
    public static TableProposal ProposeFromPublic(
        IDataView publicRows, IEnumerable<string> columnNames, string? subjectColumnName = null, int atLeast = 5)
    {
        ArgumentNullException.ThrowIfNull(publicRows);
        ArgumentNullException.ThrowIfNull(columnNames);
        ArgumentOutOfRangeException.ThrowIfLessThan(atLeast, 1);
        string[] names = [.. columnNames];
        if (names.Length == 0 || names.Distinct(StringComparer.Ordinal).Count() < names.Length)
        {
            throw new ArgumentException("There must be one column or more, each once.", nameof(columnNames));
        }

        if (subjectColumnName is not null && names.Contains(subjectColumnName, StringComparer.Ordinal))
        {
            throw new ArgumentException($"Names '{subjectColumnName}', which says whose a row is and is no input.", nameof(columnNames));
        }

        DataViewSchema.Column[] columns = [.. names.Select(name => Columns.Find(publicRows.Schema, TableFields.Role, name))];
        Scan[] scans = [.. columns.Where(column => TableFields.CanRead(column.Type)).Select(column => new Scan(column, atLeast))];
        var subject = subjectColumnName is null ? (DataViewSchema.Column?)null : TextGetters.Find(publicRows.Schema, "subject", subjectColumnName);
        Read(publicRows, scans, subject);

        var entries = new List<TableColumn>();
        var (texts, proposed, leftOut) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var column in columns)
        {
            if (Array.Find(scans, scan => scan.Column.Name == column.Name) is not { } scan)
            {
                leftOut.Add($"{column.Name}: {column.Type} has no built-in encoding");
            }
            else if (scan.Values.Rows == 0)
            {
                leftOut.Add($"{column.Name}: it has no values");
            }
            else if (column.Type is TextDataViewType && !TableColumnProposal.IsMostlyCommon(scan.Values, TableColumnProposal.MostCategories))
            {
                texts.Add(column.Name);
                proposed.Add($"{column.Name}: free text");
            }
            else
            {
                var proposal = scan.Numbers is null
                    ? TableColumnProposal.Categories(column.Name, scan.Values)
                    : TableColumnProposal.Numbers(column.Name, scan.Numbers);
                entries.AddRange(proposal.Columns);
                (proposal.Columns.Count == 0 ? leftOut : proposed).Add($"{column.Name}: {proposal.Summary}");
            }
        }

        return new TableProposal(entries, texts, TableColumnProposal.MissingMarks, proposed, leftOut);
    }

    private static void Read(IDataView rows, Scan[] scans, DataViewSchema.Column? subject)
    {
        var fields = new TableFields([.. scans.Select(scan => scan.Column)]);
        using var cursor = rows.GetRowCursor(subject is { } active ? [.. fields.Columns, active] : fields.Columns);
        var read = fields.CreateReader(cursor);
        var readSubject = subject is { } column ? TextGetters.Create(cursor, column) : null;
        while (cursor.MoveNext())
        {
            var row = read().Fields;
            var owner = readSubject?.Invoke();
            for (var i = 0; i < scans.Length; i++)
            {
                scans[i].Add(row[i], owner, cursor.Position);
            }
        }
    }

    /// <summary>What one pass found in a column.</summary>
    private sealed class Scan(DataViewSchema.Column column, int atLeast)
    {
        public DataViewSchema.Column Column => column;

        public ValueCounts Values { get; } = new(atLeast, ValueLimit);

        public NumberEnds? Numbers { get; } = column.Type is NumberDataViewType ? new NumberEnds(atLeast) : null;

        public void Add(string field, string? subject, long position)
        {
            if (TableColumnProposal.MissingMarks.Contains(field))
            {
                return;
            }

            Values.Add(field, subject);
            if (Numbers is null)
            {
                return;
            }

            var number = double.Parse(field, CultureInfo.InvariantCulture);
            if (!(Math.Abs(number) <= LargestNumber))
            {
                throw Columns.BadValue(TableFields.Role, column.Name, position, "is infinite or beyond 10³⁰⁰");
            }

            Numbers.Add(number, subject ?? position.ToString(CultureInfo.InvariantCulture));
        }
    }
}
