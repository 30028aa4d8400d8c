using LegoNet.Data;
using LegoNet.Encoders.Tabular;

namespace LegoNet.Cli.Init;

/// <summary>One pass over a table's rows, to propose what a spec must declare.</summary>
internal sealed class TableScan
{
    private TableScan(TableLayout layout, ValueCounts classes, NumberEnds? target, IReadOnlyList<ColumnScan> features)
        => (Layout, Classes, Target, Features) = (layout, classes, target, features);

    /// <summary>How the file could be read.</summary>
    public TableLayout Layout { get; }

    /// <summary>The rows.</summary>
    public long Rows { get; private set; }

    /// <summary>The label's values.</summary>
    public ValueCounts Classes { get; }

    /// <summary>The label's numbers; null unless the task is regression.</summary>
    public NumberEnds? Target { get; }

    /// <summary>The inputs.</summary>
    public IReadOnlyList<ColumnScan> Features { get; }

    /// <summary>Reads the rows.</summary>
    /// <param name="layout">How the file is laid out.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="features">The columns to look at.</param>
    /// <param name="names">Columns of label, subject and id, and how many subjects a proposal needs.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="LegoNetException">A row is malformed, a column missing, a label missing or no number.</exception>
    public static TableScan Read(
        TableLayout layout,
        ModelBuilderConfig config,
        IReadOnlyList<ModelBuilderColumn> features,
        TableNames names,
        CommandContext context)
    {
        var scan = new TableScan(
            layout,
            new ValueCounts(names.AtLeast, ushort.MaxValue),
            config.Scenario == ModelBuilderScenario.Regression ? new NumberEnds(names.AtLeast) : null,
            [.. features.Select(f => new ColumnScan(f, names.AtLeast, config.HasDecimalComma))]);
        TableRowInput? first = null;
        var (label, subject, places) = (-1, -1, Array.Empty<int>());
        foreach (var record in layout.Open().Read(context.CancellationToken))
        {
            var row = (TableRowInput)record.Input;
            if (first is null)
            {
                first = row;
                label = Find(row, names.Label, "the label's column", layout.Path);
                subject = names.Subject is null ? -1 : Find(row, names.Subject, "--subject", layout.Path);
                _ = names.Id is null ? -1 : Find(row, names.Id, "--id", layout.Path);
                places = [.. features.Select(f => Find(row, f.Name, "a feature", layout.Path))];
            }

            scan.Rows++;
            var owner = subject < 0 ? null : row.Fields[subject];
            scan.AddLabel(row.Fields[label], names.Label, record, owner, config.HasDecimalComma);
            for (var i = 0; i < places.Length; i++)
            {
                scan.Features[i].Add(row.Fields[places[i]], record, owner);
            }

            if (scan.Rows % 1000 == 0)
            {
                context.Progress.Report(new LegoNetProgress("reading", scan.Rows, null));
            }
        }

        return scan;
    }

    /// <summary>The fields of a table's first row.</summary>
    /// <exception cref="LegoNetException">The file is missing, empty or malformed.</exception>
    public static int FieldCount(TableLayout layout, CancellationToken cancellationToken)
        => layout.Open().Read(cancellationToken).Select(r => ((TableRowInput)r.Input).Columns.Count).First();

    private void AddLabel(string field, string column, SourceRecord record, string? subject, bool decimalComma)
    {
        if (field.Length == 0)
        {
            throw LegoNetException.BadInput($"{record.Origin}: has no label (column \"{column}\"); fill it in, or take the row out.");
        }

        if (Target is not null)
        {
            Target.Add(ColumnScan.Number(field, column, record, decimalComma), subject ?? record.Id);
            return;
        }

        Classes.Add(field, subject);
        if (Classes.Overflowed)
        {
            throw LegoNetException.BadInput(
                $"{Layout.Path}: column \"{column}\" holds too many or too long values to be classes; is it the label's column?");
        }
    }

    private static int Find(TableRowInput row, string name, string role, string path)
    {
        const int shown = 20;
        var place = row.Columns.ToList().IndexOf(name);
        return place >= 0 ? place
            : throw LegoNetException.BadInput(
                $"{path}: has no column \"{name}\" ({role}); "
                + $"its columns are {string.Join(", ", row.Columns.Take(shown))}{(row.Columns.Count > shown ? ", …" : "")}.");
    }
}
