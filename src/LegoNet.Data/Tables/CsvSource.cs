using LegoNet.Data.Csv;

namespace LegoNet.Data.Tables;

/// <summary>The rows of a delimited text file.</summary>
internal sealed class CsvSource(string path, CsvOptions options, RecordColumns columns, IRowShape shape) : IRecordSource
{
    public string Name => path;

    public long? Count => null;

    public bool IdsArePositions => columns.Id is null;

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken)
    {
        using var table = CsvTable.Open(path, options);
        var records = columns.Bind(table, Path.GetFileName(path));
        var input = shape.Bind(table, records);
        while (table.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return records.Record(input());
        }

        if (table.Row == 0)
        {
            throw LegoNetException.BadInput($"{path}: has no rows.");
        }
    }
}
