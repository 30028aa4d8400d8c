using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

public unsafe class TemperatureFitTests
{
    private const int Rows = 301;
    private const int Outputs = 4;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 0.01)]
    [InlineData(false, 0.01)]
    [InlineData(true, 40)]
    [InlineData(false, 40)]
    public void Fit_ScoresOfAnySize_FindsTheLeastLossOfAScan(bool softmax, double size)
    {
        // Scores that are right for two rows of three.
        var scores = Scores(softmax, (r, c, isOwn) => size * ((isOwn == (r % 3 != 0) ? 1.0 : 0) + (Noise(r, c) / 2)));
        var (factor, loss) = Fit(softmax, scores);
        Assert.Equal(Value(factor), loss, 1e-3);
        for (var other = 1.0 / 1024; other <= 1024; other *= 1.05)
        {
            Assert.True(Value(other) >= loss - (2e-4 * loss), $"{other} has a loss of {Value(other)}, {factor} of {loss}");
        }

        double Value(double f) => PlainLoss(softmax, scores, f);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_RowsThatAreAllToldApart_StaysFinite(bool softmax)
    {
        var (factor, loss) = Fit(softmax, Scores(softmax, (_, _, isOwn) => isOwn ? 1 : softmax ? 0 : -1));
        Assert.InRange(factor, 2, 50);
        Assert.InRange(loss, 0, Rows * 0.2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_RowsThatAreAllWrong_TakesTheLeastFactor(bool softmax)
    {
        var (factor, loss) = Fit(softmax, Scores(softmax, (_, _, isOwn) => isOwn ? -1 : 1));
        Assert.InRange(factor, 1.0 / 1024, 0.01);
        Assert.InRange(loss, 0, 1.1 * Rows * (softmax ? Math.Log(Outputs) : Outputs * Math.Log(2)));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-300)]
    [InlineData(1e12)]
    [InlineData(1e300)]
    public void Fit_ScoresWithoutUseOrBounds_StaysFinite(double size)
    {
        foreach (var softmax in (bool[])[true, false])
        {
            foreach (var sign in (double[])[1, -1])
            {
                var (factor, loss) = Fit(softmax, Scores(softmax, (r, c, isOwn) => size * sign * ((isOwn ? 1 : 0) + Noise(r, c))));
                Assert.InRange(factor, 1.0 / 1024, 1024);
                Assert.True(double.IsFinite(loss) && loss >= 0);
            }
        }
    }

    [Fact]
    public void Fit_AnyOrderOfRows_HasTheSameBits()
    {
        var scores = Scores(true, (r, c, isOwn) => (isOwn ? 1.0 : 0) + Noise(r, c));
        int[] order = [.. Enumerable.Range(0, Rows)];
        new Random(2).Shuffle(order);
        double[] shuffled = [.. Enumerable.Range(0, Outputs).SelectMany(c => order.Select(r => scores[(c * Rows) + r]))];
        Assert.Equal(Fit(true, scores), Fit(LogLoss.Softmax([.. order.Select(ClassOf)], Outputs), shuffled, Rows));
    }

    [Fact]
    public void Fit_OneRow_StaysFinite()
    {
        var (factor, loss) = Fit(LogLoss.Softmax([1], 2), [0, 5], 1);
        Assert.InRange(factor, 1.0 / 1024, 1024);
        Assert.InRange(loss, 0, 1);
    }

    private static int ClassOf(int row) => (int)(SplitMix64.Mix((ulong)row + 3) % Outputs);

    private static bool Has(bool softmax, int row, int output) => softmax ? ClassOf(row) == output : SplitMix64.Mix((ulong)((row * 9) + output)) % 2 == 0;

    private static double Noise(int row, int output) => ((SplitMix64.Mix((ulong)((row * 31) + output)) >> 11) / (double)(1L << 52)) - 1;

    private static double[] Scores(bool softmax, Func<int, int, bool, double> score)
    {
        var scores = new double[Outputs * Rows];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = score(i % Rows, i / Rows, Has(softmax, i % Rows, i / Rows));
        }

        return scores;
    }

    private static (double Factor, double Loss) Fit(bool softmax, double[] scores)
        => Fit(
            softmax ? LogLoss.Softmax([.. Enumerable.Range(0, Rows).Select(ClassOf)], Outputs) : LogLoss.Sigmoid(Rows, Outputs, (r, c) => Has(false, r, c)),
            scores,
            Rows);

    private static (double Factor, double Loss) Fit(LogLoss loss, double[] scores, int rows)
    {
        var stride = (rows + 7) / 8 * 8;
        using var padded = new PinnedBuffer<double>(loss.Outputs * stride);
        for (var i = 0; i < scores.Length; i++)
        {
            padded.Pointer[(i / rows * stride) + (i % rows)] = scores[i];
        }

        return TemperatureFit.Fit(loss, rows, stride, padded.Pointer);
    }

    // The mean over rows of the margin is what the smoothing by one row adds.
    private static double PlainLoss(bool softmax, double[] scores, double factor)
    {
        double loss = 0, margin = 0;
        for (var r = 0; r < Rows; r++)
        {
            double[] z = [.. Enumerable.Range(0, Outputs).Select(c => scores[(c * Rows) + r] * factor)];
            if (softmax)
            {
                var largest = z.Max();
                loss += largest + Math.Log(z.Sum(x => Math.Exp(x - largest))) - z[ClassOf(r)];
                margin += z[ClassOf(r)] - z.Average();
            }
            else
            {
                for (var c = 0; c < Outputs; c++)
                {
                    loss += Math.Log(1 + Math.Exp(-Math.Abs(z[c]))) + Math.Max(Has(false, r, c) ? -z[c] : z[c], 0);
                    margin += Has(false, r, c) ? z[c] / 2 : -z[c] / 2;
                }
            }
        }

        return loss + (margin / (Rows + 1));
    }
}
