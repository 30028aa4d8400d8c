using System.Buffers;
using System.Numerics;
using LegoNet.Data.Files;

namespace LegoNet.Calibration;

/// <summary>
/// How an encoder's float encodings become int8 codes: mean and scale of public reference data, and optionally a public projection.
/// </summary>
/// <remarks>
/// <para>code[j] = clamp(round-half-even(p[j] · (127/4) / σ[j]), −127, 127), all in float64, where p = x − mean, or with a
/// projection p[j] = Σ_i P[j, i]·(x[i] − mean[i]) with each product rounded and then added, in ascending i. Lanes run over outputs,
/// never along a sum, so a code has the same bits on every machine. A dimension whose σ is 0 gives code 0.</para>
/// <para>Instances are immutable and thread-safe.</para>
/// </remarks>
public sealed class CodeCalibration
{
    /// <summary>The largest code; ±<see cref="SigmaRange"/> σ are mapped to ±127.</summary>
    public const int MaxCode = 127;

    /// <summary>How many σ the codes reach to either side of the mean.</summary>
    public const int SigmaRange = 4;

    // 31.75: exact in binary.
    private const double StepsPerSigma = (double)MaxCode / SigmaRange;

    private readonly double[] _mean;
    private readonly double[] _sigma;
    private readonly float[] _projection;

    // The projection with blocks of outputs side by side, [blocks, D, block]: what one step of the vector loop reads is contiguous.
    private readonly float[] _panels = [];
    private readonly int _block = 4 * Vector<float>.Count;

    /// <summary>Creates a calibration.</summary>
    /// <param name="mean">The mean encoding, [D].</param>
    /// <param name="sigma">The scale of each code dimension, [d], ≥ 0; d = D without a projection.</param>
    /// <param name="projection">The projection P, row-major [d, D]; empty for none.</param>
    /// <exception cref="LegoNetException">A shape is wrong, or a number is not finite or out of range.</exception>
    public CodeCalibration(ReadOnlySpan<double> mean, ReadOnlySpan<double> sigma, ReadOnlySpan<float> projection = default)
    {
        if (mean.Length == 0 || sigma.Length == 0)
        {
            throw LegoNetException.BadInput("A calibration needs at least one dimension.");
        }

        if (projection.IsEmpty ? mean.Length != sigma.Length : projection.Length != (long)mean.Length * sigma.Length)
        {
            throw LegoNetException.BadInput(
                $"A calibration of {mean.Length} means, {sigma.Length} scales and {projection.Length} projection entries does not fit together.");
        }

        // Beyond the range of float32 a mean is no encoding's mean, and sums could overflow.
        foreach (var m in mean)
        {
            if (!(Math.Abs(m) <= float.MaxValue))
            {
                throw LegoNetException.BadInput("A calibration's mean is not finite.");
            }
        }

        foreach (var s in sigma)
        {
            if (!(s >= 0) || double.IsPositiveInfinity(s))
            {
                throw LegoNetException.BadInput("A calibration's scale is negative or not finite.");
            }
        }

        var bad = FirstNonFinite(projection);
        if (bad >= 0)
        {
            throw LegoNetException.BadInput($"A calibration's projection is not finite at entry {bad}.");
        }

        _mean = mean.ToArray();
        _sigma = sigma.ToArray();
        _projection = projection.ToArray();
        if (HasProjection)
        {
            var blocks = (CodeDimension + _block - 1) / _block;
            _panels = new float[checked(blocks * _block * EncodingDimension)];
            for (var j = 0; j < CodeDimension; j++)
            {
                var panel = _panels.AsSpan(j / _block * _block * EncodingDimension);
                for (var i = 0; i < EncodingDimension; i++)
                {
                    panel[(i * _block) + (j % _block)] = projection[(j * EncodingDimension) + i];
                }
            }
        }
    }

    /// <summary>SHA-256 of the calibration as a model stores it, in lower-case hex.</summary>
    public string Digest => Digests.Of(CalibrationFile.Write(this));

    /// <summary>The encodings' dimension D.</summary>
    public int EncodingDimension => _mean.Length;

    /// <summary>The codes' dimension d.</summary>
    public int CodeDimension => _sigma.Length;

