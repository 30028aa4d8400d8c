using LegoNet.Onnx.Graphs;
using LegoNet.Specs;

namespace LegoNet.Onnx.Export;

/// <summary>Writes the outputs of a graph that scores one record at a time (<see cref="OnnxRowOutputs"/>).</summary>
internal static class RowOutputGraph
{
    /// <summary>Appends the nodes.</summary>
    /// <param name="builder">The graph.</param>
    /// <param name="scorer">The model; not multi-label.</param>
    /// <param name="scores">Scores, float64 [1, C].</param>
    /// <param name="rows">Slots and their names.</param>
    /// <param name="prefix">Put before the outputs' names.</param>
    public static void Append(OnnxModelBuilder builder, OnnxScorer scorer, string scores, OnnxRowOutputs rows, string prefix)
    {
        switch (scorer.Task)
        {
            case LearningTask.Regression:
                Output(builder, PredictionGraph.Value(builder, scorer, scores), prefix + OnnxRowOutputs.Value, 1);
                break;
            case LearningTask.Binary:
                var margin = builder.Node("Sub", "margin", [Column(builder, "second", scores, 1), Column(builder, "first", scores, 0)]);
                Output(builder, margin, prefix + OnnxRowOutputs.Margin, 1);
                break;
            case LearningTask.Multiclass:
                Multiclass(builder, scorer, scores, rows, prefix);
                break;
            default:
                throw new ArgumentException("A multi-label model has no columns in ML.NET.", nameof(scorer));
        }
    }

    private static void Multiclass(OnnxModelBuilder builder, OnnxScorer scorer, string scores, OnnxRowOutputs rows, string prefix)
    {
        var (c, slots) = (scorer.Prior.Length, rows.ClassOfSlot.Count);
        var slotOfClass = new double[c];
        for (var slot = 0; slot < slots; slot++)
        {
            if (rows.ClassOfSlot[slot] >= 0)
            {
                slotOfClass[rows.ClassOfSlot[slot]] = slot;
            }
        }

        // A slot of no class reads the column of zeros after the classes.
        var probability = PredictionGraph.Softmax(builder, scorer, scores);
        var padded = builder.Node("Concat", "padded", [probability, builder.Constant("no_class", [1, 1], [0.0])], [OnnxModelBuilder.Attribute("axis", 1)]);
        var order = builder.Constant("class_of_slot", [slots], rows.ClassOfSlot.Select(number => number < 0 ? (long)c : number).ToArray());
        Output(builder, builder.Node("Gather", "by_slot", [padded, order], [OnnxModelBuilder.Attribute("axis", 1)]), prefix + OnnxRowOutputs.Score, slots);
        NameSlots(builder, rows.SlotNames, prefix + OnnxRowOutputs.Score);

        var top = builder.Prefix + "top";
        PredictionGraph.Top(builder, scores, top);
        var slotOfTop = builder.Node("Gather", "top_slot", [builder.Constant("slot_of_class", [c], slotOfClass), top], [OnnxModelBuilder.Attribute("axis", 0)]);
        var probabilityOfTop = builder.Node("GatherElements", "top_probability", [probability, top], [OnnxModelBuilder.Attribute("axis", 1)]);
        var choice = builder.Node("Concat", "choice", [slotOfTop, probabilityOfTop], [OnnxModelBuilder.Attribute("axis", 1)]);
        Output(builder, choice, prefix + OnnxRowOutputs.Choice, 2);
    }

    /// <summary>ML.NET takes the names of an output's slots from the node "mlnet.OUTPUT.SlotNames", whose result nobody needs.</summary>
    private static void NameSlots(OnnxModelBuilder builder, IReadOnlyList<string> names, string output)
    {
        if (builder.OpsetOf(TreeGraph.MachineLearningDomain) is null)
        {
            builder.Opset(TreeGraph.MachineLearningDomain, 2);
        }

        builder.Nodes(
            "LabelEncoder",
            [builder.Constant("slot_names", [names.Count], names)],
            [builder.Prefix + "slot_numbers"],
            [
                OnnxModelBuilder.Attribute("keys_strings", names),
                OnnxModelBuilder.Attribute("values_int64s", Enumerable.Range(0, names.Count).Select(slot => (long)slot)),
            ],
            TreeGraph.MachineLearningDomain,
            $"mlnet.{output}.SlotNames");
    }

    private static string Column(OnnxModelBuilder builder, string name, string scores, long column)
        => builder.Node("Gather", name, [scores, builder.Constant(name + "_column", [1], [column])], [OnnxModelBuilder.Attribute("axis", 1)]);

    /// <summary>A float64 [1, length] as the float32 [length] that goes out.</summary>
    private static void Output(OnnxModelBuilder builder, string value, string output, int length)
    {
        var single = builder.Node("Cast", "single_" + length + "_" + output, [value], [OnnxModelBuilder.Attribute("to", (long)OnnxType.Float)]);
        builder.Nodes("Reshape", [single, builder.Constant("row_shape_" + output, [1], [(long)length])], [output]);
        builder.Output(output, OnnxType.Float, length);
    }
}
