using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>Finds text columns.</summary>
internal static class TextColumn
{
    private const string Role = "text";

    /// <summary>Finds a text column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or of another type.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name)
    {
        var column = Columns.Find(schema, Role, name);
        return column.Type is TextDataViewType ? column : throw Columns.Mismatch(Role, name, "Text", column.Type);
    }

    /// <summary>Checks that a shape has a text column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing or of another type.</exception>
    public static void Check(SchemaShape shape, string name)
    {
        var column = Shapes.Find(shape, name) ?? throw Columns.Missing(Role, name, shape.Select(c => c.Name));
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.ItemType is not TextDataViewType)
        {
            throw Columns.Mismatch(Role, name, "Text", $"{column.Kind} of {column.ItemType}");
        }
    }
}