    /// <summary>Whether codes are taken of a projection.</summary>
    public bool HasProjection => _projection.Length > 0;

    /// <summary>The mean encoding, [D].</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>The scale of each code dimension, [d].</summary>
    public ReadOnlySpan<double> Sigma => _sigma;

    /// <summary>The projection, row-major [d, D]; empty for none.</summary>
    public ReadOnlySpan<float> Projection => _projection;

    /// <summary>A calibration from a declared range: [min, max] is mapped linearly to [−127, 127] in every dimension.</summary>
    /// <param name="dimension">D = d.</param>
    /// <param name="min">The range's lower end.</param>
    /// <param name="max">Its upper end.</param>
    /// <exception cref="LegoNetException">The range is empty or not finite.</exception>
    public static CodeCalibration FromRange(int dimension, double min, double max)
    {
        if (dimension < 1)
        {
            throw LegoNetException.BadInput("A calibration needs at least one dimension.");
        }

        var mins = new double[dimension];
        var maxs = new double[dimension];
        Array.Fill(mins, min);
        Array.Fill(maxs, max);
        return FromRanges(mins, maxs);
    }

    /// <summary>A calibration from declared ranges, one per dimension; a range of one value gives code 0.</summary>
    /// <param name="min">Lower ends, [D].</param>
    /// <param name="max">Upper ends, [D].</param>
    /// <exception cref="LegoNetException">A range is reversed or not finite, all have one value only, or the lengths differ.</exception>
    public static CodeCalibration FromRanges(ReadOnlySpan<double> min, ReadOnlySpan<double> max)
    {
        if (min.Length != max.Length)
        {
            throw LegoNetException.BadInput($"{min.Length} lower and {max.Length} upper ends of ranges do not fit together.");
        }

        var mean = new double[min.Length];
        var sigma = new double[min.Length];
        var any = false;
        for (var i = 0; i < mean.Length; i++)
        {
            if (!(Math.Abs(min[i]) <= float.MaxValue) || !(Math.Abs(max[i]) <= float.MaxValue) || min[i] > max[i])
            {
                throw LegoNetException.BadInput($"The declared range of dimension {i} is reversed or not finite.");
            }

            mean[i] = (min[i] + max[i]) / 2;
            sigma[i] = (max[i] - min[i]) / (2 * SigmaRange);
            any |= sigma[i] > 0;
        }

        return any ? new CodeCalibration(mean, sigma) : throw LegoNetException.BadInput("Every declared range is of one value only.");
    }

