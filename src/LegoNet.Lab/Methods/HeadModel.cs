using System.Security.Cryptography;
using LegoNet.Adapters;

namespace LegoNet.Lab.Methods;

/// <summary>One head of the core as a model.</summary>
/// <param name="file">The head's file.</param>
/// <param name="head">The head.</param>
/// <param name="classes">Classes, C.</param>
/// <param name="temperature">Divisor of the head's scores that makes them logits.</param>
/// <param name="lift">What codes pass first; null for nothing.</param>
internal sealed class HeadModel(byte[] file, IAdapter head, int classes, double temperature, RandomLift? lift = null) : IScoringModel
{
    /// <inheritdoc/>
    public string Digest => field ??= Convert.ToHexStringLower(SHA256.HashData(file));

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<sbyte> codes, Span<double> scores)
    {
        var rows = scores.Length / classes;
        var lifted = lift is null ? codes : lift.Apply(codes);
        var dimension = lifted.Length / Math.Max(rows, 1);
        var code = new double[dimension + 1];
        code[dimension] = LinearAdapter.Bias;
        scores.Clear();
        for (var row = 0; row < rows; row++)
        {
            for (var j = 0; j < dimension; j++)
            {
                code[j] = lifted[(row * dimension) + j];
            }

            head.AddScores(code, scores.Slice(row * classes, classes));
        }

        foreach (ref var score in scores)
        {
            score /= temperature;
        }
    }
}
