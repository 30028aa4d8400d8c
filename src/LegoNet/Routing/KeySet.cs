using LegoNet.Data.Files;

namespace LegoNet.Routing;

/// <summary>
/// The adapters' keys: n directions in code space, each of length 32767 and rounded to int16. They come from public reference
/// records or from a seed, never from records that can be forgotten.
/// </summary>
/// <remarks>Integer keys make similarities integer sums, so routes are the same on every machine.</remarks>
public sealed class KeySet
{
    /// <summary>The length that keys are scaled to, and the largest size of a key's component.</summary>
    public const int Length = short.MaxValue;

    /// <summary>The largest number of keys: adapter numbers are stored as 16 bits.</summary>
    public const int MaxCount = ushort.MaxValue;

    private readonly short[] _values;

    private KeySet(short[] values, int dimension)
    {
        _values = values;
        Dimension = dimension;
        Count = values.Length / dimension;
    }

    /// <summary>The number of keys n.</summary>
    public int Count { get; }

    /// <summary>The code dimension d.</summary>
    public int Dimension { get; }

    /// <summary>All keys, row-major [n, d].</summary>
    public ReadOnlySpan<short> Values => _values;

    /// <summary>SHA-256 of the keys as a model stores them, in lower-case hex.</summary>
    public string Digest => Digests.Of(KeyFile.Write(this));

    /// <summary>One key, [d].</summary>
    /// <param name="adapter">The adapter's number, 0…n − 1.</param>
    public ReadOnlySpan<short> this[int adapter] => _values.AsSpan(adapter * Dimension, Dimension);

    /// <summary>Takes keys as they were stored.</summary>
    /// <param name="values">Keys [n, d], row-major, each component in −32767…32767.</param>
    /// <param name="dimension">d.</param>
    /// <exception cref="LegoNetException">The shape is wrong, a component is −32768, or a key is zero.</exception>
    public static KeySet FromValues(ReadOnlySpan<short> values, int dimension)
    {
        var count = CheckShape(values.Length, dimension);
        for (var i = 0; i < count; i++)
        {
            var key = values.Slice(i * dimension, dimension);
            if (key.Contains(short.MinValue))
            {
                throw LegoNetException.BadInput($"Key {i} has a component outside −{Length}…{Length}.");
            }

            if (!key.ContainsAnyExcept((short)0))
            {
                throw LegoNetException.BadInput($"Key {i} is zero and so has no direction.");
            }
        }

        return new KeySet(values.ToArray(), dimension);
    }

    /// <summary>Makes keys of the codes of public reference records.</summary>
    /// <param name="codes">Codes [n, d], row-major.</param>
    /// <param name="dimension">d.</param>
    /// <exception cref="LegoNetException">The shape is wrong, or a code is zero.</exception>
    public static KeySet FromCodes(ReadOnlySpan<sbyte> codes, int dimension)
    {
        var components = new int[codes.Length];
        for (var i = 0; i < components.Length; i++)
        {
            components[i] = codes[i];
        }

        return Normalise(components, dimension);
    }

    /// <summary>Scales integer directions to length 32767: round-half-even of v·32767 / √Σv², in float64.</summary>
    internal static KeySet Normalise(ReadOnlySpan<int> components, int dimension)
    {
        var count = CheckShape(components.Length, dimension);
        var values = new short[components.Length];
        for (var i = 0; i < count; i++)
        {
            var from = components.Slice(i * dimension, dimension);
            long squares = 0;
            foreach (var v in from)
            {
                squares = checked(squares + ((long)v * v));
            }

            if (squares == 0)
            {
                throw LegoNetException.BadInput($"Key {i} is zero and so has no direction.");
            }

            // Conversion, square root, product and quotient are each rounded once, as IEEE 754 defines: the same on every machine.
            var length = Math.Sqrt(squares);
            var to = values.AsSpan(i * dimension, dimension);
            for (var j = 0; j < to.Length; j++)
            {
                to[j] = (short)Math.Round(from[j] * (double)Length / length, MidpointRounding.ToEven);
            }

            // Only beyond a million dimensions can every component of a direction round to nothing.
            if (!to.ContainsAnyExcept((short)0))
            {
                throw LegoNetException.BadInput($"Key {i} has too many dimensions to be held in 16 bits.");
            }
        }

        return new KeySet(values, dimension);
    }

    private static int CheckShape(int length, int dimension)
    {
        if (dimension < 1 || length == 0 || length % dimension != 0)
        {
            throw LegoNetException.BadInput($"{length} key components do not make keys of dimension {dimension}.");
        }

        var count = length / dimension;
        return count <= MaxCount ? count : throw LegoNetException.BadInput($"{count} keys are more than the {MaxCount} that adapter numbers reach.");
    }
}
