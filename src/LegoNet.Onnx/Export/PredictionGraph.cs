using LegoNet.Onnx.Graphs;

namespace LegoNet.Onnx.Export;

/// <summary>Writes what turns scores, float64 [N, C], into predictions.</summary>
internal static class PredictionGraph
{
    /// <summary>Regression: the value in the target's own units, within the declared range, float64 [N, 1].</summary>
    public static string Value(OnnxModelBuilder builder, OnnxScorer scorer, string scores)
    {
        var target = scorer.Target!;
        var min = builder.Constant("target_min", [1], [target.Min]);
        var steps = builder.Node("Mul", "steps", [scores, builder.Constant("target_step", [1], [target.Step])]);
        var floor = builder.Node("Max", "floor", [builder.Node("Add", "value", [min, steps]), min]);
        return builder.Node("Min", "prediction", [floor, builder.Constant("target_max", [1], [target.Max])]);
    }

    /// <summary>Multiclass and binary: probabilities, float64 [N, C].</summary>
    public static string Softmax(OnnxModelBuilder builder, OnnxScorer scorer, string scores)
        => builder.Node("Softmax", "probability", [Tempered(builder, scorer, scores)], [OnnxModelBuilder.Attribute("axis", 1)]);

    /// <summary>Multiclass and binary: the number of the class of highest score, ties to the lower, int64 [N, 1].</summary>
    /// <param name="builder">The graph.</param>
    /// <param name="scores">Scores, float64 [N, C].</param>
    /// <param name="output">The result's full name.</param>
    public static void Top(OnnxModelBuilder builder, string scores, string output)

        // TopK and not ArgMax: ArgMax reads float64 only from opset 12 on.
        => builder.Nodes(
            "TopK",
            [scores, builder.Constant("one", [1], [1L])],
            [builder.Prefix + "top_score", output],
            [OnnxModelBuilder.Attribute("axis", -1), OnnxModelBuilder.Attribute("largest", 1), OnnxModelBuilder.Attribute("sorted", 1)]);

    /// <summary>Scores divided by the temperature.</summary>
    public static string Tempered(OnnxModelBuilder builder, OnnxScorer scorer, string scores)
        => builder.Node("Div", "logits", [scores, builder.Constant("temperature", [1], [scorer.Temperature])]);
}
