using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>Makes codes of texts by signed hashing of their words. Learns nothing from the data, so it needs no fit to speak of.</summary>
/// <remarks>
/// <para>Input column: Text; an empty one encodes to zeros. Output column: Vector&lt;Single, d&gt; of code / 127, in [−1, 1]. No
/// normalisation is needed after it.</para>
/// <para>Use it in place of <c>FeaturizeText</c>, whose dictionary of words and n-grams is made from the rows, so that words of a forgotten
/// record stay in the saved pipeline. What is counted and how is described at <see cref="HashingEncoder"/> (Weinberger et al., "Feature
/// Hashing for Large Scale Multitask Learning", ICML 2009).</para>
/// <para>A saved pipeline holds the options only. It loads wherever the assembly LegoNet.MLNet is at hand, and then scores; the loaded
/// column does not say any more what made it, so train on a column of a pipeline made in code.</para>
/// </remarks>
public sealed class HashTextEstimator : IEstimator<HashTextTransformer>
{
    private static readonly MLContext s_shapes = new(0);

    private readonly HashTextTransformer _transformer;
    private readonly string _output;
    private readonly string _input;

    internal HashTextEstimator(TransformsCatalog catalog, string output, string? input, HashingOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(output, "outputColumnName");
        _output = output;
        _input = input ?? output;
        _transformer = new HashTextTransformer(catalog, _output, _input, new HashingEncoder(options));
    }

    /// <summary>Checks the column. Reads no row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or no text.</exception>
    public HashTextTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        TextColumn.Check(inputSchema, _input);
        return Shapes.With(inputSchema, Shapes.Vector(s_shapes, _output));
    }
}
