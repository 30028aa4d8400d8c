using System.Buffers.Binary;
using System.Globalization;
using LegoNet.Data.Csv;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Data.Tables;

namespace LegoNet.Data.Vectors;

/// <summary>Vectors in a binary file (.npy, safetensors), their records named by a table whose row i belongs to vector i.</summary>
/// <remarks>The id of a record without one is "file:position", with the vector file's name and positions from 1.</remarks>
internal sealed class VectorFileSource(string path, Func<VectorLayout> readLayout, RecordTable? recordTable) : IRecordSource
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

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken)
    {
        var layout = readLayout();
        using var file = SourceFile.OpenRaw(path);
        file.Position = layout.Offset;
        using var table = recordTable is null ? null : CsvTable.Open(recordTable.Path, recordTable.Options);
        var name = Path.GetFileName(path);
        var records = table is null ? null : recordTable!.Columns.Bind(table, name);
        var bytes = new byte[layout.Dimension * (layout.IsDouble ? 8 : 4)];
        for (long row = 1; row <= layout.Rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var place = string.Create(CultureInfo.InvariantCulture, $"{path}: row {row}");
            var input = new VectorInput(ReadVector(file, bytes, layout, place));
            if (records is null)
            {
                var id = RecordColumnReader.PositionId(name, row, place);
                yield return new SourceRecord(id, id, null, input, place);
                continue;
            }

            if (!table!.Next())
            {
                throw LegoNetException.BadInput($"{table.Path}: has {row - 1} rows where {path} has {layout.Rows} vectors.");
            }

            yield return records.Record(input, place);
        }

        if (table is not null && table.Next())
        {
            throw LegoNetException.BadInput($"{table.Path}: has more rows than {path} has vectors ({layout.Rows}).");
        }
    }

    private static float[] ReadVector(FileStream file, byte[] bytes, VectorLayout layout, string place)
    {
        try
        {
            file.ReadExactly(bytes);
        }
        catch (Exception e) when (SourceFile.IsReadFailure(e))
        {
            throw SourceFile.Unreadable(place, e);
        }

        var values = new float[layout.Dimension];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = layout.IsDouble
                ? (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(8 * i))
                : BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i));
            if (!float.IsFinite(values[i]))
            {
                throw LegoNetException.BadInput($"{place}: element {i + 1} is no finite 32-bit number.");
            }
        }

        return values;
    }
}
