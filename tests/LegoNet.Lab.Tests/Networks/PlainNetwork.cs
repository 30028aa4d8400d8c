using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Tests.Networks;

/// <summary>What a network gives, computed once more: float64, one number after the other, nothing shared.</summary>
internal static class PlainNetwork
{
    /// <summary>One record's features, residuals and logits.</summary>
    public static (double[] Features, double[] Residuals, double[] Logits) Run(Network network, ReadOnlySpan<sbyte> code)
    {
        double[] x = [.. code.ToArray().Select(c => c / 127.0)], features = [], residuals = [];
        foreach (var layer in network.Layers)
        {
            var z = Linear(layer.Parameters.Values, x, layer.Outputs, layer.Parameters.Values.AsSpan(layer.Inputs * layer.Outputs));
            if (layer.Branch is { } branch)
            {
                residuals = Linear(branch.Up.Values, Linear(branch.Down.Values, x, branch.Rank, default), branch.Outputs, default);
                z = [.. z.Zip(residuals, (a, b) => a + b)];
            }

            features = features.Length == 0 ? z : features;
            x = layer == network.Layers[^1] ? z : [.. z.Select(v => Math.Max(v, 0))];
        }

        return (features, residuals, x);
    }

    /// <summary>ln Σ e^logit.</summary>
    public static double LogSum(double[] logits) => Math.Log(logits.Sum(Math.Exp));

    private static double[] Linear(float[] weights, double[] x, int outputs, ReadOnlySpan<float> bias)
    {
        var result = new double[outputs];
        for (var o = 0; o < outputs; o++)
        {
            result[o] = bias.IsEmpty ? 0 : bias[o];
            for (var j = 0; j < x.Length; j++)
            {
                result[o] += weights[(o * x.Length) + j] * x[j];
            }
        }

        return result;
    }
}
