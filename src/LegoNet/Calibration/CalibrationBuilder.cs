using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MathNet.Numerics.LinearAlgebra;
using DoubleVector = System.Numerics.Vector<double>;

namespace LegoNet.Calibration;

/// <summary>
/// Makes a <see cref="CodeCalibration"/> and public keys from the encodings of public reference records, seen one after the other.
/// </summary>
/// <remarks>
/// The result is frozen in a card and hashed, so it need not have the same last bits on every machine or for every order of the
/// records. Which records become keys and the reference's digest do not depend on the order. Not thread-safe.
/// </remarks>
public sealed class CalibrationBuilder
{
    // Outer products are added for this many records at a time, so that a row of the D × D sums is fetched once for all of them.
    private const int BlockRows = 64;

    // Directions with less variance than this share of the largest one's are rounding noise: their codes are 0.
    private const double NoiseShare = 1e-10;

    private readonly int _dimension;
    private readonly int _projectTo;
    private readonly int _keyCount;

    // Sums of x − shift, where shift is the first record: the sums stay as small as the spread, and a constant dimension gives
    // exactly 0 for its variance.
    private readonly double[] _shift;
    private readonly double[] _sums;
    private readonly double[] _squares;
    private readonly double[] _products;
    private readonly double[] _block;
    private readonly List<byte[]> _digests = [];
    private readonly PriorityQueue<float[], byte[]> _candidates;
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private int _blockRows;

    /// <summary>Creates a builder.</summary>
    /// <param name="dimension">The encodings' dimension D.</param>
    /// <param name="keyCount">How many public keys to choose; 0 for none.</param>
    /// <param name="projectTo">The dimension d of a principal-component projection, at most D; null for none (d = D).</param>
    /// <exception cref="LegoNetException">A number is out of range.</exception>
    public CalibrationBuilder(int dimension, int keyCount, int? projectTo = null)
    {
        if (dimension < 1 || keyCount is < 0 or > ushort.MaxValue || projectTo < 1 || projectTo > dimension)
        {
            var projected = projectTo is null ? "" : $", projected to {projectTo} dimensions,";
            throw LegoNetException.BadInput($"A calibration of {dimension} dimensions with {keyCount} keys{projected} cannot be made.");
        }

        _dimension = dimension;
        _projectTo = projectTo ?? 0;
        _keyCount = keyCount;
        _shift = new double[dimension];
        _sums = new double[dimension];
        _squares = new double[dimension];
        _products = _projectTo > 0 ? new double[checked(dimension * dimension)] : [];
        _block = _projectTo > 0 ? new double[BlockRows * dimension] : [];

        // Largest digest first, to be thrown out first.
        _candidates = new(Comparer<byte[]>.Create((a, b) => b.AsSpan().SequenceCompareTo(a)));
    }

    /// <summary>How many records were added.</summary>
    public int Count => _digests.Count;

    /// <summary>Adds a reference record.</summary>
    /// <param name="encoding">Its encoding, [D].</param>
    /// <exception cref="LegoNetException">The dimension differs, or the encoding holds NaN or infinity.</exception>
    public void Add(ReadOnlySpan<float> encoding)
    {
        if (encoding.Length != _dimension)
        {
            throw LegoNetException.BadInput($"Reference record {Count} has {encoding.Length} dimensions where {_dimension} are expected.");
        }

        var bad = CodeCalibration.FirstNonFinite(encoding);
        if (bad >= 0)
        {
            throw LegoNetException.BadInput($"Reference record {Count} holds NaN or infinity in dimension {bad}.");
        }

        if (Count == 0)
        {
            for (var i = 0; i < _dimension; i++)
            {
                _shift[i] = encoding[i];
            }
        }

        Span<double> row = _projectTo > 0 ? _block.AsSpan(_blockRows * _dimension, _dimension) : new double[_dimension];
        for (var i = 0; i < _dimension; i++)
        {
            row[i] = encoding[i] - _shift[i];
            _sums[i] += row[i];
            _squares[i] += row[i] * row[i];
        }

        if (_projectTo > 0 && ++_blockRows == BlockRows)
        {
            AddBlock();
        }

        var digest = Digest(encoding);
        _digests.Add(digest);
        Consider(encoding, digest);
    }

    /// <summary>Computes the calibration and chooses the keys.</summary>
    /// <exception cref="LegoNetException">There are fewer than two records, they are all equal, or there are too few different ones for the keys.</exception>
    public CalibrationResult Build()
    {
        if (Count < 2)
        {
            throw LegoNetException.BadInput($"A calibration needs at least two reference records; there is {(Count == 0 ? "none" : "one")}.");
        }

        var mean = new double[_dimension];
        var calibration = _projectTo > 0 ? Project(mean) : Scale(mean);
        if (!calibration.Sigma.ContainsAnyExcept(0.0))
        {
            throw LegoNetException.BadInput("All reference records are equal, so no scale can be found.");
        }

        _digests.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var digest in _digests)
        {
            hash.AppendData(digest);
        }

