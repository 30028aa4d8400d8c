using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Support;

/// <summary>A view of generated rows that counts cursors and rows, and remembers which columns were asked for. It keeps no row.</summary>
internal sealed class CountingView : IDataView
{
    private readonly long _rows;

    public CountingView(long rows, int dimension)
    {
        _rows = rows;
        Dimension = dimension;
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("Label", NumberDataViewType.Single);
        schema.AddColumn("Features", new VectorDataViewType(NumberDataViewType.Single, dimension));
        schema.AddColumn("Id", NumberDataViewType.Int64);
        schema.AddColumn("Unused", TextDataViewType.Instance);
        Schema = schema.ToSchema();
    }

    public int Dimension { get; }

    public int Cursors { get; private set; }

    public long RowsRead { get; private set; }

    /// <summary>The buffers that feature vectors were written to, held weakly.</summary>
    public List<WeakReference> Buffers { get; } = [];

    public SortedSet<string> Asked { get; } = [];

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        Cursors++;
        Asked.UnionWith(columnsNeeded.Select(c => c.Name));
        return new Cursor(this);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(CountingView view) : DataViewRowCursor
    {
        private long _position = -1;

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => view.Schema;

        public override bool MoveNext()
        {
            if (_position + 1 >= view._rows)
            {
                return false;
            }

            _position++;
            view.RowsRead++;
            return true;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => view.Asked.Contains(column.Name);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => (ValueGetter<TValue>)(column.Name switch
        {
            "Label" => (Delegate)(ValueGetter<float>)((ref float value) => value = _position % 10),
            "Id" => (ValueGetter<long>)((ref long value) => value = _position),
            "Features" => (ValueGetter<VBuffer<float>>)Features,
            _ => throw new InvalidOperationException("Nobody asked for this column."),
        });

        private void Features(ref VBuffer<float> value)
        {
            // A buffer of its own for every row: were rows retained, all of these would stay alive.
            var values = new float[view.Dimension];
            for (var j = 0; j < values.Length; j++)
            {
                values[j] = (((_position * 31) + (j * 17)) % 255) / 127f - 1;
            }

            if (_position % 64 == 0)
            {
                view.Buffers.Add(new WeakReference(values));
            }

            value = new VBuffer<float>(values.Length, values);
        }
    }
}
