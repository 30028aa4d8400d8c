using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>Adds a column of codes made of several columns by declared ranges and categories, and of texts by signed hashing.</summary>
public sealed class EncodeTableTransformer : ITransformer
{
    private readonly TableDeclaration _declaration;
    private readonly string _output;
    private readonly TableFields _fitted;

    internal EncodeTableTransformer(TableDeclaration declaration, string output, DataViewSchema schema)
    {
        (_declaration, _output) = (declaration, output);
        _fitted = TableFields.Find(schema, declaration);
    }

    /// <summary>The code's length d.</summary>
    public int Dimension => _declaration.Encoder.Dimension;

    /// <summary>What makes the codes.</summary>
    public EncoderFingerprint Fingerprint => _declaration.Encoder.Fingerprint;

    /// <summary>Whether texts are among the columns, so that a host of the saved steps needs this package.</summary>
    internal bool HashesTexts => _declaration.Text is not null;

    /// <summary>True: rows are independent of each other.</summary>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Map(inputSchema).OutputSchema;

    /// <summary>Adds the column. Rows are encoded when they are read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of a type that its declaration does not fit.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedView(input, Map(input.Schema));
    }

    /// <summary>A mapper of single rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of a type that its declaration does not fit.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => Map(inputSchema);

    /// <summary>Writes steps of ML.NET's own (<see cref="TableSteps"/>).</summary>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        TableSteps.Save(ctx, _declaration, _fitted.Columns, _output);
    }

    private EncodeTableMapping Map(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new EncodeTableMapping(schema, TableFields.Find(schema, _declaration), _output, _declaration);
    }
}
