using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>A row that holds a text alone.</summary>
internal sealed class TextRow
{
    public string Text { get; set; } = "";

    /// <summary>A view of texts.</summary>
    /// <param name="column">The column's name.</param>
    /// <param name="texts">The texts; none for a view that has a schema only.</param>
    public static IDataView View(string column, params string[] texts)
    {
        var definition = SchemaDefinition.Create(typeof(TextRow));
        definition[nameof(Text)].ColumnName = column;
        return new MLContext(0).Data.LoadFromEnumerable(Array.ConvertAll(texts, text => new TextRow { Text = text }), definition);
    }
}
