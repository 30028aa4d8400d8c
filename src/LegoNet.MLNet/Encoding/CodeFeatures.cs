using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoding;

/// <summary>
/// How an int8 code travels in ML.NET: as Vector&lt;Single&gt; of code / 127, in [−1, 1], so that any trainer can use it and the code
/// comes back exactly.
/// </summary>
internal static class CodeFeatures
{
    // A float32 quotient times 127 is within 2⁻¹⁶ of the code; what is further away was never a code.
    private const float Tolerance = 1f / 1024;

    private const float MaxCode = sbyte.MaxValue;

    /// <summary>Writes a code as features.</summary>
    /// <param name="code">The code, [d], each entry in −127…127.</param>
    /// <param name="features">Receives code / 127, [d], dense.</param>
    public static void Write(ReadOnlySpan<sbyte> code, ref VBuffer<float> features)
    {
        var editor = VBufferEditor.Create(ref features, code.Length);
        ref var codes = ref MemoryMarshal.GetReference(code);
        ref var values = ref MemoryMarshal.GetReference(editor.Values);
        var i = 0;
        for (; i <= code.Length - Vector128<sbyte>.Count; i += Vector128<sbyte>.Count)
        {
            // Division is correctly rounded, so the lanes give what the loop below gives.
            var (low, high) = Vector128.Widen(Vector128.LoadUnsafe(ref codes, (nuint)i));
            Write(low, ref values, i);
            Write(high, ref values, i + Vector128<short>.Count);
        }

        for (; i < code.Length; i++)
        {
            editor.Values[i] = code[i] / MaxCode;
        }

        features = editor.Commit();
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

    private static void Write(Vector128<short> codes, ref float values, int place)
    {
        var (low, high) = Vector128.Widen(codes);
        (Vector128.ConvertToSingle(low) / MaxCode).StoreUnsafe(ref values, (nuint)place);
        (Vector128.ConvertToSingle(high) / MaxCode).StoreUnsafe(ref values, (nuint)(place + Vector128<int>.Count));
    }

    private static bool TryRead(float feature, out sbyte code)
    {
        var scaled = feature * MaxCode;
        var rounded = MathF.Round(scaled);

        // Written so that NaN fails both comparisons.
        if (MathF.Abs(scaled - rounded) <= Tolerance && MathF.Abs(rounded) <= MaxCode)
        {
            code = (sbyte)rounded;
            return true;
        }

        code = 0;
        return false;
    }
}
