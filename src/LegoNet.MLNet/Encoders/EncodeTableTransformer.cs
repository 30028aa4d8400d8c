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

    internal EncodeTableTransformer(TableDeclaration declaration, EncodeTableEstimator.Options declared, DataViewSchema schema)
    {
        (_declaration, Declared) = (declaration, declared);
        Fitted = TableFields.Find(schema, declaration).Columns;
    }

    /// <summary>The code's length d.</summary>
    public int Dimension => _declaration.Encoder.Dimension;

    /// <summary>What makes the codes.</summary>
    public EncoderFingerprint Fingerprint => _declaration.Encoder.Fingerprint;

    /// <summary>The options that it was made by, which no one changes any more.</summary>
    internal EncodeTableEstimator.Options Declared { get; }

    /// <summary>The columns that it was fitted to.</summary>
    internal IReadOnlyList<DataViewSchema.Column> Fitted { get; }

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
        => TableSteps.Save(ctx, _declaration, Fitted, Declared.OutputColumnName);

    private EncodeTableMapping Map(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new EncodeTableMapping(schema, TableFields.Find(schema, _declaration), Declared.OutputColumnName, _declaration);
    }
}
