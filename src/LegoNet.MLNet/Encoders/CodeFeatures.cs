using System.Runtime.Intrinsics;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>
/// How an int8 code travels in ML.NET: as Vector&lt;Single&gt; of code / 127, in [−1, 1], so that any trainer can use it and the code
/// comes back exactly.
/// </summary>
internal static class CodeFeatures
{
    /// <summary>Features are codes divided by this: the largest code.</summary>
    public const float Scale = sbyte.MaxValue;

    // A float32 quotient times 127 is within 2⁻¹⁶ of the code; what is further away was never a code.
    private const float Tolerance = 1f / 1024;

    // Below a quarter of non-zero codes (hashed texts, one-hot columns) a sparse vector is the faster one for trainers. The choice is the row's own.
    private const int SparseBelow = 4;

    /// <summary>Writes a code as features.</summary>
    /// <param name="code">The code, [d], each entry in −127…127.</param>
    /// <param name="features">Receives code / 127, [d], dense.</param>
    public static void Write(ReadOnlySpan<sbyte> code, ref VBuffer<float> features)
    {
        var editor = VBufferEditor.Create(ref features, code.Length);
        FillDense(code, scaled: true, editor.Values);
        features = editor.Commit();
    }

    /// <summary>Fills a feature vector, dense or sparse.</summary>
    /// <param name="code">The code, [d].</param>
    /// <param name="scaled">Whether to divide by 127.</param>
    /// <param name="features">Receives the features; its memory is used again.</param>
    public static void Fill(ReadOnlySpan<sbyte> code, bool scaled, ref VBuffer<float> features)
    {
        var zeros = code.Count((sbyte)0);
        var count = code.Length - zeros;
        if ((long)count * SparseBelow >= code.Length)
        {
            var dense = VBufferEditor.Create(ref features, code.Length);
            FillDense(code, scaled, dense.Values);
            features = dense.Commit();
            return;
        }

        var sparse = VBufferEditor.Create(ref features, code.Length, count);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            at += code[at..].IndexOfAnyExcept((sbyte)0);
            sparse.Indices[i] = at;
            sparse.Values[i] = scaled ? code[at] / Scale : code[at];
            at++;
        }

        features = sparse.Commit();
    }

    /// <summary>Reads a code back.</summary>
    /// <param name="features">Code / 127, [d], dense or sparse.</param>
    /// <param name="code">Receives the code, [d].</param>
    /// <returns>False when an entry is no code: NaN, infinite, out of range, or not a multiple of 1/127.</returns>
    public static bool TryRead(in VBuffer<float> features, Span<sbyte> code)
    {
        var values = features.GetValues();
        if (features.IsDense)
        {
            for (var i = 0; i < values.Length; i++)
            {
                if (!TryRead(values[i], out code[i]))
                {
                    return false;
                }
            }

            return true;
        }

        code.Clear();
        var indices = features.GetIndices();
        for (var i = 0; i < values.Length; i++)
        {
            if (!TryRead(values[i], out code[indices[i]]))
            {
                return false;
            }
        }

        return true;
    }

    private static void FillDense(ReadOnlySpan<sbyte> code, bool scaled, Span<float> features)
    {
        // Division is correctly rounded, so the vectors give what the loop after them gives.
        var scale = scaled ? Scale : 1;
        var j = 0;
        for (; j <= code.Length - Vector128<sbyte>.Count; j += Vector128<sbyte>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(code[j..]));
            var first = Vector256.ConvertToSingle(Vector256.WidenLower(Vector256.Create(low, high)));
            var second = Vector256.ConvertToSingle(Vector256.WidenUpper(Vector256.Create(low, high)));
            (first / Vector256.Create(scale)).CopyTo(features[j..]);
            (second / Vector256.Create(scale)).CopyTo(features[(j + Vector256<float>.Count)..]);
        }

        for (; j < code.Length; j++)
        {
            features[j] = code[j] / scale;
        }
    }

    private static bool TryRead(float feature, out sbyte code)
    {
        var scaled = feature * Scale;
        var rounded = MathF.Round(scaled);

        // Written so that NaN fails both comparisons.
        if (MathF.Abs(scaled - rounded) <= Tolerance && MathF.Abs(rounded) <= Scale)
        {
            code = (sbyte)rounded;
            return true;
        }

        code = 0;
        return false;
    }
}
