using LegoNet.Adapters;
using LegoNet.Ensembles;
using LegoNet.Onnx.Graphs;
using LegoNet.Specs;

namespace LegoNet.Onnx.Export;

/// <summary>Writes as ONNX nodes how the scores of a record's adapters become one (<see cref="EnsembleRule"/>).</summary>
/// <remarks>
/// Every rule is made of sums over the adapters that answer. So all adapters, whether on the route or not, first become the terms of those
/// sums, and a product with the route's mask adds them up.
/// </remarks>
internal static class EnsembleGraph
{
    /// <summary>Appends the nodes.</summary>
    /// <param name="builder">The graph.</param>
    /// <param name="scorer">The model; one of its adapters at least has rows.</param>
    /// <param name="codes">The codes' tensor, float64 [N, d].</param>
    /// <param name="routes">Numbers of the adapters on the route, int64 [N, k, 1].</param>
    /// <returns>The scores' tensor, float64 [N, C].</returns>
    public static string Append(OnnxModelBuilder builder, OnnxScorer scorer, string codes, string routes)
    {
        var c = scorer.Prior.Length;
        var parts = new List<(string[] Sums, string Count)>();
        if (scorer.Adapters.OfType<LinearAdapter>().ToArray() is { Length: > 0 } linear)
        {
            parts.Add(Sums<LinearAdapter>("", LinearGraph.Append(builder, linear, codes, scorer.CodeDimension, c)));
        }

        if (scorer.Adapters.OfType<TreeAdapter>().ToArray() is { Length: > 0 } trees)
        {
            parts.Add(Sums<TreeAdapter>("tree_", TreeGraph.Append(builder, trees, codes, c)));
        }

        var (sums, count) = parts[0];
        if (parts.Count > 1)
        {
            sums = [.. sums.Zip(parts[1].Sums, (one, other) => new[] { one, other }).Select((pair, i) => builder.Node("Add", $"sum{i}_of_kinds", pair))];
            count = builder.Node("Add", "count_of_kinds", [count, parts[1].Count]);
        }

        // Where no adapter answers, the rule is given one that says 0, and the prior decides.
        var silent = builder.Node("Less", "silent", [count, builder.Constant("half", [1], [0.5])]);
        var voices = builder.Node("Max", "voices", [count, builder.Constant("one_voice", [1], [1.0])]);
        return builder.Node("Where", "scores", [silent, builder.Constant("prior", [1, c], scorer.Prior), Combine(builder, scorer, sums, voices)]);

        (string[] Sums, string Count) Sums<TAdapter>(string kind, string dense)
        {
            long[] numbers = [.. Enumerable.Range(0, scorer.Adapters.Count).Where(a => scorer.Adapters[a] is TAdapter).Select(a => (long)a)];
            var active = Active(builder, kind, routes, scorer.RouteLength, numbers);
            var terms = Terms(builder, scorer, kind, dense);
            var count = builder.Node("MatMul", kind + "counted", [active, builder.Constant(kind + "filled_ones", [numbers.Length, 1], Ones(numbers.Length))]);
            return ([.. terms.Select((term, i) => Sum($"{kind}sum{i}", term.Values, term.Width))], Flat(kind + "count", count, 1));

            string Sum(string name, string values, int width) => Flat(name, builder.Node("MatMul", name + "_by_row", [active, values]), width);
        }

        string Flat(string name, string values, int width)
            => builder.Node("Reshape", name, [values, builder.Constant(name + "_shape", [2], [-1L, width])]);
    }

    /// <summary>Which of some adapters are on the route, as zeros and ones: float64 [N, 1, m].</summary>
    private static string Active(OnnxModelBuilder builder, string kind, string routes, int k, long[] numbers)
    {
        // Sums are products with ones, because the Reduce operators moved their axes from attribute to input between opsets 11 and 18.
        var equal = builder.Node("Equal", kind + "equal", [routes, builder.Constant(kind + "filled", [1, 1, numbers.Length], numbers)]);
        var hits = builder.Node("Cast", kind + "hits", [equal], [OnnxModelBuilder.Attribute("to", (long)OnnxType.Double)]);
        return builder.Node("MatMul", kind + "active", [builder.Constant(kind + "route_ones", [1, 1, k], Ones(k)), hits]);
    }

