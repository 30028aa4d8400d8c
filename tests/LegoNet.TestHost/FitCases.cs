using LegoNet.Adapters;
using LegoNet.Data.Json;
using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.TestHost;

/// <summary>Shards that are hard on trainers, each with every trainer that must bear it. The same shards in every process.</summary>
internal static class FitCases
{
    private static readonly string[] s_softmax =
    [
        """{ "trainer": "softmax", "lambda": 1e-9 }""", """{ "trainer": "softmax", "lambda": 0.01 }""", """{ "trainer": "softmax", "lambda": 1e3 }""",
    ];

    private static readonly string[] s_auto =
    [
        """{ "trainer": "auto" }""", """{ "trainer": "auto", "folds": 5, "ridge": [1e3, 1e-3], "softmax": [1e3, 1e-9] }""",
    ];

    private static readonly string[] s_ridge = ["""{ "trainer": "ridge", "lambda": "auto" }"""];

    /// <summary>All cases by name.</summary>
    public static IReadOnlyDictionary<string, FitCase> All { get; } = Create().ToDictionary(c => c.Name);

    private static IEnumerable<FitCase> Create()
    {
        foreach (var task in (LearningTask[])[LearningTask.Multiclass, LearningTask.Binary, LearningTask.Multilabel])
        {
            var labels = Labels(task);
            foreach (var (rows, dimension) in ((int, int)[])[(40, 11), (14, 30)])
            {
                var form = $"{task}, {rows} × {dimension}";
                yield return Case($"{form}, one class", labels, rows, dimension, (_, _, draw) => draw, _ => 1);
                yield return Case($"{form}, all rows equal", labels, rows, dimension, (_, j, _) => (j * 31) - 100, _ => 1);
                yield return Case($"{form}, equal rows of two classes", labels, rows, dimension, (_, j, _) => (j * 31) - 100, r => r % 2);
                yield return Case($"{form}, told apart", labels, rows, dimension, (r, j, draw) => j == r % 2 ? 127 : draw / 40, r => r % 2);
                yield return Case($"{form}, zeros", labels, rows, dimension, (_, _, _) => 0, r => r % 2);
                yield return Case($"{form}, extremes", labels, rows, dimension, (_, _, draw) => draw < 0 ? -127 : 127, r => r % 2);
                yield return Case($"{form}, all at the top", labels, rows, dimension, (_, _, _) => 127, r => r % 3 == 0 ? 1 : 0);
            }

            yield return Case($"{task}, one row", labels, 1, 9, (_, _, draw) => draw, _ => 1);
            yield return Case($"{task}, two rows", labels, 2, 1, (_, _, draw) => draw, r => r);
            yield return Case($"{task}, a row more than columns", labels, 11, 9, (_, _, draw) => draw, r => r % 2);
            yield return Case($"{task}, sparse", labels, 90, 80, (r, j, draw) => (r + (7 * j)) % 40 == 0 ? draw : 0, r => r % 2);
        }

        var many = new LabelLayout(LearningTask.Multiclass, [.. Enumerable.Range(0, 1000).Select(c => $"c{c}")], null);
        yield return Case("1,000 classes, 12 × 8", many, 12, 8, (_, _, draw) => draw, r => r * 17 % 1000);
        yield return Case("1,000 classes, 12 × 20", many, 12, 20, (_, _, draw) => draw, r => r * 17 % 1000);
        yield return Case("1,000 classes, 50 × 8", many, 50, 8, (_, _, draw) => draw, r => r * 17 % 1000, isLong: true);
        yield return Case("1,000 classes, 50 × 60", many, 50, 60, (_, _, draw) => draw, r => r * 17 % 1000, isLong: true);
        yield return Case("1,000 classes, 3000 × 8", many, 3000, 8, (r, _, draw) => (draw + r) % 128, r => r * 17 % 1000, isLong: true);
        var binary = Labels(LearningTask.Binary);
        yield return Case("many rows and columns, told apart", binary, 2060, 2055, (r, j, draw) => j == r % 2 ? 127 : draw / 40, r => r % 2, isLong: true);
        yield return Case("many rows and columns, equal rows of two classes", binary, 2060, 2055, (_, j, _) => j % 100, r => r % 2, isLong: true);
        yield return Case("many rows and columns, zeros", binary, 2060, 2055, (_, _, _) => 0, r => r % 2, isLong: true);
        yield return Case("many rows and columns, one class at the top", binary, 2060, 2055, (_, _, _) => 127, _ => 1, isLong: true);
        yield return Case("Regression, 60 × 11", Labels(LearningTask.Regression), 60, 11, (_, _, draw) => draw, r => r % 50);
        yield return Case("Regression, 30 × 40", Labels(LearningTask.Regression), 30, 40, (_, _, draw) => draw, r => r % 50);
        yield return Case("Regression, one row", Labels(LearningTask.Regression), 1, 9, (_, _, draw) => draw, _ => 7);
        yield return Case("Regression, all rows equal", Labels(LearningTask.Regression), 40, 9, (_, j, _) => j * 11, _ => 7);
        yield return Case("Regression, zeros", Labels(LearningTask.Regression), 40, 9, (_, _, _) => 0, r => r);
    }

    private static LabelLayout Labels(LearningTask task) => new(
        task,
        task switch
        {
            LearningTask.Multiclass => ["a", "b", "never"],
            LearningTask.Binary => ["no", "yes"],
            LearningTask.Multilabel => [.. Enumerable.Range(0, 34).Select(c => $"l{c}")],
            _ => [],
        },
        task == LearningTask.Regression ? new RegressionTarget(-5, 20, 0.5) : null);

    private static FitCase Case(
        string name, LabelLayout labels, int rows, int dimension, Func<int, int, int, int> code, Func<int, int> label, bool isLong = false)
    {
        var codes = new sbyte[rows * dimension];
        var words = new int[rows * labels.Width];
        for (var r = 0; r < rows; r++)
        {
            for (var j = 0; j < dimension; j++)
            {
                codes[(r * dimension) + j] = (sbyte)code(r, j, (int)(SplitMix64.Mix((ulong)((r * 1000) + j)) % 255) - 127);
            }

            words[r * labels.Width] = label(r);
        }

        string[] trainers = labels.Task == LearningTask.Regression ? s_ridge : isLong ? [s_softmax[0], s_auto[0]] : [.. s_softmax, .. s_auto, .. s_ridge];
        return new FitCase(name, labels, dimension, codes, words, trainers, isLong);
    }

    /// <summary>A trainer as a spec names it.</summary>
    public static ISummingTrainer Trainer(string adapter, LabelLayout labels, int dimension)
        => (ISummingTrainer)AdapterTrainers.Create(StrictJson.Parse($$"""{ "adapter": {{adapter}} }""", "spec.json").Object("adapter"), labels, dimension);
}
