using LegoNet.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace LegoNet.MLNet;

/// <summary>Maps a text to a key over declared classes. Learns nothing from the data.</summary>
/// <remarks>
/// Input column: Text. Output column: Key&lt;UInt32&gt; whose key values are the classes in their declared order; a value that is no
/// class becomes the missing key, which a LegoNet trainer refuses as a class that is not declared. Use it in place of <c>MapValueToKey</c>, which keeps every value that it met, those of forgotten records too.
/// A saved pipeline holds ML.NET's own step and loads without LegoNet.
/// </remarks>
public sealed class DeclareKeysEstimator : IEstimator<DeclareKeysTransformer>
{
    private readonly ValueToKeyMappingEstimator _keys;
    private readonly string _output;
    private readonly string _input;
    private readonly string[] _classes;

    internal DeclareKeysEstimator(TransformsCatalog catalog, string output, IEnumerable<string> classes, string? input)
    {
        ArgumentException.ThrowIfNullOrEmpty(output, "outputColumnName");
        ArgumentNullException.ThrowIfNull(classes);
        string[] names = [.. classes];
        if (names.Length == 0 || names.Any(string.IsNullOrEmpty) || names.Distinct(StringComparer.Ordinal).Count() < names.Length)
        {
            throw new ArgumentException("There must be one class or more, each once and none empty.", nameof(classes));
        }

        (_output, _input, _classes) = (output, input ?? output, names);
        _keys = catalog.Conversion.MapValueToKey(output, _input, keyData: TextRow.View(_input, names));
    }

    /// <summary>Checks the column. Reads no row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or no text.</exception>
    public DeclareKeysTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = TextColumn.Find(input.Schema, _input);

        // Fitted on no row at all, so that there is nothing it could learn from.
        return new DeclareKeysTransformer(_keys.Fit(TextRow.View(_input)), _output, _input, _classes);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        TextColumn.Check(inputSchema, _input);
        return _keys.GetOutputSchema(inputSchema);
    }
}
