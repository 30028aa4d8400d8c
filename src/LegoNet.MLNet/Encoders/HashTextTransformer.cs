using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>Adds a column of codes made of a text by signed hashing.</summary>
public sealed class HashTextTransformer : ITransformer
{
    private readonly TransformsCatalog _catalog;
    private readonly string _output;
    private readonly string _input;
    private readonly HashingEncoder _encoder;
    private readonly EncoderBinding _binding;

    internal HashTextTransformer(TransformsCatalog catalog, string output, string input, HashingEncoder encoder)
    {
        _catalog = catalog;
        _output = output;
        _input = input;
        _encoder = encoder;
        _binding = new EncoderBinding { Declaration = encoder.CanonicalJson, Fingerprint = encoder.Fingerprint };
    }

    /// <summary>The code's length d.</summary>
    public int Dimension => _encoder.Dimension;

    /// <summary>What makes the codes.</summary>
    public EncoderFingerprint Fingerprint => _encoder.Fingerprint;

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

    /// <summary>
    /// Writes steps of ML.NET's own: the options as a constant column, a custom mapping of this assembly's contract, the output column put together
    /// from the mapping's parts, and the temporary columns dropped.
    /// </summary>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        var parts = HashTextCode.PartsOf(Dimension);
        ICanSaveModel steps = _catalog.CopyColumns(HashTextSource.TextColumn, _input)
            .Append(_catalog.Expression(HashTextSource.OptionsColumn, $"text : {Quote(_encoder.CanonicalJson)}", HashTextSource.TextColumn))
            .Append(_catalog.CustomMapping(new HashTextContract().GetMapping(), HashTextContract.Name))
            .Append(_catalog.Concatenate(_output, parts))
            .Append(_catalog.DropColumns([HashTextSource.TextColumn, HashTextSource.OptionsColumn, .. HashTextCode.AllParts]))
            .Fit(TextRow.View(_input));
        steps.Save(ctx);
    }

    // The options are plain ASCII without backslashes or line ends, so quotes are all there is to escape.
    private static string Quote(string text) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private HashTextMapping Map(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new HashTextMapping(schema, TextColumn.Find(schema, _input), _output, _encoder, _binding);
    }
}
