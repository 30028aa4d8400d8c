using LegoNet.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>Maps a text to a key over declared classes: ML.NET's own step, known to have learned nothing.</summary>
public sealed class DeclareKeysTransformer : ITransformer
{
    private readonly ITransformer _keys;
    private readonly string _input;

    internal DeclareKeysTransformer(ITransformer keys, string input)
    {
        _keys = keys;
        _input = input;
    }

    /// <summary>True: rows are independent of each other.</summary>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _keys.GetOutputSchema(Checked(inputSchema));

    /// <summary>Adds the key column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The text column is missing or no text.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = Checked(input.Schema);
        return _keys.Transform(input);
    }

    /// <summary>A mapper of single rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The text column is missing or no text.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => _keys.GetRowToRowMapper(Checked(inputSchema));

    /// <summary>Writes ML.NET's own step.</summary>
    void ICanSaveModel.Save(ModelSaveContext ctx) => _keys.Save(ctx);

    private DataViewSchema Checked(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        _ = TextColumn.Find(schema, _input);
        return schema;
    }
}
