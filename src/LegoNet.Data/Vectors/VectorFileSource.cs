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

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => Read(0, long.MaxValue, cancellationToken);

    public IEnumerable<SourceRecord> Read(long first, long count, CancellationToken cancellationToken)
    {
        var layout = readLayout();
        using var file = SourceFile.OpenRaw(path);
        var vectors = new VectorReader(file, layout);
        using var table = recordTable is null ? null : CsvTable.Open(recordTable.Path, recordTable.Options);
        var name = Path.GetFileName(path);
        var records = table is null ? null : recordTable!.Columns.Bind(table, name);
        for (long row = 1; row <= first && table is not null; row++)
        {
            Next(table, row, layout);
        }

        var end = count < layout.Rows - first ? first + count : layout.Rows;
        for (var row = first + 1; row <= end; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var place = vectors.Place(row - 1);
            var input = new VectorInput(vectors.Read(row - 1));
            if (records is null)
            {
                var id = RecordColumnReader.PositionId(name, row, place);
                yield return new SourceRecord(id, id, null, input, place);
                continue;
            }

            Next(table!, row, layout);
            yield return records.Record(input, place);
        }

        if (end == layout.Rows && table is not null && table.Next())
        {
            throw LegoNetException.BadInput($"{table.Path}: has more rows than {path} has vectors ({layout.Rows}).");
        }
    }

    public IEnumerable<long> ReadRaw(long first, IReadOnlyList<long> counts, IRawSource.Show show, CancellationToken cancellationToken)
    {
        var layout = readLayout();
        using var file = SourceFile.OpenRaw(path);
        var vectors = new VectorReader(file, layout);
        using var table = recordTable is null ? null : CsvTable.Open(recordTable.Path, recordTable.Options);
        var records = table is null ? null : recordTable!.Columns.Bind(table, Path.GetFileName(path));
        for (long row = 1; row <= first && table is not null; row++)
        {
            Next(table, row, layout);
        }

        var at = first;
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
                    Next(table, at + 1, layout);
                    records!.Show(show);
                }
            }

            yield return shown;
        }

        if (at == layout.Rows && table is not null && table.Next())
        {
            throw LegoNetException.BadInput($"{table.Path}: has more rows than {path} has vectors ({layout.Rows}).");
        }
    }

    private void Next(CsvTable table, long row, VectorLayout layout)
    {
        if (!table.Next())
        {
            throw LegoNetException.BadInput($"{table.Path}: has {row - 1} rows where {path} has {layout.Rows} vectors.");
        }
    }
}
