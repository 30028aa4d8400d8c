namespace LegoNet.Numerics;

/// <summary>
/// Limited-memory BFGS (Nocedal 1980) for a smooth convex function, in float64 with a fixed order of operations: the same bits on every
/// machine.
/// </summary>
/// <remarks>
/// <para>A step is preconditioned: the two-loop recursion starts from an approximate inverse of the Hessian, scaled by the last pair of
/// steps. The approximation is applied once per evaluation, since the recursion needs it for gradients and their differences only, and it is
/// linear.</para>
/// <para>On a quadratic function a step is taken to where the function is lowest along it. Otherwise a step is halved until the function has
/// decreased by a ten-thousandth of what its slope promises (Armijo 1966). The search ends after a stated number of evaluations, when a step
/// gains less than a stated share of the function's value, or when no step gains anything.</para>
/// </remarks>
internal static class QuasiNewton
{
    private const int Memory = 8;
    private const double SufficientShare = 1e-4;

    // A first step can be far too long. A quadratic function may be looked at closer by, and the step lengthened from there.
    private const double FirstShare = 1.0 / 64;

    /// <summary>Minimises a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="start">Where to start; where the search ended on return.</param>
    /// <param name="evaluations">Evaluations at most, from 1.</param>
    /// <param name="tolerance">The relative gain of a step that ends the search.</param>
    /// <param name="cancellationToken">Cancels between evaluations.</param>
    /// <returns>The evaluations made.</returns>
    public static int Minimise(IPreconditionedFunction function, Direction start, int evaluations, double tolerance, CancellationToken cancellationToken)
    {
        var x = start;
        var gradient = new double[function.Length];
        var value = function.Evaluate(x, gradient);
        var preconditioned = function.Precondition(gradient);
        var pairs = new List<Pair>(Memory);
        var made = 1;
        while (made < evaluations)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = Step(pairs, gradient, preconditioned);
            var slope = step.Dot(gradient);
            if (!(slope > 0))
            {
                break;
            }

            var next = new double[gradient.Length];
            Direction? at = null;
            var after = value;
            var share = function.IsQuadratic && pairs.Count == 0 ? FirstShare : 1.0;
            for (; made < evaluations; share /= 2)
            {
                at = x.Plus(-share, step);
                after = function.Evaluate(at, next);
                made++;
                if (function.IsQuadratic || after <= value - (SufficientShare * share * slope))
                {
                    break;
                }

                at = null;
            }

            if (at is null)
            {
                break;
            }

            if (function.IsQuadratic)
            {
                var bend = slope - step.Dot(next);
                if (!(bend > 0))
                {
                    break;
                }

                (at, after, share) = Lowest(x, step, share, slope / bend, slope, value, gradient, next);
            }

            var gain = value - after;
            var preconditionedNext = function.Precondition(next);
            Remember(pairs, new Pair(step.Times(-share), Difference(next, gradient), preconditionedNext.Plus(-1, preconditioned)));
            (x, gradient, preconditioned, value) = (at, next, preconditionedNext, after);
            if (gain <= tolerance * Math.Abs(value))
            {
                break;
            }
        }

        start.Become(x);
        return made;
    }

    // Where a quadratic function is lowest along a step, from its gradients at both ends: the gradient there takes no evaluation.
    private static (Direction At, double Value, double Share) Lowest(
        Direction x, Direction step, double share, double further, double slope, double value, double[] gradient, double[] next)
    {
        FixedOrder.Scale(further, next, next);
        FixedOrder.AddScaled(1 - further, gradient, next);
        return (x.Plus(-share * further, step), value - (share * further * slope / 2), share * further);
    }

    // The direction of ascent that the pairs make of the gradient: Nocedal's two loops.
    private static Direction Step(List<Pair> pairs, double[] gradient, Direction preconditioned)
    {
        var step = preconditioned.Times(1);
        if (pairs.Count == 0)
        {
            return step;
        }

        var rest = (double[])gradient.Clone();
        var shares = new double[pairs.Count];
        for (var i = pairs.Count - 1; i >= 0; i--)
        {
            var pair = pairs[i];
            shares[i] = pair.Step.Dot(rest) / pair.Curvature;
            FixedOrder.AddScaled(-shares[i], pair.Difference, rest);
            step.Add(-shares[i], pair.PreconditionedChange);
        }

        step.Scale(pairs[^1].Scale);
        for (var i = 0; i < pairs.Count; i++)
        {
            var pair = pairs[i];
            step.Add(shares[i] - (step.Dot(pair.Difference) / pair.Curvature), pair.Step);
        }

        return step;
    }

    // A pair without curvature (rounding can leave one) would make a step that does not descend.
    private static void Remember(List<Pair> pairs, Pair pair)
    {
        if (pair.Curvature > 0 && double.IsFinite(pair.Scale) && pair.Scale > 0)
        {
            if (pairs.Count == Memory)
            {
                pairs.RemoveAt(0);
            }

            pairs.Add(pair);
        }
    }

    private static double[] Difference(double[] x, double[] y)
    {
        var difference = (double[])x.Clone();
        FixedOrder.AddScaled(-1, y, difference);
        return difference;
    }

    private sealed class Pair(Direction step, double[] change, Direction preconditionedChange)
    {
        public Direction Step { get; } = step;

        public double[] Difference { get; } = change;

        public Direction PreconditionedChange { get; } = preconditionedChange;

        public double Curvature { get; } = step.Dot(change);

        public double Scale { get; } = step.Dot(change) / preconditionedChange.Dot(change);
    }
}
