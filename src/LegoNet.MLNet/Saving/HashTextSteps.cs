using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Saving;

/// <summary>
/// Hashing of texts as steps that ML.NET saves: the options as a constant column, a custom mapping of this assembly's contract, the output column
/// put together from the mapping's parts, and the temporary columns dropped. Nothing of ML.NET's own hashes as the encoder does.
/// </summary>
internal static class HashTextSteps
{
    /// <summary>Creates the steps.</summary>
    /// <param name="catalog">The transforms catalog.</param>
    /// <param name="output">The column of codes.</param>
    /// <param name="input">The text column.</param>
    /// <param name="encoder">The encoder.</param>
    public static EstimatorChain<ITransformer> Create(TransformsCatalog catalog, string output, string input, HashingEncoder encoder)
        => new EstimatorChain<ITransformer>()
            .Append(catalog.CopyColumns(HashTextSource.TextColumn, input))
            .Append(catalog.Expression(HashTextSource.OptionsColumn, $"text : {Quote(encoder.CanonicalJson)}", HashTextSource.TextColumn))
            .Append(catalog.CustomMapping(new HashTextContract().GetMapping(), HashTextContract.Name))
            .Append(catalog.Concatenate(output, HashTextCode.PartsOf(encoder.Dimension)))
            .Append<ITransformer>(catalog.DropColumns([HashTextSource.TextColumn, HashTextSource.OptionsColumn, .. HashTextCode.AllParts]));

    // The options are plain ASCII without backslashes or line ends, so quotes are all there is to escape.
    private static string Quote(string text) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
