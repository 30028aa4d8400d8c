using LegoNet.Data.Csv;

namespace LegoNet.Data.Tables;

/// <summary>The rows of a delimited text file.</summary>
internal sealed class CsvSource(string path, CsvOptions options, RecordColumns columns, IRowShape shape) : IIndexedSource
{
    public string Name => path;

    public long? Count => null;

    public bool IdsArePositions => columns.Id is null;

    public SourceIndex ReadIndex(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        using var table = CsvTable.Open(path, options);
        _ = Bind(table); // A column that is missing is said at once.
        var index = table.ReadIndex(null, progress, cancellationToken);
        return index.Records > 0 ? index : throw NoRows();
    }

    public SourcePosition Find(SourcePosition before, long record, CancellationToken cancellationToken)
    {
        using var table = CsvTable.Open(path, options);
        return table.Find(before, record, cancellationToken);
    }

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => Read(default(SourcePosition), long.MaxValue, cancellationToken);

    public IEnumerable<SourceRecord> Read(SourcePosition start, long count, CancellationToken cancellationToken)
    {
        using var table = CsvTable.Open(path, options);
        var (records, input) = Bind(table);
        table.GoTo(start, cancellationToken);
        for (var left = count; left > 0 && table.Next(); left--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return records.Record(input());
        }

        if (table.Row == 0)
        {
            throw NoRows();
        }
    }

    private (RecordColumnReader Records, Func<RecordInput> Input) Bind(CsvTable table)
    {
        var records = columns.Bind(table, Path.GetFileName(path));
        return (records, shape.Bind(table, records));
    }

    private LegoNetException NoRows() => LegoNetException.BadInput($"{path}: has no rows.");
}
