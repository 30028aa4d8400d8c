using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>
/// Walks a view together with the codes of its rows. A second cursor over the same view runs ahead and feeds the encoder, so that
/// any other column, of whatever type, is still read row by row and never held.
/// </summary>
internal sealed class EncodedCursor : DataViewRowCursor
{
    private readonly EncodeMapping _mapping;
    private readonly bool[] _wanted;
    private readonly DataViewRowCursor _rows;
    private readonly DataViewRowCursor _ahead;
    private readonly SharedEncoder _encoder;
    private readonly CacheLease? _cache;
    private readonly CursorSource _source;
    private readonly IEnumerator<(SourceRecord[] Records, sbyte[] Result)> _batches;
    private readonly ValueGetter<DataViewRowId> _rowId;
    private readonly int _dimension;
    private int _count;
    private int _index = -1;
    private bool _disposed;

    /// <summary>Creates a cursor.</summary>
    /// <param name="mapping">The columns.</param>
    /// <param name="wanted">Columns of the output that are wanted, the codes among them.</param>
    /// <param name="rows">Gives the wanted columns of the input; becomes this cursor's.</param>
    /// <param name="ahead">Gives the columns to encode from, in the same order; becomes this cursor's.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="encoder">The encoder, acquired for this cursor.</param>
    /// <param name="cache">The cache in front of it; becomes this cursor's.</param>
    public EncodedCursor(
        EncodeMapping mapping,
        bool[] wanted,
        DataViewRowCursor rows,
        DataViewRowCursor ahead,
        EncodeSettings settings,
        SharedEncoder encoder,
        CacheLease? cache)
    {
        _mapping = mapping;
        _wanted = wanted;
        _rows = rows;
        _ahead = ahead;
        _encoder = encoder;
        _cache = cache;
        _dimension = encoder.Encoder.Dimension;
        _source = new CursorSource(ahead, mapping.Input, settings);
        _rowId = rows.GetIdGetter();
        var through = cache?.Encoder ?? encoder.Encoder;
        _batches = RecordEncoder.Map(
            _source,
            through.BatchSize,
            batch =>
            {
                var codes = new sbyte[batch.Length * through.Dimension];
                RowEncoder.Encode(through, batch, codes);
                Array.ForEach(batch, _source.GiveBack);
                return codes;
            },
            settings.Threads).GetEnumerator();
    }

    public override long Position => _rows.Position;

    public override long Batch => _rows.Batch;

    public override DataViewSchema Schema => _mapping.OutputSchema;

    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_rows.MoveNext())
        {
            return false;
        }

        if (++_index >= _count)
        {
            _count = _batches.MoveNext() ? _batches.Current.Records.Length : throw Unsteady();
            _index = 0;
        }

        DataViewRowId id = default;
        _rowId(ref id);
        return _source.TakeId().Equals(id) ? true : throw Unsteady();
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => _rows.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _wanted[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_wanted[column.Index])
        {
            throw new ArgumentException($"Column '{column.Name}' is not active in this row.", nameof(column));
        }

        if (column.Index < _mapping.InputSchema.Count)
        {
            return _rows.GetGetter<TValue>(_mapping.InputSchema[column.Index]);
        }

        ValueGetter<VBuffer<float>> codes = (ref VBuffer<float> value) =>
        {
            if (_index < 0)
            {
                throw new InvalidOperationException("The cursor stands before its first row.");
            }

            CodeFeatures.Write(_batches.Current.Result.AsSpan(_index * _dimension, _dimension), ref value);
        };
        return Columns.As<TValue>(column, codes);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;

            // First: it waits for the batches under way, which use all the rest.
            _batches.Dispose();
            _ahead.Dispose();
            _rows.Dispose();
            _cache?.Dispose();
            _encoder.Release();
        }

        base.Dispose(disposing);
    }

    private InvalidOperationException Unsteady() => new(
        $"Row {_rows.Position}: the view gives other rows, or another order, when it is read a second time; encode before what changes it, "
        + "or cache it (ml.Data.Cache).");
}
