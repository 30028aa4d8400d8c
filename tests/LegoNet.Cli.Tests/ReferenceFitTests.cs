using System.Globalization;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>
/// Regression and multi-label against a fit in the plainest words: one ridge on all records by normal equations and Gaussian
/// elimination in float64. With n = k = 1 the model is that ridge, so the predictions agree but for float32 weights; with many adapters
/// the accuracy is at least nearly that.
/// </summary>
public sealed class ReferenceFitTests
{
    private const int Train = 900;
    private const int Test = 400;
    private const double Lambda = 3000;

    [Theory]
    [InlineData("regression")]
    [InlineData("multilabel")]
    public void OneAdapter_PredictsWhatOneRidgePredicts(string task)
    {
        using var folder = new TempFolder();
        var (train, test) = (Points.Draw(Train, task), Points.Draw(Test, task, seed: 2));
        var scores = Score(folder, task, train, test, adapters: 1, active: 1);
        var reference = Reference(task, train, test);

        for (var i = 0; i < Test; i++)
        {
            if (task == "regression")
            {
                Assert.Equal(Math.Clamp(reference[i][0], -20, 20), double.Parse(scores[i], CultureInfo.InvariantCulture), 1e-4);
            }
            else if (reference[i].All(s => Math.Abs(s - 0.5) > 1e-5))
            {
                Assert.Equal(string.Join('|', Points.Classes.Where((_, c) => reference[i][c] >= 0.5)), scores[i]);
            }
        }
    }

    [Fact]
    public void ManyAdaptersOnRegression_ComeAtLeastNearOneRidge()
    {
        using var folder = new TempFolder();
        var (train, test) = (Points.Draw(Train, "regression"), Points.Draw(Test, "regression", seed: 2));
        var scores = Score(folder, "regression", train, test, adapters: 12, active: 4);
        var reference = Reference("regression", train, test);

        double Rmse(Func<int, double> predict) => Math.Sqrt(Enumerable.Range(0, Test).Average(i => Math.Pow(predict(i) - Number(test[i].Label), 2)));
        var ours = Rmse(i => Number(scores[i]));
        Assert.InRange(ours, 0, 1.02 * Rmse(i => reference[i][0]));

        var json = Legonet.Run("evaluate", folder["model"], "--data", folder["test.csv"], "--json").Succeeds().Json;
        Assert.Equal(ours, (double)json["rootMeanSquaredError"]!, 1e-9);
        Assert.Equal(Enumerable.Range(0, Test).Average(i => Math.Abs(Number(scores[i]) - Number(test[i].Label))), (double)json["meanAbsoluteError"]!, 1e-9);
    }

    [Fact]
    public void ManyAdaptersOnMultilabel_ComeAtLeastNearOneRidge()
    {
        using var folder = new TempFolder();
        var (train, test) = (Points.Draw(Train, "multilabel"), Points.Draw(Test, "multilabel", seed: 2));
        var scores = Score(folder, "multilabel", train, test, adapters: 12, active: 4);
        var reference = Reference("multilabel", train, test);

        double ExactMatch(Func<int, string> predict) => Enumerable.Range(0, Test).Average(i => predict(i) == test[i].Label ? 1.0 : 0);
        var ours = ExactMatch(i => scores[i]);
        Assert.InRange(ours, ExactMatch(i => string.Join('|', Points.Classes.Where((_, c) => reference[i][c] >= 0.5))) - 0.01, 1);
        Assert.Equal(ours, (double)Legonet.Run("evaluate", folder["model"], "--data", folder["test.csv"], "--json").Succeeds().Json["exactMatch"]!, 1e-12);
    }

    private static string[] Score(TempFolder folder, string task, Point[] train, Point[] test, int adapters, int active)
    {
        folder.Write("train.csv", Points.Csv(train));
        folder.Write("test.csv", Points.Csv(test));
        var spec = folder.Write("spec.json", Points.Spec(task, "train.csv", adapters, active, Lambda));
        Legonet.Run("train", spec, "--out", folder["model"]).Succeeds();
        Legonet.Run("score", folder["model"], "--data", folder["test.csv"], "--out", folder["scores.csv"]).Succeeds();
        return [.. File.ReadAllLines(folder["scores.csv"])[1..].Select(l => l.Split(',')[2])];
    }

    private static double[][] Reference(string task, Point[] train, Point[] test)
    {
        const int Width = Points.Dimension + 1;
        var outputs = task == "regression" ? 1 : Points.Classes.Length;
        var gram = new double[Width, Width];
        var moments = new double[Width, outputs];
        foreach (var point in train)
        {
            var (x, y) = (Row(point), Targets(task, point));
            for (var i = 0; i < Width; i++)
            {
                for (var j = 0; j < Width; j++)
                {
                    gram[i, j] += x[i] * x[j];
                }

                for (var c = 0; c < outputs; c++)
                {
                    moments[i, c] += x[i] * y[c];
                }
            }
        }

        for (var i = 0; i < Width; i++)
        {
            gram[i, i] += Lambda;
        }

        Eliminate(gram, moments);
        return [.. test.Select(point =>
        {
            var x = Row(point);
            return Enumerable.Range(0, outputs).Select(c => Enumerable.Range(0, Width).Sum(i => x[i] * moments[i, c])).ToArray();
        })];
    }

    // Codes as the spec declares them: −4 to 4 over −127 to 127, and a constant 127. The target's middle is zero, as the penalty on the constant wants it.
    private static double[] Row(Point point) => [.. point.Values.Select(v => Math.Clamp(Math.Round(v * 127.0 / 4), -127, 127)), 127];

    private static double[] Targets(string task, Point point)
        => task == "regression" ? [Number(point.Label)] : [.. Points.Classes.Select(c => point.Label.Split('|').Contains(c) ? 1.0 : 0)];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    // Gauss and Jordan; the matrix is positive definite, so no pivoting.
    private static void Eliminate(double[,] matrix, double[,] right)
    {
        int n = matrix.GetLength(0), m = right.GetLength(1);
        for (var p = 0; p < n; p++)
        {
            for (var i = 0; i < n; i++)
            {
                if (i == p)
                {
                    continue;
                }

                var factor = matrix[i, p] / matrix[p, p];
                for (var j = 0; j < n; j++)
                {
                    matrix[i, j] -= factor * matrix[p, j];
                }

                for (var j = 0; j < m; j++)
                {
                    right[i, j] -= factor * right[p, j];
                }
            }
        }

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < m; j++)
            {
                right[i, j] /= matrix[i, i];
            }
        }
    }
}
