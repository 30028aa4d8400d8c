using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text.Json;
using LegoNet.Data.Json;
using Microsoft.ML;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// What the bytes of an adapter fitted by ML.NET depend on besides rows, options and seed. ML.NET sums floats in vectors of the machine's
/// width and calls the platform's exp and log, so two machines whose environments differ must never share a model's adapters.
/// </summary>
/// <param name="MLNet">Version of ML.NET.</param>
/// <param name="Architecture">Of the process, e.g. "x64".</param>
/// <param name="Vector">Width of the vectors in use in bits, and "+fma" where multiply-adds are fused, e.g. "512+fma".</param>
/// <param name="Math">Digest of elementary functions and float sums over fixed arguments: platforms and package versions differ in last bits.</param>
/// <param name="Processors">Processors that estimators of a user's own may spread over; null where threads are pinned.</param>
internal sealed record FitEnvironment(string MLNet, string Architecture, string Vector, string Math, int? Processors = null)
{
    private const int MaxProcessors = 1 << 20;

    private static readonly Lazy<FitEnvironment> s_here = new(Measure);

    /// <summary>The environment of this process, threads pinned.</summary>
    public static FitEnvironment Here => s_here.Value;

    /// <summary>The environment of this process for fits that may use every processor.</summary>
    public static FitEnvironment HereWithThreads => Here with { Processors = Environment.ProcessorCount };

    /// <summary>Reads a declared environment.</summary>
    /// <exception cref="LegoNetException">A member is missing, unknown or malformed.</exception>
    public static FitEnvironment Read(StrictJson declared, bool threads)
    {
        var environment = new FitEnvironment(
            declared.String("mlnet"),
            declared.String("architecture"),
            declared.String("vector"),
            declared.String("math"),
            threads ? (int)declared.Integer("processors", 1, MaxProcessors) : null);
        declared.Finish();
        return environment;
    }

    /// <summary>Writes the environment as a JSON object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("mlnet", MLNet);
        json.WriteString("architecture", Architecture);
        json.WriteString("vector", Vector);
        json.WriteString("math", Math);
        if (Processors is { } processors)
        {
            json.WriteNumber("processors", processors);
        }

        json.WriteEndObject();
    }

    /// <summary>What another environment has differently, fit to stand within a sentence; null when nothing.</summary>
    public string? Difference(FitEnvironment here)
    {
        var differences = new List<string>();
        Compare("ML.NET", MLNet, here.MLNet);
        Compare("architecture", Architecture, here.Architecture);
        Compare("vector width", Vector, here.Vector);
        Compare("processors", $"{Processors}", $"{here.Processors}");
        if (differences.Count == 0)
        {
            Compare("digest of elementary functions", Math, here.Math);
        }

        return differences.Count == 0 ? null : string.Join("; ", differences);

        void Compare(string what, string there, string now)
        {
            if (there != now)
            {
                differences.Add($"{what} {there}, here {now}");
            }
        }
    }

    private static FitEnvironment Measure() => new(
        typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        (Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : Vector128.IsHardwareAccelerated ? "128" : "none")
            + (Fma.IsSupported ? "+fma" : ""),
        MeasureMath());

    // Arguments from 2^-12 to 2^12 of both signs, none of them round.
    private static string MeasureMath()
    {
        const int Points = 2048;
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var singles = new float[Points];
        var others = new float[Points];
        for (var i = 0; i < Points; i++)
        {
            var x = System.Math.ScaleB(1 + (i * 0.618033988749895 % 1), (i % 25) - 12);
            var y = ((i * 0.7548776662466927) % 1) - 0.5;
            singles[i] = (float)x;
            others[i] = (float)y;
            foreach (var value in (ReadOnlySpan<double>)[System.Math.Exp(y * 40), System.Math.Log(x), System.Math.Pow(x, y), System.Math.Tanh(y)])
            {
                Append(BitConverter.DoubleToInt64Bits(value));
            }

            foreach (var value in (ReadOnlySpan<float>)[MathF.Exp((float)y * 40), MathF.Log((float)x), MathF.Pow((float)x, (float)y)])
            {
                Append(BitConverter.SingleToInt32Bits(value));
            }
        }

        // The sums that ML.NET's linear trainers are made of, of every length that takes another path.
        for (var length = 1; length <= Points; length += length < 160 ? 1 : 118)
        {
            Append(BitConverter.SingleToInt32Bits(TensorPrimitives.Dot<float>(singles.AsSpan(0, length), others.AsSpan(0, length))));
            Append(BitConverter.SingleToInt32Bits(TensorPrimitives.Sum<float>(singles.AsSpan(0, length))));
            Append(BitConverter.SingleToInt32Bits(TensorPrimitives.SumOfSquares<float>(others.AsSpan(0, length))));
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset().AsSpan(0, 8));

        void Append(long bits) => digest.AppendData(BitConverter.GetBytes(bits));
    }
}
