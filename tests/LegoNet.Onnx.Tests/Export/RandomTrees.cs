using LegoNet.Adapters;

namespace LegoNet.Onnx.Tests.Export;

/// <summary>Adapters of trees that nobody trained.</summary>
internal static class RandomTrees
{
    /// <summary>An adapter with some trees for each score; none for the last score when there are several.</summary>
    public static TreeAdapter Adapter(Random random, int outputs, int treesPerOutput, int dimension)
    {
        var trees = new List<AdapterTree>();
        for (var c = 0; c < outputs; c++)
        {
            for (var t = 0; t < treesPerOutput && (c == 0 || c < outputs - 1); t++)
            {
                trees.Add(Tree(random, c, random.Next(1, 8), dimension));
            }
        }

        return new TreeAdapter([.. Enumerable.Range(0, outputs).Select(_ => random.NextDouble() - 0.5)], trees);
    }

    /// <summary>A tree that grows by splitting a leaf drawn at random; thresholds lie on codes and between them.</summary>
    public static AdapterTree Tree(Random random, int output, int nodes, int dimension)
    {
        var (features, thresholds) = (new int[nodes], new float[nodes]);
        var (left, right) = (new int[nodes], new int[nodes]);
        for (var node = 0; node < nodes; node++)
        {
            features[node] = random.Next(dimension);
            thresholds[node] = random.Next(-260, 260) / 2f;
            (left[node], right[node]) = (~node, ~(node + 1));
            if (node == 0)
            {
                continue;
            }

            // The new node takes the place of an old leaf; that leaf's number goes to the new node's left branch.
            var open = Enumerable.Range(0, node).SelectMany(i => new[] { (i, true), (i, false) }).Where(p => (p.Item2 ? left : right)[p.i] < 0).ToArray();
            var (parent, isLeft) = open[random.Next(open.Length)];
            var branches = isLeft ? left : right;
            left[node] = branches[parent];
            branches[parent] = node;
        }

        return AdapterTree.Create(output, features, thresholds, left, right, [.. Enumerable.Range(0, nodes + 1).Select(_ => (random.NextDouble() - 0.5) / 3)]);
    }

    /// <summary>What an adapter adds to one score, in the plainest words.</summary>
    public static double Score(TreeAdapter adapter, int output, ReadOnlySpan<sbyte> code)
    {
        double sum = 0;
        foreach (var tree in adapter.Trees.Where(t => t.Output == output))
        {
            var place = 0;
            while (place >= 0)
            {
                place = code[tree.Features[place]] > tree.Thresholds[place] ? tree.Right[place] : tree.Left[place];
            }

            sum += tree.Leaves[~place];
        }

        return sum + adapter.Offsets[output];
    }
}
