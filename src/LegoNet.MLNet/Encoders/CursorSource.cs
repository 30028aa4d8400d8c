using LegoNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>Rows of a cursor as records to encode. Read by one thread.</summary>
internal sealed class CursorSource(DataViewRowCursor cursor, EncoderInput input, EncodeSettings settings) : IRecordSource
{
    private readonly Queue<DataViewRowId> _ids = new();
    private readonly InputReader _reader = input.CreateReader(cursor);

    public string Name => settings.Input;

    public long? Count => null;

    public bool IdsArePositions => false;

    public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken)
    {
        var names = settings.RowNames(cursor);
        var rowId = cursor.GetIdGetter();
        DataViewRowId id = default;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (subject, name) = names();
            rowId(ref id);
            _ids.Enqueue(id);
            yield return new SourceRecord(subject, name, null, _reader.Read() ?? throw input.Missing(cursor.Position), input.Place(cursor.Position));
        }
    }

    /// <summary>Takes the memory of a record that is encoded for others to come. Any thread.</summary>
    public void GiveBack(SourceRecord record) => _reader.GiveBack(record.Input);

    /// <summary>Takes the row id of the next record, in the order in which they were read.</summary>
    public DataViewRowId TakeId() => _ids.Dequeue();
}
