using Microsoft.ML;

namespace LegoNet.MLNet;

/// <summary>Tells steps that keep nothing of the rows from steps that learned. What is not known here counts as learning.</summary>
internal static class DataFreeSteps
{
    private const string Hash = "Microsoft.ML.Transforms.HashingTransformer";
    private const string HashEncoding = "Microsoft.ML.Transforms.OneHotHashEncodingTransformer";

    // By name, because several belong to packages that this project does not need or are not public.
    private static readonly HashSet<string> s_dataFree =
    [
        "Microsoft.ML.Data.ColumnConcatenatingTransformer",
        "Microsoft.ML.Data.ImageLoadingTransformer",
        "Microsoft.ML.Transforms.ColumnCopyingTransformer",
        "Microsoft.ML.Transforms.ColumnSelectingTransformer",
        "Microsoft.ML.Transforms.CustomMappingTransformer`2",
        "Microsoft.ML.Transforms.ExpressionTransformer",
        "Microsoft.ML.Transforms.Image.ImageGrayscalingTransformer",
        "Microsoft.ML.Transforms.Image.ImagePixelExtractingTransformer",
        "Microsoft.ML.Transforms.Image.ImageResizingTransformer",
        "Microsoft.ML.Transforms.Image.VectorToImageConvertingTransformer",
        "Microsoft.ML.Transforms.KeyToBinaryVectorMappingTransformer",
        "Microsoft.ML.Transforms.KeyToValueMappingTransformer",
        "Microsoft.ML.Transforms.KeyToVectorMappingTransformer",
        "Microsoft.ML.Transforms.LpNormNormalizingTransformer",
        "Microsoft.ML.Transforms.MissingValueIndicatorTransformer",
        "Microsoft.ML.Transforms.Onnx.OnnxTransformer",
        "Microsoft.ML.Transforms.StatefulCustomMappingTransformer`3",
        "Microsoft.ML.Transforms.Text.CustomStopWordsRemovingTransformer",
        "Microsoft.ML.Transforms.Text.StopWordsRemovingTransformer",
        "Microsoft.ML.Transforms.Text.TextNormalizingTransformer",
        "Microsoft.ML.Transforms.Text.TokenizingByCharactersTransformer",
        "Microsoft.ML.Transforms.Text.WordTokenizingTransformer",
        "Microsoft.ML.Transforms.TypeConvertingTransformer",
        "Microsoft.ML.Transforms.ValueMappingTransformer",
        "Microsoft.ML.Transforms.ValueMappingTransformer`2",
    ];

    private static readonly Dictionary<string, (string Name, string Reason)> s_learning = new(StringComparer.Ordinal)
    {
        ["Microsoft.ML.Transforms.Text.TextFeaturizingEstimator+Transformer"] = ("FeaturizeText", "it keeps the words and n-grams of the rows; use HashText"),
        ["Microsoft.ML.Transforms.Text.NgramExtractingTransformer"] = ("ProduceNgrams", "it keeps the n-grams of the rows; use HashText"),
        ["Microsoft.ML.Transforms.Text.NgramHashingTransformer"] = ("ProduceHashedNgrams", "it may keep n-grams of the rows as slot names; use HashText"),
        ["Microsoft.ML.Transforms.Text.LatentDirichletAllocationTransformer"] = ("LatentDirichletAllocation", "its topics are learned from the rows"),
        ["Microsoft.ML.Transforms.ValueToKeyMappingTransformer"] = ("MapValueToKey", "it may keep the values it met in the rows; use DeclareKeys"),
        ["Microsoft.ML.Transforms.OneHotEncodingTransformer"] =
            ("OneHotEncoding", "it keeps the values it met in the rows; use DeclareKeys and MapKeyToVector"),
        ["Microsoft.ML.Transforms.NormalizingTransformer"] =
            ("a normaliser", "its offsets and scales are computed from the rows; use a calibration card or declared ranges"),
        ["Microsoft.ML.Transforms.MissingValueReplacingTransformer"] =
            ("ReplaceMissingValues", "its replacement may be computed from the rows; use an Expression with a constant"),
        ["Microsoft.ML.Transforms.SlotsDroppingTransformer"] = ("a feature selection", "which slots it drops may be computed from the rows"),
        ["Microsoft.ML.Transforms.PrincipalComponentAnalysisTransformer"] =
            ("ProjectToPrincipalComponents", "its projection is computed from the rows; use a card with a public projection"),
        ["Microsoft.ML.Transforms.ApproximatedKernelTransformer"] = ("ApproximatedKernelMap", "its kernel may be computed from the rows"),
        ["Microsoft.ML.Transforms.VectorWhiteningTransformer"] = ("VectorWhiten", "its projection is computed from the rows"),
    };

