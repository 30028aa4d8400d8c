using System.Runtime.Intrinsics;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Adapters;

/// <summary>Turns codes into feature vectors. Every float is the correctly rounded quotient, whatever the machine's vectors.</summary>
internal static class CodeFeatures
{
    // Below a quarter of non-zero codes (hashed texts, one-hot columns) a sparse vector is the faster one. The choice is the row's own.
    private const int SparseBelow = 4;

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
            sparse.Values[i] = scaled ? code[at] / ShardView.CodeScale : code[at];
            at++;
        }

        features = sparse.Commit();
    }

    private static void FillDense(ReadOnlySpan<sbyte> code, bool scaled, Span<float> features)
    {
        var scale = scaled ? ShardView.CodeScale : 1;
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
}
