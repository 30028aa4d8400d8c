using LegoNet.Data.Csv;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Data.Tables;

namespace LegoNet.Data.Vectors;

/// <summary>Vectors in a binary file (.npy, safetensors), their records named by a table whose row i belongs to vector i.</summary>
/// <remarks>The id of a record without one is "file:position", with the vector file's name and positions from 1.</remarks>
internal sealed class VectorFileSource(string path, Func<VectorLayout> readLayout, RecordTable? recordTable) : IRawSource
{
    public string Name => path;

    public IReadOnlyList<string> Files => recordTable is null ? [path] : [path, recordTable.Path];

    public long? Count
    {
        get
        {
            try
            {
                return readLayout().Rows;
            }
            catch (LegoNetException)
            {
                // Reading will say what is wrong.
                return null;
            }
        }
    }

    public bool IdsArePositions => recordTable?.Columns.Id is null;

    public SourceIndex ReadIndex(IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var layout = readLayout();
        using var table = Open(out _);
        if (table is null)
        {
            return SourceIndex.ByNumber(layout.Rows);
        }

        if (!table.CanSeek)
        {
            return SourceIndex.FromStart(layout.Rows); // Reading it will say whether it fits.
        }

        var index = table.ReadIndex(layout.Rows, progress, cancellationToken);
        return index.Records == layout.Rows ? index
            : throw (index.Records < layout.Rows ? TooFew(table, index.Records, layout) : TooMany(table, layout));
    }

    public SourcePosition Find(SourcePosition before, long record, CancellationToken cancellationToken)
    {
        using var table = Open(out _);
        return table?.Find(before, record, cancellationToken) ?? before with { Record = record };
    }

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => Read(default, long.MaxValue, null, cancellationToken);

    public IEnumerable<SourceRecord> Read(long first, long count, CancellationToken cancellationToken)
        => Read(new SourcePosition(first, 0, 0), count, null, cancellationToken);

    public IEnumerable<SourceRecord> Read(SourcePosition start, long count, CancellationToken cancellationToken)
        => Read(start, count, null, cancellationToken);

    public IEnumerable<SourceRecord> Read(SourcePosition start, long count, IRawSource.Show? show, CancellationToken cancellationToken)
    {
        var layout = readLayout();
        using var file = SourceFile.OpenRaw(path);
        var vectors = new VectorReader(file, layout);
        using var table = Open(out var records);
        table?.GoTo(start, cancellationToken);
        var name = Path.GetFileName(path);
        var end = count < layout.Rows - start.Record ? start.Record + count : layout.Rows;
        for (var row = start.Record; row < end; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var place = vectors.Place(row);
            if (show is not null)
            {
                vectors.Show(row, show);
            }

            var input = new VectorInput(vectors.Read(row));
            if (records is null)
            {
                var id = RecordColumnReader.PositionId(name, row + 1, place);
                yield return new SourceRecord(id, id, null, input, place);
                continue;
            }

            Next(table!, row, layout);
            if (show is not null)
            {
                records.Show(show);
            }

            yield return records.Record(input, place);
        }

        RequireEnd(end, table, layout);
    }

    public IEnumerable<long> ReadRaw(SourcePosition start, IEnumerable<long> counts, IRawSource.Show show, CancellationToken cancellationToken)
    {
        var layout = readLayout();
        using var file = SourceFile.OpenRaw(path);
        var vectors = new VectorReader(file, layout);
        using var table = Open(out var records);
        table?.GoTo(start, cancellationToken);
        var at = start.Record;
        foreach (var count in counts)
        {
            var end = Math.Min(at + count, layout.Rows);
            var shown = end - at;
            for (; at < end; at++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                vectors.Show(at, show);
                if (table is not null)
                {
                    Next(table, at, layout);
                    records!.Show(show);
                }
            }

            yield return shown;
        }

        RequireEnd(at, table, layout);
    }

    private CsvTable? Open(out RecordColumnReader? records)
    {
        records = null;
        if (recordTable is null)
        {
            return null;
        }

        var table = CsvTable.Open(recordTable.Path, recordTable.Options);
        try
        {
            records = recordTable.Columns.Bind(table, Path.GetFileName(path));
            return table;
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    private void Next(CsvTable table, long row, VectorLayout layout)
    {
        if (!table.Next())
        {
            throw TooFew(table, row, layout);
        }
    }

    private void RequireEnd(long row, CsvTable? table, VectorLayout layout)
    {
        if (row == layout.Rows && table is not null && table.Next())
        {
            throw TooMany(table, layout);
        }
    }

    private LegoNetException TooFew(CsvTable table, long rows, VectorLayout layout)
        => LegoNetException.BadInput($"{table.Path}: has {rows} rows where {path} has {layout.Rows} vectors.");

    private LegoNetException TooMany(CsvTable table, VectorLayout layout)
        => LegoNetException.BadInput($"{table.Path}: has more rows than {path} has vectors ({layout.Rows}).");
}
