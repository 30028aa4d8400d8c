using LegoNet.Numerics;

namespace LegoNet.Tests.Numerics;

public class QuasiNewtonTests
{
    private const int Length = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Minimise_QuadraticWithItsOwnInverse_TakesOneStep()
    {
        var function = new Bowl(i => i + 1, i => 1.0 / (i + 1));
        var at = new Direction([.. Enumerable.Repeat(9.0, Length)]);
        Assert.InRange(QuasiNewton.Minimise(function, at, 20, 1e-12, Token), 2, 3);
        Assert.All(at.Coordinates.ToArray(), x => Assert.Equal(0, x, 1e-12));
    }

    [Fact]
    public void Minimise_QuadraticWithAPoorInverse_TakesFewEvaluations()
    {
        var function = new Bowl(i => 1 + (i % 6), _ => 1);
        var at = new Direction([.. Enumerable.Range(0, Length).Select(i => (double)i)]);
        Assert.InRange(QuasiNewton.Minimise(function, at, 100, 1e-14, Token), 3, 30);
        Assert.All(at.Coordinates.ToArray(), x => Assert.Equal(0, x, 1e-4));
    }

    [Fact]
    public void Minimise_StepsOfAQuadraticToItsLowestPoint_EndThere()
    {
        var function = new Bowl(i => 1 + (i % 6), _ => 1) { IsQuadratic = true };
        var at = new Direction([.. Enumerable.Range(0, Length).Select(i => (double)i)]);
        Assert.InRange(QuasiNewton.Minimise(function, at, 100, 1e-9, Token), 3, 12);
        Assert.All(at.Coordinates.ToArray(), x => Assert.Equal(0, x, 1e-4));
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e6)]
    public void Minimise_StepsOfAQuadraticThatAreFarTooShortOrLong_EndAtItsLowestPoint(double inverse)
    {
        var function = new Bowl(_ => 1, _ => inverse) { IsQuadratic = true };
        var at = new Direction([.. Enumerable.Repeat(9.0, Length)]);
        Assert.InRange(QuasiNewton.Minimise(function, at, 20, 1e-9, Token), 2, 4);
        Assert.All(at.Coordinates.ToArray(), x => Assert.Equal(0, x, 1e-6));
    }

    [Fact]
    public void Minimise_QuadraticWithoutABend_StaysWhereItIs()
    {
        // A slope that never ends has no lowest point.
        var function = new Bowl(_ => 0, _ => 1) { IsQuadratic = true, Slope = 3 };
        var at = new Direction([.. Enumerable.Repeat(2.0, Length)]);
        Assert.Equal(2, QuasiNewton.Minimise(function, at, 50, 1e-6, Token));
        Assert.All(at.Coordinates.ToArray(), x => Assert.Equal(2, x));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Minimise_LimitOfEvaluations_IsKeptAndTheEndIsNeverAboveTheStart(int evaluations)
    {
        var function = new Bowl(i => 1 + (i * i), _ => 1);
        double[] start = [.. Enumerable.Repeat(3.0, Length)];
        var at = new Direction((double[])start.Clone());
        var made = QuasiNewton.Minimise(function, at, evaluations, 0, Token);
        Assert.Equal(function.Made, made);
        Assert.InRange(made, 1, evaluations);
        Assert.True(function.Value(at.Coordinates) <= function.Value(start));
    }

    [Fact]
    public void Minimise_StepsThatAreFarTooLong_EndNotAboveTheStart()
    {
        // The inverse promises steps a million times too long: they are halved, and the limit counts the halvings.
        var function = new Bowl(_ => 1, _ => 1e6);
        var at = new Direction([.. Enumerable.Repeat(1.0, Length)]);
        Assert.Equal(10, QuasiNewton.Minimise(function, at, 10, 1e-9, Token));
        Assert.All(at.Coordinates.ToArray(), x => Assert.Equal(1, x));
        Assert.InRange(QuasiNewton.Minimise(function, at, 60, 1e-9, Token), 20, 40);
        Assert.All(at.Coordinates.ToArray(), x => Assert.Equal(0, x, 0.01));
    }

    [Fact]
    public void Minimise_FlatFunction_EndsAtOnce()
    {
        var function = new Bowl(_ => 0, _ => 1);
        var at = new Direction([.. Enumerable.Repeat(2.0, Length)]);
        Assert.Equal(1, QuasiNewton.Minimise(function, at, 50, 1e-6, Token));
        Assert.All(at.Coordinates.ToArray(), x => Assert.Equal(2, x));
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(1e-2)]
    [InlineData(10.0)]
    public void Minimise_NoisyFunction_EndsNotAboveTheStart(double noise)
    {
        var function = new Bowl(i => 1 + (i % 4), _ => 0.5) { Noise = noise };
        double[] start = [.. Enumerable.Repeat(1.0, Length)];
        var at = new Direction((double[])start.Clone());
        Assert.InRange(QuasiNewton.Minimise(function, at, 200, 0, Token), 1, 200);
        Assert.True(function.Value(at.Coordinates) <= function.Value(start));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Minimise_FunctionWithoutNumbersAwayFromTheStart_StaysThere(double value)
    {
        var function = new Bowl(_ => 1, _ => 1) { Elsewhere = value };
        var at = new Direction([.. Enumerable.Repeat(1.0, Length)]);
        Assert.Equal(25, QuasiNewton.Minimise(function, at, 25, 1e-6, Token));
        Assert.All(at.Coordinates.ToArray(), x => Assert.Equal(1, x));
    }

    [Fact]
    public void Minimise_Cancelled_Throws()
    {
        var function = new Bowl(i => 1 + i, _ => 0.01);
        Assert.Throws<OperationCanceledException>(
            () => QuasiNewton.Minimise(function, new Direction([.. Enumerable.Repeat(1.0, Length)]), 50, 0, new CancellationToken(canceled: true)));
    }

    /// <summary>½ Σ a x² + b Σ x, with a diagonal for its approximate inverse Hessian.</summary>
    private sealed class Bowl(Func<int, double> curvature, Func<int, double> inverse) : IPreconditionedFunction
    {
        public int Length => QuasiNewtonTests.Length;

        public bool IsQuadratic { get; init; }

        public int Made { get; private set; }

        public double Noise { get; init; }

        public double Slope { get; init; }

        /// <summary>The value after the first evaluation, where it is not the bowl's.</summary>
        public double? Elsewhere { get; init; }

        public double Value(ReadOnlySpan<double> at)
        {
            double value = 1;
            for (var i = 0; i < at.Length; i++)
            {
                value += (curvature(i) / 2 * at[i] * at[i]) + (Slope * at[i]);
            }

            // A function of the place, as rounding is.
            return value + (Noise * ((SplitMix64.Mix((ulong)BitConverter.DoubleToInt64Bits(value)) % 1000) / 1000.0));
        }

        public double Evaluate(Direction at, Span<double> gradient)
        {
            for (var i = 0; i < gradient.Length; i++)
            {
                gradient[i] = (curvature(i) * at.Coordinates[i]) + Slope;
            }

            return Made++ > 0 && Elsewhere is { } value ? value : Value(at.Coordinates);
        }

        public Direction Precondition(ReadOnlySpan<double> gradient)
        {
            var step = gradient.ToArray();
            for (var i = 0; i < step.Length; i++)
            {
                step[i] *= inverse(i);
            }

            return new Direction(step);
        }
    }
}