        return new CalibrationResult(calibration, ChooseKeys(calibration), Count, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static byte[] Digest(ReadOnlySpan<float> encoding)
    {
        if (BitConverter.IsLittleEndian)
        {
            return SHA256.HashData(MemoryMarshal.AsBytes(encoding));
        }

        var bytes = new byte[encoding.Length * sizeof(float)];
        for (var i = 0; i < encoding.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), encoding[i]);
        }

        return SHA256.HashData(bytes);
    }

    /// <summary>Keeps the records of the smallest digests, each digest once; more than there are keys, for some may have equal or zero codes.</summary>
    private void Consider(ReadOnlySpan<float> encoding, byte[] digest)
    {
        var capacity = _keyCount == 0 ? 0 : (2 * _keyCount) + 16;
        var full = _candidates.Count == capacity;
        if (capacity == 0 || (full && _candidates.TryPeek(out _, out var worst) && digest.AsSpan().SequenceCompareTo(worst) >= 0)
            || !_held.Add(Convert.ToHexString(digest)))
        {
            return;
        }

        if (full && _candidates.TryDequeue(out _, out var dropped))
        {
            _held.Remove(Convert.ToHexString(dropped));
        }

        _candidates.Enqueue(encoding.ToArray(), digest);
    }

    private sbyte[] ChooseKeys(CodeCalibration calibration)
    {
        var d = calibration.CodeDimension;
        var keys = new sbyte[checked(_keyCount * d)];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var chosen = 0;
        foreach (var (encoding, _) in _candidates.UnorderedItems.OrderBy(c => c.Priority, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))))
        {
            if (chosen == _keyCount)
            {
                break;
            }

            // A zero code has no direction, and a second adapter at the same key would learn the same.
            var code = keys.AsSpan(chosen * d, d);
            calibration.Quantise(encoding, code);
            if (code.ContainsAnyExcept((sbyte)0) && seen.Add(Convert.ToHexString(MemoryMarshal.AsBytes(code))))
            {
                chosen++;
            }
        }

        return chosen == _keyCount
            ? keys
            : throw LegoNetException.BadInput($"The reference set gives only {chosen} different keys where {_keyCount} are wanted.");
    }

    private CodeCalibration Scale(double[] mean)
    {
        var sigma = new double[_dimension];
        for (var i = 0; i < _dimension; i++)
        {
            var offset = _sums[i] / Count;
            mean[i] = _shift[i] + offset;
            sigma[i] = Math.Sqrt(Math.Max(0, (_squares[i] / Count) - (offset * offset)));
        }

        return new CodeCalibration(mean, sigma);
    }

    /// <summary>Principal components of the covariance, largest variance first.</summary>
    private CodeCalibration Project(double[] mean)
    {
        AddBlock();
        var offsets = new double[_dimension];
        for (var i = 0; i < _dimension; i++)
        {
            offsets[i] = _sums[i] / Count;
            mean[i] = _shift[i] + offsets[i];
        }

        var covariance = Matrix<double>.Build.Dense(
            _dimension,
            _dimension,
            (i, j) => (_products[(Math.Max(i, j) * _dimension) + Math.Min(i, j)] / Count) - (offsets[i] * offsets[j]));
        var evd = covariance.Evd(Symmetricity.Symmetric);
        var variances = evd.EigenValues;
        var vectors = evd.EigenVectors;
        var sigma = new double[_projectTo];
        var projection = new float[checked(_projectTo * _dimension)];
        var largest = variances[_dimension - 1].Real;
        for (var j = 0; j < _projectTo; j++)
        {
            var column = _dimension - 1 - j;
            var variance = variances[column].Real;
            sigma[j] = variance > NoiseShare * largest ? Math.Sqrt(variance) : 0;

            // An eigenvector's sign is arbitrary: its largest component is made positive.
            var peak = 0.0;
            for (var i = 0; i < _dimension; i++)
            {
                var v = vectors[i, column];
                peak = Math.Abs(v) > Math.Abs(peak) ? v : peak;
            }

            for (var i = 0; i < _dimension; i++)
            {
                projection[(j * _dimension) + i] = (float)(peak < 0 ? -vectors[i, column] : vectors[i, column]);
            }
        }

        return new CodeCalibration(mean, sigma, projection);
    }

    /// <summary>Adds the block's outer products to the lower triangle, rows of [D, D].</summary>
    private void AddBlock()
    {
        var lanes = DoubleVector.Count;
        for (var i = 0; i < _dimension; i++)
        {
            var sums = _products.AsSpan(i * _dimension, i + 1);
            for (var r = 0; r < _blockRows; r++)
            {
                var row = _block.AsSpan(r * _dimension, i + 1);
                var factor = row[i];
                var f = new DoubleVector(factor);
                var j = 0;
                for (; j <= i + 1 - lanes; j += lanes)
                {
                    (new DoubleVector(sums[j..]) + (new DoubleVector(row[j..]) * f)).CopyTo(sums[j..]);
                }

                for (; j <= i; j++)
                {
                    sums[j] += row[j] * factor;
                }
            }
        }

        _blockRows = 0;
    }
}
