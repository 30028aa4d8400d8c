using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

public unsafe class LogLossTests
{
    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(true, 5)]
    [InlineData(true, 40)]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(false, 40)]
    public void Evaluate_AnyRows_IsThePlainLossAndItsDifferences(bool softmax, int outputs)
    {
        const int Rows = 21;
        const double Step = 1e-5;
        var (loss, classes) = Problem(softmax, Rows, outputs);
        double[] logits = [.. Enumerable.Range(0, outputs * Rows).Select(i => Number(i, 8))];
        var (losses, residuals) = Evaluate(loss, logits, Rows, 0, Rows);
        for (var r = 0; r < Rows; r++)
        {
            Assert.Equal(Plain(softmax, logits, classes, r, Rows, outputs), losses[r], 1e-12 * (1 + losses[r]));
            for (var c = 0; c < outputs; c++)
            {
                var moved = (double[])logits.Clone();
                moved[(c * Rows) + r] += Step;
                var above = Plain(softmax, moved, classes, r, Rows, outputs);
                moved[(c * Rows) + r] -= 2 * Step;
                var below = Plain(softmax, moved, classes, r, Rows, outputs);
                Assert.Equal((above - below) / (2 * Step), residuals[(c * Rows) + r], 1e-8);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Evaluate_RowsAlone_HaveTheBitsThatTheyHaveAmongOthers(bool softmax)
    {
        const int Rows = 35;
        const int Outputs = 4;
        var (loss, _) = Problem(softmax, Rows, Outputs);
        double[] logits = [.. Enumerable.Range(0, Outputs * Rows).Select(i => Number(i, 30))];
        var (losses, residuals) = Evaluate(loss, logits, Rows, 0, Rows);
        for (var first = 0; first < Rows; first++)
        {
            for (var count = 1; count <= Math.Min(10, Rows - first); count += 3)
            {
                double[] some = [.. Enumerable.Range(0, Outputs).SelectMany(c => logits.Skip((c * Rows) + first).Take(count))];
                var (own, ownResiduals) = Evaluate(loss, some, count, first, count);
                Assert.Equal(losses[first..(first + count)], own);
                Assert.Equal(Enumerable.Range(0, Outputs).SelectMany(c => residuals.Skip((c * Rows) + first).Take(count)), ownResiduals);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Evaluate_LogitsFarApart_StaysFiniteAndWithinOne(bool softmax)
    {
        const int Rows = 16;
        const int Outputs = 3;
        var (loss, _) = Problem(softmax, Rows, Outputs);
        foreach (var size in (double[])[700, 1e4, 1e15, 1e300])
        {
            double[] logits = [.. Enumerable.Range(0, Outputs * Rows).Select(i => Number(i, size))];
            var (losses, residuals) = Evaluate(loss, logits, Rows, 0, Rows);
            Assert.All(losses, l => Assert.True(double.IsFinite(l) && l >= 0, $"{size}: {l}"));
            Assert.All(residuals, p => Assert.InRange(p, -1, 1));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Terms_OfAFactor_AreTheDerivativesOfTheLoss(bool softmax)
    {
        const int Rows = 21;
        const int Outputs = 4;
        const double Factor = 0.7;
        const double Step = 1e-4;
        var (loss, _) = Problem(softmax, Rows, Outputs);
        double[] scores = [.. Enumerable.Range(0, Outputs * Rows).Select(i => Number(i, 3))];
        var (below, at, above) = (Loss(Factor - Step), Loss(Factor), Loss(Factor + Step));
        var terms = Terms(Factor);
        Assert.Equal(at, terms.Loss, 1e-4);
        Assert.Equal((above - below) / (2 * Step), terms.Slope, 1e-3);
        Assert.Equal((above - at - (at - below)) / (Step * Step), terms.Curvature, 1e-2);

        double Loss(double factor) => Evaluate(loss, [.. scores.Select(s => s * factor)], Rows, 0, Rows).Losses.Sum();

        LogLossTerms Terms(double factor)
        {
            const int Stride = 24;
            using var s = Padded(scores, Rows, Stride);
            using var p = Padded([.. scores.Select(x => x * factor)], Rows, Stride);
            using var l = new PinnedBuffer<double>(Stride);
            loss.Evaluate(0, Rows, Stride, p.Pointer, p.Pointer, l.Pointer);
            return loss.Terms(Rows, Stride, s.Pointer, p.Pointer, l.Pointer, 1 << 20, 1 << 20);
        }
    }

    [Fact]
    public void Squared_AnyRows_IsAQuarterOfTheSquaredErrorAndGrowsEvenlyBeyondTwo()
    {
        const int Rows = 13;
        var loss = LogLoss.Squared(Rows, 2, (r, c) => (r % 2 == c ? 1 : -1));
        double[] scores = [.. Enumerable.Range(0, 2 * Rows).Select(i => Number(i, 4))];
        var (losses, residuals) = Evaluate(loss, scores, Rows, 0, Rows);
        for (var r = 0; r < Rows; r++)
        {
            double expected = 0;
            for (var c = 0; c < 2; c++)
            {
                var error = scores[(c * Rows) + r] - (r % 2 == c ? 1 : -1);
                expected += Math.Abs(error) <= 2 ? error * error / 4 : Math.Abs(error) - 1;
                Assert.Equal(Math.Clamp(error / 2, -1, 1), residuals[(c * Rows) + r], 1e-15);
            }

            Assert.Equal(expected, losses[r], 1e-14);
        }
    }

    [Fact]
    public void Squared_ErrorsFarApart_StayWithinOneAndTellEachRowAsAlone()
    {
        const int Rows = 21;
        var loss = LogLoss.Squared(Rows, 3, (r, c) => (r + c) % 2);
        Assert.True(loss.IsSquared);
        Assert.False(LogLoss.Softmax([0], 2).IsSquared);
        foreach (var size in (double[])[1e-9, 3, 1e15, 1e300])
        {
            double[] scores = [.. Enumerable.Range(0, 3 * Rows).Select(i => Number(i, size))];
            var (losses, residuals) = Evaluate(loss, scores, Rows, 0, Rows);
            Assert.All(losses, l => Assert.True(double.IsFinite(l) && l >= 0, $"{size}: {l}"));
            Assert.All(residuals, p => Assert.InRange(p, -1, 1));
            for (var first = 0; first < Rows; first++)
            {
                double[] alone = [.. Enumerable.Range(0, 3).Select(c => scores[(c * Rows) + first])];
                var (own, ownResiduals) = Evaluate(loss, alone, 1, first, 1);
                Assert.Equal(losses[first], own[0]);
                Assert.Equal(Enumerable.Range(0, 3).Select(c => residuals[(c * Rows) + first]), ownResiduals);
            }
        }
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(true, 5)]
    [InlineData(false, 1)]
    [InlineData(false, 5)]
    public void Errors_AnyRows_AreThoseOfThePlainCount(bool softmax, int outputs)
    {
        const int Rows = 37;
        const int Stride = 40;
        var (loss, has) = Problem(softmax, Rows, outputs);

        // Few values, so that many scores are equal or 0; what stands behind the rows must not count.
        double[] scores = [.. Enumerable.Range(0, outputs * Rows).Select(i => Math.Round(Number(i, 1.4)))];
        using var padded = Padded(scores, Rows, Stride);
        for (var c = 0; c < outputs; c++)
        {
            new Span<double>(padded.Pointer + (c * Stride) + Rows, Stride - Rows).Fill(double.NaN);
        }

        var perRow = Enumerable.Range(0, Rows).Select(r =>
        {
            double[] row = [.. Enumerable.Range(0, outputs).Select(c => scores[(c * Rows) + r])];
            return softmax ? has[r][Array.IndexOf(row, row.Max())] ? 0 : 1 : row.Zip(has[r]).Count(s => s.First >= 0 != s.Second);
        }).ToArray();
        foreach (var count in (int[])[0, 1, 20, Rows])
        {
            Assert.Equal(perRow.Take(count).Sum(), loss.Errors(count, Stride, padded.Pointer));
        }

        Assert.InRange(perRow.Sum(), 1, (Rows * outputs) - 1);
    }

    private static (LogLoss Loss, bool[][] Classes) Problem(bool softmax, int rows, int outputs)
    {
        bool[][] has = [.. Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, outputs)
            .Select(c => softmax ? SplitMix64.Mix((ulong)r) % (ulong)outputs == (ulong)c : SplitMix64.Mix((ulong)((r * 100) + c)) % 2 == 0).ToArray())];
        return (softmax ? LogLoss.Softmax([.. has.Select(h => Array.IndexOf(h, true))], outputs) : LogLoss.Sigmoid(rows, outputs, (r, c) => has[r][c]), has);
    }

    private static double Number(int i, double size) => size * (((SplitMix64.Mix((ulong)i + 5) >> 11) / (double)(1L << 52)) - 1);

    private static (double[] Losses, double[] Residuals) Evaluate(LogLoss loss, double[] logits, int rows, int first, int count)
    {
        var stride = (rows + 7) / 8 * 8;
        using var z = Padded(logits, rows, stride);
        using var p = new PinnedBuffer<double>(loss.Outputs * stride);
        using var l = new PinnedBuffer<double>(stride);
        loss.Evaluate(first, count, stride, z.Pointer, p.Pointer, l.Pointer);
        var residuals = new double[logits.Length];
        for (var i = 0; i < residuals.Length; i++)
        {
            residuals[i] = p.Pointer[(i / rows * stride) + (i % rows)];
        }

        return (new Span<double>(l.Pointer, count).ToArray(), residuals);
    }

    private static PinnedBuffer<double> Padded(double[] values, int rows, int stride)
    {
        var padded = new PinnedBuffer<double>(values.Length / rows * stride);
        for (var i = 0; i < values.Length; i++)
        {
            padded.Pointer[(i / rows * stride) + (i % rows)] = values[i];
        }

        return padded;
    }

    private static double Plain(bool softmax, double[] logits, bool[][] has, int row, int rows, int outputs)
    {
        double[] z = [.. Enumerable.Range(0, outputs).Select(c => logits[(c * rows) + row])];
        if (softmax)
        {
            var largest = z.Max();
            return largest + Math.Log(z.Sum(x => Math.Exp(x - largest))) - z[Array.IndexOf(has[row], true)];
        }

        return z.Select((x, c) => Math.Log(1 + Math.Exp(-Math.Abs(x))) + Math.Max(has[row][c] ? -x : x, 0)).Sum();
    }
}
