namespace LegoNet.Numerics;

/// <summary>
/// The factor that turns scores into the logits of least log loss (temperature scaling, Guo et al. 2017; the factor is 1/T). Each row's
/// terms are rounded to integers before they are added, so the order of rows changes nothing.
/// </summary>
/// <remarks>
/// Labels are smoothed by one row in all, as Platt (1999) does: without that, rows that are all told apart would ask for an infinite factor.
/// </remarks>
internal static unsafe class TemperatureFit
{
    /// <summary>Steps of the search, at most.</summary>
    public const int Steps = 12;
    private const double Enough = 1e-4;
    private const double Units = 1 << 20;
    private const double LargestTerm = 1 << 20;
    private const double LeastFactor = 1.0 / 1024;
    private const double MostFactor = 1024;

    /// <summary>Finds the factor.</summary>
    /// <param name="loss">The rows' labels.</param>
    /// <param name="rows">m.</param>
    /// <param name="stride">The distance between outputs, a multiple of eight, at least m.</param>
    /// <param name="scores">Scores, [L, stride].</param>
    /// <param name="start">Where the search begins.</param>
    /// <returns>The factor, and the loss with it in natural logarithms, summed over rows, rounded to 2⁻²⁰ a row.</returns>
    public static (double Factor, double Loss) Fit(LogLoss loss, int rows, int stride, double* scores, double start = 1)
    {
        using var logits = new PinnedBuffer<double>((long)loss.Outputs * stride);
        using var losses = new PinnedBuffer<double>(stride);
        var smoothing = 1.0 / (rows + 1);
        var factor = start;
        var (low, high) = (LeastFactor, MostFactor);
        var best = (Factor: factor, Loss: double.PositiveInfinity);
        for (var step = 0; step < Steps; step++)
        {
            FixedOrder.Scale(factor, new ReadOnlySpan<double>(scores, loss.Outputs * stride), new Span<double>(logits.Pointer, loss.Outputs * stride));
            loss.Evaluate(0, rows, stride, logits.Pointer, logits.Pointer, losses.Pointer);
            var terms = loss.Terms(rows, stride, scores, logits.Pointer, losses.Pointer, Units, LargestTerm);
            var value = terms.Loss + (smoothing * factor * terms.Margin);
            if (value < best.Loss)
            {
                best = (factor, value);
            }

            // Newton's step on a convex function of one variable, kept between the factors that are known to be too small and too large.
            var slope = terms.Slope + (smoothing * terms.Margin);
            if (slope < 0)
            {
                low = factor;
            }
            else
            {
                high = factor;
            }

            var next = factor - (slope / terms.Curvature);
            if (!(next > low && next < high))
            {
                next = Math.Sqrt(low * high);
            }

            if (Math.Abs(next - factor) <= Enough * factor)
            {
                break;
            }

            factor = next;
        }

        return best;
    }
}
