using LegoNet.Adapters;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Adapters;

/// <summary>Walks a <see cref="ShardView"/>, in order or shuffled.</summary>
internal sealed class ShardCursor(ShardView view, int[] active, int[]? order, CancellationToken cancellationToken) : DataViewRowCursor
{
    private readonly Shard _shard = view.Shard;
    private long _position = -1;
    private int _row = -1;

    public override long Position => _position;

    public override long Batch => 0;

    public override DataViewSchema Schema => view.Schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

    public override bool MoveNext()
    {
        cancellationToken.ThrowIfCancellationRequested();
        var next = _row < 0 && _position < 0 ? 0 : _position + 1;
        if (next >= _shard.Rows)
        {
            _position = -1;
            _row = _shard.Rows;
            return false;
        }

        if (_row == _shard.Rows)
        {
            return false;
        }

        _position = next;
        _row = order is null ? (int)next : order[next];
        return true;
    }

    // Low parts count from 0 without gaps: SDCA keeps its dual variables by them.
    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Row(), 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Delegate getter = column.Name switch
        {
            ShardView.FeaturesName => (ValueGetter<VBuffer<float>>)Features,
            _ => view.Labels switch
            {
                ShardLabels.Keys => (ValueGetter<uint>)((ref uint value) => value = (uint)_shard.Label(Row())[0] + 1),
                ShardLabels.OneClass => (ValueGetter<bool>)((ref bool value) => value = _shard.Labels.HasClass(_shard.Label(Row()), view.Output)),
                ShardLabels.Target => (ValueGetter<float>)((ref float value) => value = (float)_shard.Labels.TargetValue(_shard.Label(Row()))),
                _ => ScaledTarget(),
            },
        };
        return Columns.As<TValue>(column, getter);
    }

    private void Features(ref VBuffer<float> features)
        => CodeFeatures.Fill(_shard.Codes.Slice(Row() * _shard.Dimension, _shard.Dimension), view.IsScaled, ref features);

    private ValueGetter<float> ScaledTarget()
    {
        var scale = TargetScale.Of(_shard.Labels.Target!);
        return (ref float value) => value = scale.ToLabel(_shard.Label(Row())[0]);
    }

    private int Row() => _position >= 0 ? _row : throw new InvalidOperationException("The cursor stands on no row.");
}
