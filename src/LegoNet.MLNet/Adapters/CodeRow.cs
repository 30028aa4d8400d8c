using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Adapters;

/// <summary>One code as a row of a <see cref="ShardView"/>'s schema; its label is missing (a key) or the type's zero.</summary>
internal sealed class CodeRow(DataViewSchema schema, int dimension) : DataViewRow
{
    private readonly sbyte[] _code = new sbyte[dimension];
    private long _position = -1;

    public override long Position => _position;

    public override long Batch => 0;

    public override DataViewSchema Schema => schema;

    /// <summary>Puts a code into the row.</summary>
    /// <param name="code">The code, [d] or longer.</param>
    public void Set(ReadOnlySpan<double> code)
    {
        for (var j = 0; j < _code.Length; j++)
        {
            _code[j] = (sbyte)code[j];
        }

        // Mappers keep what they computed for a position.
        _position++;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => true;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        => column.Name != ShardView.FeaturesName
            ? (ref TValue value) => value = default!
            : Columns.As<TValue>(column, (ValueGetter<VBuffer<float>>)((ref VBuffer<float> features) => CodeFeatures.Fill(_code, scaled: true, ref features)));
}
