using Microsoft.ML;

namespace LegoNet.MLNet.Data;

/// <summary>A view with the columns that a <see cref="RowMapping"/> adds, computed row by row as they are read.</summary>
internal sealed class MappedView(IDataView input, RowMapping mapping) : IDataView
{
    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => mapping.OutputSchema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        return new MappedCursor(mapping, input.GetRowCursor(mapping.GetDependencies(columns), rand), mapping.Wanted(columns));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        return Array.ConvertAll(
            input.GetRowCursorSet(mapping.GetDependencies(columns), n, rand),
            cursor => (DataViewRowCursor)new MappedCursor(mapping, cursor, mapping.Wanted(columns)));
    }
}
