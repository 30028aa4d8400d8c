using LegoNet.Data.Json;
using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Encoders;
using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>
/// One of this package's own steps as it is kept beside a model: what it was declared with, which is all there is to it. So it comes back as itself,
/// and says what is wrong with a row as it did at training. One member is set.
/// </summary>
internal sealed record DeclaredStep
{
    private static readonly MLContext s_ml = new(0);

    public EncodeOnnxEstimator.Options? EncodeOnnx { get; init; }

    public DeclaredTable? EncodeTable { get; init; }

    public DeclaredText? HashText { get; init; }

    public DeclaredKeys? DeclareKeys { get; init; }

    /// <summary>What a step was declared with; null for a step that ML.NET saves.</summary>
    public static DeclaredStep? Of(ITransformer step) => step switch
    {
        EncodeOnnxTransformer { Declared: { } options } => new DeclaredStep { EncodeOnnx = options },
        EncodeTableTransformer table => new DeclaredStep { EncodeTable = DeclaredTable.Of(table) },
        HashTextTransformer text => new DeclaredStep { HashText = new DeclaredText(text.Output, text.Input, text.Declaration) },
        DeclareKeysTransformer keys => new DeclaredStep { DeclareKeys = new DeclaredKeys(keys.Output, keys.Input, keys.Classes) },
        _ => null,
    };

    /// <summary>The step.</summary>
    /// <exception cref="LegoNetException">A card or an encoder is missing or malformed.</exception>
    public ITransformer Open()
        => EncodeTable is { } table ? table.Open()
            : HashText is { } text ? text.Open(s_ml)
            : DeclareKeys is { } keys ? keys.Open(s_ml)
            : new EncodeOnnxEstimator(EncodeOnnx!).Open();

    /// <summary>HashText.</summary>
    /// <param name="Output">The column of codes.</param>
    /// <param name="Input">The text column.</param>
    /// <param name="Options">The options as canonical JSON.</param>
    internal sealed record DeclaredText(string Output, string Input, string Options)
    {
        public HashTextTransformer Open(MLContext ml)
            => ml.Transforms.HashText(Output, Input, HashingOptions.FromSpec(StrictJson.Parse(Options, nameof(HashText)))).Fit(TextRow.View(Input));
    }

    /// <summary>DeclareKeys.</summary>
    /// <param name="Output">The key column.</param>
    /// <param name="Input">The text column.</param>
    /// <param name="Classes">The classes.</param>
    internal sealed record DeclaredKeys(string Output, string Input, IReadOnlyList<string> Classes)
    {
        public DeclareKeysTransformer Open(MLContext ml) => ml.Transforms.DeclareKeys(Output, Classes, Input).Fit(TextRow.View(Input));
    }
}