    /// <summary>Where the first NaN or infinity stands; −1 for none.</summary>
    /// <param name="values">Numbers.</param>
    internal static int FirstNonFinite(ReadOnlySpan<float> values)
    {
        var (at, lanes) = (0, Vector<float>.Count);
        while (at <= values.Length - lanes && Vector.LessThanOrEqualAll(Vector.Abs(new Vector<float>(values[at..])), new Vector<float>(float.MaxValue)))
        {
            at += lanes;
        }

        for (; at < values.Length; at++)
        {
            if (!float.IsFinite(values[at]))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Turns an encoding into a code.</summary>
    /// <param name="encoding">The encoding, [D].</param>
    /// <param name="code">Receives the code, [d], each entry in −127…127.</param>
    /// <returns>How many entries lay outside that range and were clamped to it.</returns>
    /// <exception cref="LegoNetException">The encoding has another dimension, or holds NaN or infinity.</exception>
    /// <exception cref="ArgumentException">The code has the wrong length.</exception>
    public int Quantise(ReadOnlySpan<float> encoding, Span<sbyte> code)
    {
        if (code.Length != CodeDimension)
        {
            throw new ArgumentException($"The code has room for {code.Length} dimensions where there are {CodeDimension}.", nameof(code));
        }

        if (encoding.Length != EncodingDimension)
        {
            throw LegoNetException.BadInput($"An encoding has {encoding.Length} dimensions where the calibration has {EncodingDimension}.");
        }

        var bad = FirstNonFinite(encoding);
        if (bad >= 0)
        {
            throw LegoNetException.BadInput($"An encoding holds NaN or infinity in dimension {bad}.");
        }

        var length = EncodingDimension;
        var pooled = ArrayPool<double>.Shared.Rent(length + _block);
        var centred = pooled.AsSpan(0, length);
        var outputs = pooled.AsSpan(length, _block);
        for (var i = 0; i < length; i++)
        {
            centred[i] = encoding[i] - _mean[i];
        }

        var clamped = HasProjection ? 0 : Round(centred, _sigma, code);
        for (var first = 0; HasProjection && first < code.Length; first += _block)
        {
            Project(_panels.AsSpan(first * length, _block * length), centred, outputs);
            var count = Math.Min(_block, code.Length - first);
            clamped += Round(outputs[..count], _sigma.AsSpan(first, count), code.Slice(first, count));
        }

        pooled.AsSpan(0, length + _block).Clear();
        ArrayPool<double>.Shared.Return(pooled);
        return clamped;
    }

    // Each operation is exact or rounded as IEEE 754 says, so several numbers at a time come out as one by one.
    private static int Round(ReadOnlySpan<double> p, ReadOnlySpan<double> sigma, Span<sbyte> code)
    {
        var most = new Vector<double>(MaxCode);
        var lanes = Vector<double>.Count;
        Span<double> rounded = stackalloc double[lanes];
        var (at, clamped) = (0, 0);
        for (; at <= code.Length - lanes; at += lanes)
        {
            var scale = new Vector<double>(sigma[at..]);
            var steps = Vector.Round(new Vector<double>(p[at..]) * StepsPerSigma / scale);
            steps = Vector.ConditionalSelect(Vector.Equals(scale, Vector<double>.Zero), Vector<double>.Zero, steps);
            clamped -= (int)Vector.Sum(Vector.GreaterThan(Vector.Abs(steps), most));
            Vector.Max(Vector.Min(steps, most), -most).CopyTo(rounded);
            for (var i = 0; i < lanes; i++)
            {
                code[at + i] = (sbyte)rounded[i];
            }
        }

        for (; at < code.Length; at++)
        {
            var steps = sigma[at] == 0 ? 0 : Math.Round(p[at] * StepsPerSigma / sigma[at], MidpointRounding.ToEven);
            clamped += Math.Abs(steps) > MaxCode ? 1 : 0;
            code[at] = (sbyte)Math.Clamp(steps, -MaxCode, MaxCode);
        }

        return clamped;
    }

    /// <summary>One block of outputs: outputs[j] = Σ_i panel[i, j]·x[i], product and sum each rounded, in ascending i.</summary>
    private static unsafe void Project(ReadOnlySpan<float> panel, ReadOnlySpan<double> x, Span<double> outputs)
    {
        var lanes = Vector<float>.Count;
        fixed (float* p = panel)
        fixed (double* to = outputs)
        {
            if (!Vector.IsHardwareAccelerated)
            {
                outputs.Clear();
                for (var i = 0; i < x.Length; i++)
                {
                    for (var j = 0; j < outputs.Length; j++)
                    {
                        outputs[j] += p[(i * outputs.Length) + j] * x[i];
                    }
                }

                return;
            }

            var s0 = Vector<double>.Zero;
            var s1 = s0;
            var s2 = s0;
            var s3 = s0;
            var s4 = s0;
            var s5 = s0;
            var s6 = s0;
            var s7 = s0;
            var from = p;
            for (var i = 0; i < x.Length; i++)
            {
                var v = new Vector<double>(x[i]);
                Vector.Widen(Vector.Load(from), out var a, out var b);
                s0 += a * v;
                s1 += b * v;
                Vector.Widen(Vector.Load(from + lanes), out a, out b);
                s2 += a * v;
                s3 += b * v;
                Vector.Widen(Vector.Load(from + (2 * lanes)), out a, out b);
                s4 += a * v;
                s5 += b * v;
                Vector.Widen(Vector.Load(from + (3 * lanes)), out a, out b);
                s6 += a * v;
                s7 += b * v;
                from += 4 * lanes;
            }

            var half = lanes / 2;
            s0.Store(to);
            s1.Store(to + half);
            s2.Store(to + (2 * half));
            s3.Store(to + (3 * half));
            s4.Store(to + (4 * half));
            s5.Store(to + (5 * half));
            s6.Store(to + (6 * half));
            s7.Store(to + (7 * half));
        }
    }
}
