using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.MLNet.Saving;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>Adds a column of codes made of a text by signed hashing.</summary>
public sealed class HashTextTransformer : ITransformer
{
    private readonly TransformsCatalog _catalog;
    private readonly HashingEncoder _encoder;
    private readonly EncoderBinding _binding;

    internal HashTextTransformer(TransformsCatalog catalog, string output, string input, HashingEncoder encoder)
    {
        _catalog = catalog;
        Output = output;
        Input = input;
        _encoder = encoder;
        _binding = new EncoderBinding { Declaration = encoder.CanonicalJson, Fingerprint = encoder.Fingerprint };
    }

    /// <summary>The code's length d.</summary>
    public int Dimension => _encoder.Dimension;

    /// <summary>What makes the codes.</summary>
    public EncoderFingerprint Fingerprint => _encoder.Fingerprint;

    /// <summary>The column of codes.</summary>
    internal string Output { get; }

    /// <summary>The text column.</summary>
    internal string Input { get; }

    /// <summary>The options as canonical JSON.</summary>
    internal string Declaration => _encoder.CanonicalJson;

    /// <summary>True: rows are independent of each other.</summary>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Map(inputSchema).OutputSchema;

    /// <summary>Adds the column. Rows are encoded when they are read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The text column is missing or no text.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedView(input, Map(input.Schema));
    }

    /// <summary>A mapper of single rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The text column is missing or no text.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => Map(inputSchema);

    /// <summary>Writes steps of ML.NET's own (<see cref="HashTextSteps"/>).</summary>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ICanSaveModel steps = HashTextSteps.Create(_catalog, Output, Input, _encoder).Fit(TextRow.View(Input));
        steps.Save(ctx);
    }

    private HashTextMapping Map(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new HashTextMapping(schema, TextColumn.Find(schema, Input), Output, _encoder, _binding);
    }
}
