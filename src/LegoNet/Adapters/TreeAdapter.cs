using LegoNet.Data.Formats;

namespace LegoNet.Adapters;

/// <summary>
/// An adapter of regression trees: score_c = offset_c + the sum of one leaf of each tree of output c, in float64, in the order of the
/// trees. Codes are whole numbers and are compared with thresholds exactly, and offsets and leaves are multiples of 2⁻³², so that sums below
/// 2²⁰ are exact: scores are the same doubles on every machine and in every runtime, whatever the order in which it adds trees and adapters.
/// </summary>
internal sealed class TreeAdapter : IAdapter
{
    private const string Malformed = "is not an adapter of trees";
    private const double UnitsPerOne = 1L << 32;
    private const double Largest = 1 << 20;

    private readonly double[] _offsets;
    private readonly AdapterTree[] _trees;

    /// <summary>Wraps trees.</summary>
    /// <param name="offsets">What every record's scores begin with, [C]; rounded to multiples of 2⁻³².</param>
    /// <param name="trees">The trees; those of an output in the order in which they are summed, outputs ascending.</param>
    /// <exception cref="ArgumentException">A tree's output is out of range or out of order.</exception>
    public TreeAdapter(IReadOnlyList<double> offsets, IReadOnlyList<AdapterTree> trees)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(trees);
        _offsets = [.. offsets.Select(Round)];
        _trees = [.. trees];
        var last = 0;
        foreach (var tree in _trees)
        {
            if (tree.Output < last || tree.Output >= _offsets.Length)
            {
                throw new ArgumentException("Trees stand in the order of their outputs, 0…C − 1.", nameof(trees));
            }

            last = tree.Output;
        }
    }

    /// <summary>Scores, C.</summary>
    public int Outputs => _offsets.Length;

    /// <summary>What every record's scores begin with, [C].</summary>
    public ReadOnlySpan<double> Offsets => _offsets;

    /// <summary>The trees, in the order in which they are summed.</summary>
    public IReadOnlyList<AdapterTree> Trees => _trees;

    /// <summary>The adapter's file.</summary>
    public byte[] ToFile()
    {
        var nodes = _trees.Sum(t => t.Features.Length);
        var (features, thresholds, left, right) = (new List<int>(nodes), new List<float>(nodes), new List<int>(nodes), new List<int>(nodes));
        var leaves = new List<double>(nodes + _trees.Length);
        foreach (var tree in _trees)
        {
            features.AddRange(tree.Features);
            thresholds.AddRange(tree.Thresholds);
            left.AddRange(tree.Left);
            right.AddRange(tree.Right);
            leaves.AddRange(tree.Leaves);
        }

        var writer = new SafetensorsWriter();
        writer.Add<double>("offsets", _offsets, _offsets.Length);
        writer.Add<double>("leaves", leaves.ToArray(), leaves.Count);
        writer.Add<int>("outputs", Array.ConvertAll(_trees, t => t.Output), _trees.Length);
        writer.Add<int>("nodes", Array.ConvertAll(_trees, t => t.Features.Length), _trees.Length);
        writer.Add<int>("features", features.ToArray(), nodes);
        writer.Add<float>("thresholds", thresholds.ToArray(), nodes);
        writer.Add<int>("left", left.ToArray(), nodes);
        writer.Add<int>("right", right.ToArray(), nodes);
        return writer.ToArray();
    }

    /// <summary>Reads an adapter's file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="outputs">Scores, C.</param>
    /// <param name="dimension">Length d of a code.</param>
    /// <exception cref="LegoNetException">The file does not hold well-formed trees of finite numbers over d features.</exception>
    public static TreeAdapter Read(ReadOnlyMemory<byte> bytes, string file, int outputs, int dimension)
    {
        var parsed = SafetensorsFile.Parse(bytes, file, LegoNetError.Damaged);
        var offsets = parsed.Get<double>("offsets", outputs).ToArray();
        var treeOutputs = parsed.Get<int>("outputs", -1);
        var counts = parsed.Get<int>("nodes", treeOutputs.Length);
        var features = parsed.Get<int>("features", -1);
        var thresholds = parsed.Get<float>("thresholds", features.Length);
        var left = parsed.Get<int>("left", features.Length);
        var right = parsed.Get<int>("right", features.Length);
        var leaves = parsed.Get<double>("leaves", (long)features.Length + treeOutputs.Length);
        if (!Array.TrueForAll(offsets, double.IsFinite) || !Finite(leaves) || !Finite(thresholds))
        {
            throw LegoNetException.Damaged($"{file}: holds a number that is not finite.");
        }

        foreach (var feature in features)
        {
            if ((uint)feature >= (uint)dimension)
            {
                throw LegoNetException.Damaged($"{file}: a tree looks at feature {feature} of a code of length {dimension}.");
            }
        }

        var trees = new AdapterTree[treeOutputs.Length];
        int node = 0, last = 0;
        for (var t = 0; t < trees.Length; t++)
        {
            var count = counts[t];
            if (count < 1 || count > features.Length - node || treeOutputs[t] < last || treeOutputs[t] >= outputs)
            {
                throw LegoNetException.Damaged($"{file}: {Malformed} (tree {t} has no place in it).");
            }

            last = treeOutputs[t];
            trees[t] = AdapterTree.FromFile(
                last,
                features.Slice(node, count).ToArray(),
                thresholds.Slice(node, count).ToArray(),
                left.Slice(node, count).ToArray(),
                right.Slice(node, count).ToArray(),
                leaves.Slice(node + t, count + 1).ToArray())
                ?? throw LegoNetException.Damaged($"{file}: {Malformed} (the branches of tree {t} do not form a tree).");
            node += count;
        }

        return node == features.Length
            ? new TreeAdapter(offsets, trees)
            : throw LegoNetException.Damaged($"{file}: {Malformed} (it has nodes of no tree).");
    }

    /// <inheritdoc/>
    public void AddScores(ReadOnlySpan<double> code, Span<double> scores)
    {
        var next = 0;
        for (var c = 0; c < _offsets.Length; c++)
        {
            double sum = 0;
            for (; next < _trees.Length && _trees[next].Output == c; next++)
            {
                sum += _trees[next].Score(code);
            }

            scores[c] += sum + _offsets[c];
        }
    }

    /// <summary>The nearest multiple of 2⁻³²; from 2²⁰ on the value itself.</summary>
    internal static double Round(double value) => Math.Abs(value) < Largest ? Math.Round(value * UnitsPerOne) / UnitsPerOne : value;

    private static bool Finite(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Finite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
