using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Data;

/// <summary>
/// Builds the schema shapes that estimators promise. ML.NET lets only its own assemblies create shape columns, so each is taken from
/// the promise of a custom mapping that would add it.
/// </summary>
internal static class Shapes
{
    /// <summary>A shape with some columns added or replaced.</summary>
    public static SchemaShape With(SchemaShape shape, params ReadOnlySpan<SchemaShape.Column> added)
    {
        var columns = shape.ToList();
        foreach (var column in added)
        {
            var at = columns.FindIndex(c => c.Name == column.Name);
            if (at < 0)
            {
                columns.Add(column);
            }
            else
            {
                columns[at] = column;
            }
        }

        return new SchemaShape(columns);
    }

    /// <summary>The column of a name, or null.</summary>
    public static SchemaShape.Column? Find(SchemaShape shape, string name)
    {
        foreach (var column in shape)
        {
            if (column.Name == name)
            {
                return column;
            }
        }

        return null;
    }

    /// <summary>Vector&lt;Single&gt; of known length.</summary>
    public static SchemaShape.Column Vector(MLContext ml, string name) => Of<VectorRow>(ml, name, new VectorDataViewType(NumberDataViewType.Single, 1));

    /// <summary>Single.</summary>
    public static SchemaShape.Column Single(MLContext ml, string name) => Of<SingleRow>(ml, name, NumberDataViewType.Single);

    /// <summary>Boolean.</summary>
    public static SchemaShape.Column Boolean(MLContext ml, string name) => Of<BooleanRow>(ml, name, BooleanDataViewType.Instance);

    /// <summary>Text.</summary>
    public static SchemaShape.Column Text(MLContext ml, string name) => Of<TextRow>(ml, name, TextDataViewType.Instance);

    /// <summary>Key of UInt32, without key values.</summary>
    public static SchemaShape.Column Key(MLContext ml, string name) => Of<KeyRow>(ml, name, new KeyDataViewType(typeof(uint), 1));

    private static SchemaShape.Column Of<TRow>(MLContext ml, string name, DataViewType type)
        where TRow : class, new()
    {
        var definition = SchemaDefinition.Create(typeof(TRow));
        var value = definition[nameof(SingleRow.Value)];
        value.ColumnName = name;
        value.ColumnType = type;
        return ml.Transforms.CustomMapping<EmptyRow, TRow>((_, _) => { }, null, outputSchemaDefinition: definition)
            .GetOutputSchema(new SchemaShape([]))
            .Single(c => c.Name == name);
    }

    private sealed class EmptyRow;

    private sealed class VectorRow
    {
        public float[] Value { get; set; } = [];
    }

    private sealed class SingleRow
    {
        public float Value { get; set; }
    }

    private sealed class BooleanRow
    {
        public bool Value { get; set; }
    }

    private sealed class TextRow
    {
        public string Value { get; set; } = "";
    }

    private sealed class KeyRow
    {
        public uint Value { get; set; }
    }
}
