using LegoNet.Numerics;

namespace LegoNet.Adapters;

/// <summary>The sums Σ x·target that ridge regressions are solved from, by outputs.</summary>
internal static class Moments
{
    /// <summary>The target of one output.</summary>
    /// <param name="label">The label, as it is stored.</param>
    /// <param name="output">The output.</param>
    public delegate int Target(ReadOnlySpan<int> label, int output);

    /// <summary>Adds Σ x·target over rows to sums, or subtracts it.</summary>
    /// <param name="codes">Codes [m, d].</param>
    /// <param name="dimension">d.</param>
    /// <param name="words">Labels [m, width].</param>
    /// <param name="outputs">L.</param>
    /// <param name="target">The targets; null where a label is a class, whose target is 1, and that of the others 0.</param>
    /// <param name="sums">[L, d + 1].</param>
    /// <param name="subtract">Whether to subtract.</param>
    public static void Add(
        ReadOnlySpan<sbyte> codes, int dimension, ReadOnlySpan<int> words, int outputs, Target? target, Span<long> sums, bool subtract)
    {
        if (target is null)
        {
            if (subtract)
            {
                GramKernel.SubtractClassSums(codes, dimension, words, outputs, sums);
            }
            else
            {
                GramKernel.AddClassSums(codes, dimension, words, outputs, sums);
            }

            return;
        }

        var rows = codes.Length / dimension;
        var width = words.Length / Math.Max(1, rows);
        var targets = new int[rows * outputs];
        for (var row = 0; row < rows; row++)
        {
            for (var c = 0; c < outputs; c++)
            {
                targets[(row * outputs) + c] = target(words.Slice(row * width, width), c);
            }
        }

        if (subtract)
        {
            GramKernel.SubtractTargetSums(codes, dimension, targets, outputs, sums);
        }
        else
        {
            GramKernel.AddTargetSums(codes, dimension, targets, outputs, sums);
        }
    }
}
