using LegoNet.Adapters;
using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Tests.Adapters;

/// <summary>Rows drawn by a fixed stream, whose labels can be guessed from their codes more often than not.</summary>
internal sealed record DrawnShard(LabelLayout Labels, int Dimension, sbyte[][] Codes, int[][] Words)
{
    /// <param name="task">The task.</param>
    /// <param name="rows">m.</param>
    /// <param name="dimension">d.</param>
    /// <param name="zeros">Of so many entries all but one are zero; 1 for none.</param>
    /// <param name="seed">Another number draws other rows.</param>
    public static DrawnShard Draw(LearningTask task, int rows, int dimension, int zeros = 1, int seed = 0)
    {
        var labels = new LabelLayout(
            task,
            task switch
            {
                LearningTask.Multiclass => ["a", "b", "c", "never", "d"],
                LearningTask.Binary => ["no", "yes"],
                LearningTask.Multilabel => [.. Enumerable.Range(0, 35).Select(c => $"l{c}")],
                _ => [],
            },
            task == LearningTask.Regression ? new RegressionTarget(-5, 20, 0.5) : null);
        var draws = new Random(seed + 12345);
        var codes = new sbyte[rows][];
        var words = new int[rows][];
        for (var r = 0; r < rows; r++)
        {
            codes[r] = [.. Enumerable.Range(0, dimension).Select(j => draws.Next(zeros) == 0 ? (sbyte)(draws.Next(255) - 127) : (sbyte)0)];
            var guess = draws.Next(4) == 0 ? draws.Next(256) : 128 + codes[r][0];
            words[r] = task switch
            {
                LearningTask.Multiclass => [guess / 64 == 3 ? 4 : guess / 64],
                LearningTask.Binary => [guess / 128],
                LearningTask.Multilabel => [guess * 0x01010101, guess / 128],
                _ => [guess / 6],
            };
        }

        return new DrawnShard(labels, dimension, codes, words);
    }

    /// <summary>The shard as a trainer takes it, in a given order of rows.</summary>
    public Shard ToShard(int[]? order = null)
    {
        order ??= [.. Enumerable.Range(0, Codes.Length)];
        return new Shard(Labels, Dimension, [.. order.SelectMany(r => Codes[r])], [.. order.SelectMany(r => Words[r])]);
    }

    /// <summary>The same rows in (code, label) order.</summary>
    public DrawnShard Sorted()
    {
        int[] order = [.. Enumerable.Range(0, Codes.Length)];
        Array.Sort(order, (a, b) =>
        {
            var difference = Codes[a].AsSpan().SequenceCompareTo(Codes[b]);
            return difference != 0 ? difference : Words[a].AsSpan().SequenceCompareTo(Words[b]);
        });
        return Only(order);
    }

    public DrawnShard Only(IEnumerable<int> rows) => this with { Codes = [.. rows.Select(r => Codes[r])], Words = [.. rows.Select(r => Words[r])] };

    public DrawnShard Without(int row) => Only(Enumerable.Range(0, Codes.Length).Where(r => r != row));
}
