using LegoNet.Adapters;
using LegoNet.Onnx.Graphs;

namespace LegoNet.Onnx.Export;

/// <summary>Writes adapters of trees as one TreeEnsemble node (ai.onnx.ml 5) over float64, with one target per adapter and class.</summary>
internal static class TreeGraph
{
    /// <summary>The domain of ONNX's operators for classic models.</summary>
    public const string MachineLearningDomain = "ai.onnx.ml";

    // The first version with float64 results; in the older TreeEnsembleRegressor they are float32.
    private const long Opset = 5;

    // What a node takes at least: 8 bytes of threshold, a mode, a feature, two branches and two marks; a leaf: 8 bytes and a target.
    private const long BytesPerNode = 14;
    private const long BytesPerLeaf = 9;

    /// <summary>Appends the nodes. Every adapter scores every record; a mask picks afterwards.</summary>
    /// <param name="builder">The graph.</param>
    /// <param name="adapters">The adapters, m.</param>
    /// <param name="codes">The codes' tensor, float64 [N, d]: whole numbers, so that comparisons with thresholds are exact.</param>
    /// <param name="c">Scores, C.</param>
    /// <returns>The tensor of all adapters' scores: float64 [N, m, C], or [m, C] where no adapter has a tree and so all records score alike.</returns>
    public static string Append(OnnxModelBuilder builder, TreeAdapter[] adapters, string codes, int c)
    {
        var offsets = builder.Constant("tree_offsets", [adapters.Length, c], adapters.SelectMany(a => a.Offsets.ToArray()).ToArray());
        var nodes = adapters.Sum(a => a.Trees.Sum(t => (long)t.Features.Length));
        if (nodes == 0)
        {
            return offsets;
        }

        var trees = adapters.Sum(a => (long)a.Trees.Count);
        var bytes = (nodes * BytesPerNode) + ((nodes + trees) * BytesPerLeaf);
        if (bytes > int.MaxValue)
        {
            throw LegoNetException.BadInput($"The ONNX graph would hold at least {bytes >> 20} MiB of trees, and ONNX files end at 2048 MiB.");
        }

        if (builder.OpsetOf(MachineLearningDomain) is { } version && version != Opset)
        {
            throw LegoNetException.BadInput(
                $"The encoder declares version {version} of the operators {MachineLearningDomain}, and adapters of trees need version {Opset}; "
                + "export without the encoder.");
        }

        builder.Opset(MachineLearningDomain, Opset);
        var sums = builder.Node("TreeEnsemble", "tree_sums", [codes], Attributes(adapters, c, (int)nodes, (int)trees), MachineLearningDomain);
        var shaped = builder.Node("Reshape", "tree_sums_by_adapter", [sums, builder.Constant("tree_shape", [3], [-1L, adapters.Length, c])]);
        return builder.Node("Add", "tree_scores", [shaped, offsets]);
    }

    private static ProtoField[] Attributes(TreeAdapter[] adapters, int c, int nodes, int trees)
    {
        var (features, splits) = (new int[nodes], new double[nodes]);
        var (trueIds, trueLeafs, falseIds, falseLeafs) = (new int[nodes], new int[nodes], new int[nodes], new int[nodes]);
        var (targets, weights) = (new int[nodes + trees], new double[nodes + trees]);
        var roots = new int[trees];
        int node = 0, leaf = 0, tree = 0;
        for (var a = 0; a < adapters.Length; a++)
        {
            foreach (var t in adapters[a].Trees)
            {
                roots[tree++] = node;
                for (var i = 0; i < t.Features.Length; i++)
                {
                    features[node + i] = t.Features[i];
                    splits[node + i] = t.Thresholds[i];
                    (trueIds[node + i], trueLeafs[node + i]) = Branch(t.Left[i]);
                    (falseIds[node + i], falseLeafs[node + i]) = Branch(t.Right[i]);
                }

                t.Leaves.CopyTo(weights.AsSpan(leaf));
                targets.AsSpan(leaf, t.Leaves.Length).Fill((a * c) + t.Output);
                node += t.Features.Length;
                leaf += t.Leaves.Length;
            }
        }

        // Mode 0 is "up to the threshold" (BRANCH_LEQ) and aggregate 1 the sum, both also the operator's way of post_transform 0.
        return
        [
            OnnxModelBuilder.Attribute("aggregate_function", 1),
            OnnxModelBuilder.PackedAttribute("leaf_targetids", targets),
            OnnxModelBuilder.Attribute("leaf_weights", weights),
            OnnxModelBuilder.Attribute("n_targets", (long)adapters.Length * c),
            OnnxModelBuilder.PackedAttribute("nodes_falseleafs", falseLeafs),
            OnnxModelBuilder.PackedAttribute("nodes_falsenodeids", falseIds),
            OnnxModelBuilder.PackedAttribute("nodes_featureids", features),
            OnnxModelBuilder.Attribute("nodes_modes", new byte[nodes]),
            OnnxModelBuilder.Attribute("nodes_splits", splits),
            OnnxModelBuilder.PackedAttribute("nodes_trueleafs", trueLeafs),
            OnnxModelBuilder.PackedAttribute("nodes_truenodeids", trueIds),
            OnnxModelBuilder.Attribute("post_transform", 0),
            OnnxModelBuilder.PackedAttribute("tree_roots", roots),
        ];

        (int Id, int IsLeaf) Branch(int place) => place >= 0 ? (node + place, 0) : (leaf + ~place, 1);
    }
}
