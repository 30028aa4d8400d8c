using LegoNet.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoding;

/// <summary>Rows of a cursor as records to encode. Read by one thread.</summary>
internal sealed class CursorSource(DataViewRowCursor cursor, EncoderInput input, EncodeSettings settings) : IRecordSource
{
    private readonly Queue<DataViewRowId> _ids = new();

    public string Name => settings.Input;

    public long? Count => null;

    public bool IdsArePositions => false;

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken)
    {
        var read = input.CreateReader(cursor);
        var names = settings.RowNames(cursor);
        var rowId = cursor.GetIdGetter();
        DataViewRowId id = default;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (subject, name) = names();
            rowId(ref id);
            _ids.Enqueue(id);
            yield return new SourceRecord(subject, name, null, read(), input.Place(cursor.Position));
        }
    }

    /// <summary>Takes the row id of the next record, in the order in which they were read.</summary>
    public DataViewRowId TakeId() => _ids.Dequeue();
}
