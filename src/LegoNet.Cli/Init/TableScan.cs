using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Data;
using LegoNet.Encoders.Tabular;
using LegoNet.Specs;

namespace LegoNet.Cli.Init;

/// <summary>One pass over a table's rows, to propose what a spec must declare. It fails where a training would.</summary>
internal sealed class TableScan
{
    private readonly TableDescription _table;
    private readonly Dictionary<UInt128, UInt128> _contents = [];

    private TableScan(TableDescription table, TableLayout layout, string path, int atLeast, IReadOnlyList<DescribedColumn> features)
    {
        _table = table;
        (Layout, Path) = (layout, path);
        Classes = new ValueCounts(atLeast, ushort.MaxValue);
        Target = table.Task == LearningTask.Regression ? new NumberEnds(atLeast) : null;
        Features = [.. features.Select(f => new ColumnScan(f, atLeast, table.HasDecimalComma, ColumnScan.ValuesHeld(features.Count)))];
    }

    /// <summary>How the file could be read.</summary>
    public TableLayout Layout { get; }

    /// <summary>The file, absolute.</summary>
    public string Path { get; }

    /// <summary>The rows.</summary>
    public long Rows { get; private set; }

    /// <summary>The label's values.</summary>
    public ValueCounts Classes { get; }

    /// <summary>The label's numbers; null unless the task is regression.</summary>
    public NumberEnds? Target { get; }

    /// <summary>The inputs.</summary>
    public IReadOnlyList<ColumnScan> Features { get; }

    /// <summary>Reads the rows.</summary>
    /// <param name="table">The table and its columns.</param>
    /// <param name="layout">How the file is laid out.</param>
    /// <param name="path">The file: the table's, or another that is laid out as it.</param>
    /// <param name="atLeast">Subjects that share what is proposed.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="LegoNetException">
    /// A row is malformed, a column missing, a label missing or no number, or two rows of one name differ.
    /// </exception>
    public static TableScan Read(TableDescription table, TableLayout layout, string path, int atLeast, CommandContext context)
    {
        DescribedColumn[] features = [.. table.Columns.Where(c => c.Purpose is ColumnPurpose.Feature or ColumnPurpose.Text)];
        var scan = new TableScan(table, layout, path, atLeast, features);
        int[]? places = null;
        foreach (var record in layout.Open(path, table.Label, table.Subject, table.Id).Read(context.CancellationToken))
        {
            var row = (TableRowInput)record.Input;
            places ??= Places(row, features, path);
            scan.Rows++;
            var owner = table.Subject is null ? null : record.Subject;
            scan.AddLabel(record, owner);
            for (var i = 0; i < places.Length; i++)
            {
                scan.Features[i].Add(row.Fields[places[i]], record, owner);
            }

            scan.CheckName(record, row);
            if (scan.Rows % 1000 == 0)
            {
                context.Progress.Report(new LegoNetProgress("reading", scan.Rows, null));
            }
        }

        return scan;
    }

    private void AddLabel(SourceRecord record, string? subject)
    {
        var label = record.Label
            ?? throw LegoNetException.BadInput($"{record.Origin}: has no label (column \"{Words.Shown(_table.Label)}\"); fill it in, or take the row out.");
        if (Target is not null)
        {
            Target.Add(ColumnScan.Number(label, _table.Label, record, _table.HasDecimalComma), subject ?? record.Id);
            return;
        }

        Classes.Add(label, subject);
        if (Classes.Overflowed)
        {
            throw LegoNetException.BadInput(
                $"{Path}: column \"{Words.Shown(_table.Label)}\" holds too many or too long values to be classes; is it the label's column?");
        }
    }

    // A training refuses two records of one name that differ, at its end; here is the place to say so, since the id can still be chosen.
    private void CheckName(SourceRecord record, TableRowInput row)
    {
        if (_table.Id is null)
        {
            return;
        }

        var name = Digest([record.Subject, record.Id]);
        var content = Digest([record.Label!, .. row.Fields]);
        if (!_contents.TryAdd(name, content) && _contents[name] != content)
        {
            var whose = _table.Subject is null ? "" : $" for one \"{Words.Shown(_table.Subject)}\"";
            throw LegoNetException.BadInput(
                $"{record.Origin}: has a value in \"{Words.Shown(_table.Id)}\" that an earlier row with other content has too{whose}; "
                + "choose another --id column, or leave --id out.");
        }
    }

    private static UInt128 Digest(IEnumerable<string> parts)
        => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));

    private static int[] Places(TableRowInput row, DescribedColumn[] features, string path)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < row.Columns.Count; i++)
        {
            places[row.Columns[i]] = i;
        }

        return
        [
            .. features.Select(f => places.TryGetValue(f.Name, out var place) ? place
                : throw LegoNetException.BadInput(
                    $"{path}: has no column \"{Words.Shown(f.Name)}\" (a feature); "
                    + $"its columns are {NearNames.List(Words.Shown(f.Name), [.. row.Columns.Select(Words.Shown)])}.")),
        ];
    }
}
