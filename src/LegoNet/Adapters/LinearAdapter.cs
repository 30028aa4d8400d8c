using System.Runtime.Intrinsics;
using LegoNet.Data.Formats;

namespace LegoNet.Adapters;

/// <summary>A linear adapter: score_c = Σ_j w[c, j]·code[j] + w[c, d]·<see cref="Bias"/>, summed in float64 in a fixed order.</summary>
public sealed class LinearAdapter : IAdapter
{
    /// <summary>The constant that stands after every code, so that the last weight of a class is its offset.</summary>
    public const int Bias = 127;

    private readonly float[] _weights;
    private readonly int _width;

    /// <summary>Wraps weights.</summary>
    /// <param name="weights">Row-major weights, [C, d + 1]; the last column belongs to the constant.</param>
    /// <param name="outputs">Scores, C, from 1.</param>
    /// <exception cref="ArgumentException">The weights do not make C rows.</exception>
    public LinearAdapter(float[] weights, int outputs)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        if (weights.Length == 0 || weights.Length % outputs != 0)
        {
            throw new ArgumentException($"{weights.Length} weights do not make rows for {outputs} scores.", nameof(weights));
        }

        _weights = weights;
        Outputs = outputs;
        _width = weights.Length / outputs;
    }

    /// <summary>Scores, C.</summary>
    public int Outputs { get; }

    /// <summary>Row-major weights, [C, d + 1].</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>What the adapter chose from its own shard; null where its trainer chooses nothing.</summary>
    public AdapterChoice? Choice { get; private init; }

    /// <summary>The adapter's file.</summary>
    public byte[] ToFile()
    {
        var writer = new SafetensorsWriter();
        AddTo(writer);
        return writer.ToArray();
    }

    /// <summary>Adds the weights to a file that holds more.</summary>
    internal void AddTo(SafetensorsWriter writer) => writer.Add<float>("weights", _weights, Outputs, _width);

    /// <summary>Reads an adapter's file.</summary>
    /// <exception cref="LegoNetException">The file does not hold finite weights of the expected shape.</exception>
    public static LinearAdapter Read(ReadOnlyMemory<byte> bytes, string file, int outputs, int dimension)
        => Read(SafetensorsFile.Parse(bytes, file, LegoNetError.Damaged), file, outputs, dimension);

    /// <summary>Reads an adapter from a file that may hold more.</summary>
    internal static LinearAdapter Read(SafetensorsFile parsed, string file, int outputs, int dimension)
    {
        var weights = parsed.Get<float>("weights", outputs, dimension + 1).ToArray();
        return Array.TrueForAll(weights, float.IsFinite)
            ? new LinearAdapter(weights, outputs)
            : throw LegoNetException.Damaged($"{file}: holds a weight that is not a finite number.");
    }

    /// <summary>The same adapter, with what it chose.</summary>
    internal LinearAdapter With(AdapterChoice choice) => new(_weights, Outputs) { Choice = choice };

    /// <inheritdoc/>
    public void AddScores(ReadOnlySpan<double> code, Span<double> scores)
    {
        for (var c = 0; c < Outputs; c++)
        {
            scores[c] += Dot(_weights.AsSpan(c * _width, _width), code);
        }
    }

    // Eight lanes whatever the machine's vectors, combined in one fixed tree: the same double everywhere. A product of a float32
    // and a code is exact in float64, so a fused multiply-add could not differ either.
    private static double Dot(ReadOnlySpan<float> weights, ReadOnlySpan<double> code)
    {
        Vector512<double> even = Vector512<double>.Zero, odd = Vector512<double>.Zero;
        var j = 0;
        for (; j <= weights.Length - 16; j += 16)
        {
            var (low, high) = Vector512.Widen(Vector512.Create(weights.Slice(j, 16)));
            even += low * Vector512.Create(code.Slice(j, 8));
            odd += high * Vector512.Create(code.Slice(j + 8, 8));
        }

        var lanes = even + odd;
        var four = lanes.GetLower() + lanes.GetUpper();
        var sum = (four[0] + four[2]) + (four[1] + four[3]);
        for (; j < weights.Length; j++)
        {
            sum += (double)weights[j] * code[j];
        }

        return sum;
    }
}
