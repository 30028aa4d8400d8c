using System.Globalization;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>Walks the stored records of a <see cref="StoredRecordsView"/>.</summary>
internal sealed class StoredRecordsCursor : DataViewRowCursor
{
    private readonly LearningTask _task;
    private readonly IEnumerator<StoredRecord> _records;
    private readonly bool[] _wanted;
    private StoredRecord? _current;
    private long _position = -1;

    public StoredRecordsCursor(DataViewSchema schema, LearningTask task, IEnumerable<StoredRecord> records, IEnumerable<DataViewSchema.Column> wanted)
    {
        Schema = schema;
        _task = task;
        _records = records.GetEnumerator();
        _wanted = new bool[schema.Count];
        foreach (var column in wanted)
        {
            _wanted[column.Index] = true;
        }
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => _wanted[column.Index];

    public override bool MoveNext()
    {
        _current = _records.MoveNext() ? _records.Current : null;
        _position = _current is null ? -1 : _position + 1;
        return _current is not null;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_wanted[column.Index])
        {
            throw new ArgumentException($"Column '{column.Name}' is not active in this cursor.", nameof(column));
        }

        return Columns.As<TValue>(column, CreateGetter(column.Name));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _records.Dispose();
            _current = null;
        }

        base.Dispose(disposing);
    }

    private Delegate CreateGetter(string column) => column switch
    {
        StoredRecordsView.Features => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => CodeFeatures.Write(Current().Code, ref value)),
        StoredRecordsView.Subject => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = Current().SubjectTag.AsMemory()),
        StoredRecordsView.Id => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = Current().RecordTag.AsMemory()),
        _ => _task switch
        {
            LearningTask.Multiclass => (ValueGetter<uint>)((ref uint value) => value = (uint)Current().ClassNumber + 1),
            LearningTask.Binary => (ValueGetter<bool>)((ref bool value) => value = Current().ClassNumber == 1),
            LearningTask.Regression => (ValueGetter<float>)((ref float value) => value = float.Parse(Current().Label, CultureInfo.InvariantCulture)),
            _ => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = Current().Label.AsMemory()),
        },
    };

    private StoredRecord Current() => _current ?? throw new InvalidOperationException("The cursor is at no row.");
}
