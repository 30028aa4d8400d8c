using Microsoft.ML;

namespace LegoNet.MLNet.Saving;

/// <summary>A view that has a schema alone, for steps that look at nothing else when they are fitted.</summary>
internal sealed class SchemaView(DataViewSchema schema) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => schema;

    /// <summary>The schema of some columns.</summary>
    public static SchemaView Of(IEnumerable<DataViewSchema.Column> columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
        {
            builder.AddColumn(column.Name, column.Type);
        }

        return new SchemaView(builder.ToSchema());
    }

    public long? GetRowCount() => 0;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => throw NoRows();

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => throw NoRows();

    private static InvalidOperationException NoRows() => new("A step that was to learn nothing asks for rows.");
}
