namespace LegoNet.Adapters;

/// <summary>
/// One regression tree of a <see cref="TreeAdapter"/>. Nodes stand in the order in which a walk from the root, left before right,
/// first meets them, and so do leaves; a tree has one node at least. Immutable.
/// </summary>
internal sealed class AdapterTree
{
    private readonly int[] _features;
    private readonly float[] _thresholds;
    private readonly int[] _left;
    private readonly int[] _right;
    private readonly double[] _leaves;

    private AdapterTree(int output, int[] features, float[] thresholds, int[] left, int[] right, double[] leaves)
    {
        Output = output;
        _features = features;
        _thresholds = thresholds;
        _left = left;
        _right = right;
        _leaves = leaves;
    }

    /// <summary>The score that the tree adds to, 0…C − 1.</summary>
    public int Output { get; }

    /// <summary>The feature that each node looks at, [nodes], 0…d − 1.</summary>
    public ReadOnlySpan<int> Features => _features;

    /// <summary>A code up to its node's threshold goes left, a larger one right, [nodes].</summary>
    public ReadOnlySpan<float> Thresholds => _thresholds;

    /// <summary>Where each node's left branch leads, [nodes]: a node's number, or −1 − a leaf's.</summary>
    public ReadOnlySpan<int> Left => _left;

    /// <summary>Where each node's right branch leads, [nodes]: a node's number, or −1 − a leaf's.</summary>
    public ReadOnlySpan<int> Right => _right;

    /// <summary>What each leaf adds to the score, [nodes + 1].</summary>
    public ReadOnlySpan<double> Leaves => _leaves;

    /// <summary>Makes a tree from nodes and leaves in any order.</summary>
    /// <param name="output">The score that the tree adds to.</param>
    /// <param name="features">Feature of each node, [nodes]; the root is node 0.</param>
    /// <param name="thresholds">Threshold of each node, [nodes].</param>
    /// <param name="left">Left branches, [nodes]: a node's number, or −1 − a leaf's.</param>
    /// <param name="right">Right branches, [nodes].</param>
    /// <param name="leaves">What each leaf adds, [nodes + 1]; rounded to multiples of 2⁻³².</param>
    /// <exception cref="ArgumentException">The branches do not form one tree over all nodes and leaves.</exception>
    public static AdapterTree Create(
        int output,
        ReadOnlySpan<int> features,
        ReadOnlySpan<float> thresholds,
        ReadOnlySpan<int> left,
        ReadOnlySpan<int> right,
        ReadOnlySpan<double> leaves)
    {
        if (!TryWalk(left, right, leaves.Length, out var nodeOrder, out var leafOrder) || features.Length != left.Length || thresholds.Length != left.Length)
        {
            throw new ArgumentException("The branches do not form one tree over all nodes and leaves.", nameof(left));
        }

        var nodes = left.Length;
        var newNode = Inverse(nodeOrder);
        var newLeaf = Inverse(leafOrder);
        var tree = new AdapterTree(output, new int[nodes], new float[nodes], new int[nodes], new int[nodes], new double[nodes + 1]);
        for (var node = 0; node < nodes; node++)
        {
            var old = nodeOrder[node];
            tree._features[node] = features[old];
            tree._thresholds[node] = thresholds[old];
            tree._left[node] = left[old] >= 0 ? newNode[left[old]] : ~newLeaf[~left[old]];
            tree._right[node] = right[old] >= 0 ? newNode[right[old]] : ~newLeaf[~right[old]];
        }

        for (var leaf = 0; leaf < leafOrder.Length; leaf++)
        {
            tree._leaves[leaf] = TreeAdapter.Round(leaves[leafOrder[leaf]]);
        }

        return tree;
    }

    /// <summary>A tree as a file holds it; null when the branches do not form one tree whose nodes and leaves stand in order.</summary>
    internal static AdapterTree? FromFile(int output, int[] features, float[] thresholds, int[] left, int[] right, double[] leaves)
        => TryWalk(left, right, leaves.Length, out var nodeOrder, out var leafOrder) && IsAscending(nodeOrder) && IsAscending(leafOrder)
            ? new AdapterTree(output, features, thresholds, left, right, leaves)
            : null;

    /// <summary>The leaf that a code falls into.</summary>
    internal double Score(ReadOnlySpan<double> code)
    {
        var node = 0;
        do
        {
            node = code[_features[node]] <= _thresholds[node] ? _left[node] : _right[node];
        }
        while (node >= 0);

        return _leaves[~node];
    }

    // Meets every node and every leaf exactly once, or fails: what passes has neither cycles nor shared or unreachable parts.
    private static bool TryWalk(ReadOnlySpan<int> left, ReadOnlySpan<int> right, int leaves, out int[] nodeOrder, out int[] leafOrder)
    {
        nodeOrder = [];
        leafOrder = [];
        if (left.Length == 0 || right.Length != left.Length || leaves != left.Length + 1)
        {
            return false;
        }

        var nodes = new List<int>(left.Length);
        var ends = new List<int>(leaves);
        var seenNode = new bool[left.Length];
        var seenLeaf = new bool[leaves];
        var waiting = new Stack<int>([0]);
        while (waiting.TryPop(out var place))
        {
            var leaf = ~place;
            var (seen, order, number) = place >= 0 ? (seenNode, nodes, place) : (seenLeaf, ends, leaf);
            if (number >= seen.Length || seen[number])
            {
                return false;
            }

            seen[number] = true;
            order.Add(number);
            if (place >= 0)
            {
                waiting.Push(right[place]);
                waiting.Push(left[place]);
            }
        }

        nodeOrder = [.. nodes];
        leafOrder = [.. ends];
        return nodes.Count == left.Length && ends.Count == leaves;
    }

    private static int[] Inverse(int[] order)
    {
        var inverse = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            inverse[order[i]] = i;
        }

        return inverse;
    }

    private static bool IsAscending(int[] order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            if (order[i] != i)
            {
                return false;
            }
        }

        return true;
    }
}
