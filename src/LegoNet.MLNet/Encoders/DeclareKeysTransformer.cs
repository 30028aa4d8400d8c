using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>Maps a text to a key over declared classes, and has learned nothing. Saved as ML.NET's own step.</summary>
public sealed class DeclareKeysTransformer : ITransformer
{
    private readonly ITransformer _saved;

    /// <summary>Creates the step.</summary>
    /// <param name="saved">ML.NET's own step that does the same.</param>
    /// <param name="output">The key column.</param>
    /// <param name="input">The text column.</param>
    /// <param name="classes">The classes.</param>
    internal DeclareKeysTransformer(ITransformer saved, string output, string input, IReadOnlyList<string> classes)
    {
        _saved = saved;
        Output = output;
        Input = input;
        Classes = classes;
    }

    /// <summary>The key column.</summary>
    internal string Output { get; }

    /// <summary>The text column.</summary>
    internal string Input { get; }

    /// <summary>The classes.</summary>
    internal IReadOnlyList<string> Classes { get; }

    /// <summary>True: rows are independent of each other.</summary>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Map(inputSchema).OutputSchema;

    /// <summary>Adds the key column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The text column is missing or no text.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedView(input, Map(input.Schema));
    }

    /// <summary>A mapper of single rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The text column is missing or no text.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => Map(inputSchema);

    /// <summary>Writes ML.NET's own step.</summary>
    void ICanSaveModel.Save(ModelSaveContext ctx) => _saved.Save(ctx);

    private DeclareKeysMapping Map(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new DeclareKeysMapping(schema, TextColumn.Find(schema, Input), Output, Classes);
    }
}