    /// <summary>What the rule adds up, of each adapter: tensors [N, m, width], or [m, width] where all records score alike.</summary>
    private static (string Values, int Width)[] Terms(OnnxModelBuilder builder, OnnxScorer scorer, string kind, string dense)
    {
        var c = scorer.Prior.Length;
        var ofLabels = scorer.Task == LearningTask.Multilabel;
        switch (scorer.Ensemble)
        {
            case EnsembleRule.Agreement:
                // One over C as a factor in the product: ONNX Runtime would fold a division of a product by a constant into the product, as a float32.
                var centre = ofLabels ? Threshold(kind + "voice_centre")
                    : builder.Node("MatMul", kind + "voice_centre", [dense, builder.Constant(kind + "class_share", [c, 1], Filled(c, 1.0 / c))]);
                var centred = builder.Node("Sub", kind + "voice", [dense, centre]);
                return [(centred, c), (Square(builder, kind + "voice_square", centred, c), 1)];

            case EnsembleRule.Probabilities when ofLabels:
                // A label's probability e^min(z, 0) / (e^min(z, 0) + e^min(−z, 0)), and that of its absence, neither of them by subtraction.
                var zero = builder.Constant(kind + "zero", [1], [0.0]);
                var z = Tempered(builder.Node("Sub", kind + "over", [dense, Threshold(kind + "voice_threshold")]));
                var present = Exp("present", z);
                var absent = Exp("absent", builder.Node("Neg", kind + "under", [z]));
                var both = builder.Node("Add", kind + "both", [present, absent]);
                return [(builder.Node("Div", kind + "presence", [present, both]), c), (builder.Node("Div", kind + "absence", [absent, both]), c)];

                string Exp(string name, string values) => builder.Node("Exp", kind + name, [builder.Node("Min", kind + name + "_log", [values, zero])]);

            case EnsembleRule.Probabilities:
                return [(builder.Node("Softmax", kind + "voice", [Tempered(dense)], [OnnxModelBuilder.Attribute("axis", -1)]), c)];

            default:
                return [(dense, c)];
        }

        string Threshold(string name) => builder.Constant(name, [1], [scorer.Threshold]);

        string Tempered(string values)
            => builder.Node("Div", kind + "tempered", [values, builder.Constant(kind + "voice_temperature", [1], [scorer.Temperature])]);
    }

    /// <summary>The rule, from its sums and the number of adapters that answer, float64 [N, 1]: float64 [N, C].</summary>
    private static string Combine(OnnxModelBuilder builder, OnnxScorer scorer, string[] sums, string voices)
    {
        var ofLabels = scorer.Task == LearningTask.Multilabel;
        var mean = builder.Node("Div", "mean", [sums[0], voices]);
        switch (scorer.Ensemble)
        {
            case EnsembleRule.Agreement:
                // A mean of 0 stays 0, whatever it is multiplied by.
                var square = Positive("square", Square(builder, "mean_square", mean, scorer.Prior.Length));
                var quotient = builder.Node("Div", "quotient", [builder.Node("Div", "squares", [sums[1], voices]), square]);
                var agreement = builder.Node("Min", "agreement", [quotient, builder.Constant("most_agreement", [1], [Combination.MostAgreement])]);
                var agreed = builder.Node("Mul", "agreed", [mean, agreement]);
                return ofLabels ? builder.Node("Add", "agreed_label", [agreed, Threshold("agreed_centre")]) : agreed;

            case EnsembleRule.Probabilities:
                var log = Log("presence", mean);
                var logit = ofLabels ? builder.Node("Sub", "logit", [log, Log("absence", builder.Node("Div", "mean_absence", [sums[1], voices]))]) : log;
                var score = builder.Node("Mul", "untempered", [logit, builder.Constant("ensemble_temperature", [1], [scorer.Temperature])]);
                return ofLabels ? builder.Node("Add", "untempered_label", [score, Threshold("untempered_centre")]) : score;

            default:
                return mean;
        }

        string Threshold(string name) => builder.Constant(name, [1], [scorer.Threshold]);

        string Log(string name, string values) => builder.Node("Log", "log_" + name, [Positive("some_" + name, values)]);

        // Above 0, so that the logarithm and the quotient are numbers.
        string Positive(string name, string values)
            => builder.Node("Max", name, [values, builder.Constant(name + "_least", [1], [Combination.LeastProbability])]);
    }

    /// <summary>Sums of squares over the last axis, which stays, of length 1.</summary>
    private static string Square(OnnxModelBuilder builder, string name, string values, int c)
        => builder.Node("MatMul", name, [builder.Node("Mul", name + "s", [values, values]), builder.Constant(name + "_ones", [c, 1], Ones(c))]);

    private static double[] Ones(int count) => Filled(count, 1);

    private static double[] Filled(int count, double value)
    {
        var values = new double[count];
        Array.Fill(values, value);
        return values;
    }
}
