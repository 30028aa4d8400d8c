namespace LegoNet.Lab.Attacks;

/// <summary>The upper tail of the normal distribution.</summary>
internal static class NormalTail
{
    /// <summary>P(Z ≥ z), to a relative 1.2 · 10⁻⁷ (Press et al., Numerical Recipes, erfcc).</summary>
    public static double Above(double z)
    {
        var x = Math.Abs(z) / Math.Sqrt(2);
        var t = 1 / (1 + (0.5 * x));
        var tail = 0.5 * t * Math.Exp((-x * x) - 1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806
            + (t * (0.27886807 + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277))))))))))))))))));
        return z >= 0 ? tail : 1 - tail;
    }

    /// <summary>z with P(Z ≥ z) = p, by bisection.</summary>
    public static double Inverse(double p)
    {
        double low = -40, high = 40;
        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Above(middle) > p ? (middle, high) : (low, middle);
        }

        return low;
    }
}