    /// <summary>Why a step counts as learning; null where it keeps nothing of the rows, or forgets exactly.</summary>
    /// <param name="step">A single step.</param>
    /// <param name="added">The columns that the step adds; null where they are not known.</param>
    public static string? WhyNotDataFree(ITransformer step, DataViewSchema.Column[]? added)
    {
        if (step is LegoNetTransformer or LegoNetPipeline or DeclareKeysTransformer or HashTextTransformer or EncodeTableTransformer or EncodeOnnxTransformer)
        {
            return null;
        }

        if (step is OnnxSnapshot)
        {
            return "it holds what a model knew when it was made, and forgets nothing; make it anew after each forget";
        }

        var type = TypeName(step);
        if (!IsMLNet(step) || s_dataFree.Contains(type))
        {
            return IsMLNet(step) ? null : "it is not known here, so it may have learned from the rows";
        }

        if (type is Hash or HashEncoding)
        {
            // What it hashed shows up as names of keys or slots where it was told to keep inverts.
            return added is null ? "it may keep hashed values of the rows (maximumNumberOfInverts); judge the pipeline with its input schema to find out"
                : added.Any(HasNames) ? "it keeps values of the rows (maximumNumberOfInverts); set it to 0"
                : null;
        }

        return s_learning.TryGetValue(type, out var learning) ? learning.Reason
            : IsModel(step) ? "it is a model fitted on the rows, which cannot forget them"
            : "it is not known to keep nothing of the rows";
    }

    /// <summary>A step as users call it.</summary>
    public static string NameOf(ITransformer step)
    {
        if (step is OnnxSnapshot)
        {
            return nameof(LegoNetTransformer.ToOnnxTransformer);
        }

        var type = TypeName(step);
        return s_learning.TryGetValue(type, out var learning) ? learning.Name : type switch
        {
            Hash => "Hash",
            HashEncoding => "OneHotHashEncoding",
            _ => IsModel(step) && step.GetType().GenericTypeArguments is [var model, ..] ? $"a trained {NameOf(model)} model" : step.GetType().Name,
        };
    }

    // By the trainer's word for what it gives, without what all of them end in; a calibrated one is named by what is calibrated.
    private static string NameOf(Type model)
    {
        const string Ending = "ModelParameters";
        return model.GenericTypeArguments is [var calibrated, ..] ? NameOf(calibrated)
            : model.Name.EndsWith(Ending, StringComparison.Ordinal) ? model.Name[..^Ending.Length]
            : model.Name;
    }

    private static string TypeName(ITransformer step)
    {
        var type = step.GetType();
        return (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName ?? type.Name;
    }

    private static bool IsMLNet(ITransformer step)
        => step.GetType().Assembly.GetName().Name is { } name && (name == "Microsoft.ML" || name.StartsWith("Microsoft.ML.", StringComparison.Ordinal));

    private static bool IsModel(ITransformer step)
        => step.GetType().GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IPredictionTransformer<>));

    private static bool HasNames(DataViewSchema.Column column)
        => column.Annotations.Schema.Any(annotation => annotation.Name is "KeyValues" or "SlotNames");
}
