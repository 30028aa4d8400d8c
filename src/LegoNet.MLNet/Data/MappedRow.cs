using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Data;

/// <summary>A row with the columns that a <see cref="RowMapping"/> adds. It owns the row it reads.</summary>
internal sealed class MappedRow : DataViewRow
{
    private readonly RowMapping _mapping;
    private readonly DataViewRow _input;
    private readonly bool[] _wanted;
    private readonly Delegate?[] _getters;

    public MappedRow(RowMapping mapping, DataViewRow input, bool[] wanted)
    {
        _mapping = mapping;
        _input = input;
        _wanted = wanted;
        _getters = mapping.CreateGetters(input, mapping.Active(wanted));
    }

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override DataViewSchema Schema => _mapping.OutputSchema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _wanted[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_wanted[column.Index])
        {
            throw new ArgumentException($"Column '{column.Name}' is not active in this row.", nameof(column));
        }

        var inputs = _mapping.InputSchema.Count;
        return column.Index < inputs
            ? _input.GetGetter<TValue>(_mapping.InputSchema[column.Index])
            : Columns.As<TValue>(column, _getters[column.Index - inputs]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _input.Dispose();
        }

        base.Dispose(disposing);
    }
}
