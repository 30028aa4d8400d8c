using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>
/// What the saved form of HashText writes. The size of a mapping's output is part of its type, and d is not known before the options are read;
/// so the code goes out in parts whose sizes are powers of two, largest first: those that make up d when it is written in binary. The other parts stay empty.
/// </summary>
internal sealed class HashTextCode
{
    private const string Prefix = "LegoNet.HashText.Part";
    private const int Largest = 15;

    private readonly VBuffer<float>[] _parts = [.. Enumerable.Range(0, Largest + 1).Select(bit => new VBuffer<float>(1 << bit, 0, null, null))];

    [ColumnName(Prefix + "32768")]
    [VectorType(32768)]
    public VBuffer<float> Part32768
    {
        get => _parts[15];
        set => _parts[15] = value;
    }

    [ColumnName(Prefix + "16384")]
    [VectorType(16384)]
    public VBuffer<float> Part16384
    {
        get => _parts[14];
        set => _parts[14] = value;
    }

    [ColumnName(Prefix + "8192")]
    [VectorType(8192)]
    public VBuffer<float> Part8192
    {
        get => _parts[13];
        set => _parts[13] = value;
    }

    [ColumnName(Prefix + "4096")]
    [VectorType(4096)]
    public VBuffer<float> Part4096
    {
        get => _parts[12];
        set => _parts[12] = value;
    }

    [ColumnName(Prefix + "2048")]
    [VectorType(2048)]
    public VBuffer<float> Part2048
    {
        get => _parts[11];
        set => _parts[11] = value;
    }

    [ColumnName(Prefix + "1024")]
    [VectorType(1024)]
    public VBuffer<float> Part1024
    {
        get => _parts[10];
        set => _parts[10] = value;
    }

    [ColumnName(Prefix + "512")]
    [VectorType(512)]
    public VBuffer<float> Part512
    {
        get => _parts[9];
        set => _parts[9] = value;
    }

    [ColumnName(Prefix + "256")]
    [VectorType(256)]
    public VBuffer<float> Part256
    {
        get => _parts[8];
        set => _parts[8] = value;
    }

    [ColumnName(Prefix + "128")]
    [VectorType(128)]
    public VBuffer<float> Part128
    {
        get => _parts[7];
        set => _parts[7] = value;
    }

    [ColumnName(Prefix + "64")]
    [VectorType(64)]
    public VBuffer<float> Part64
    {
        get => _parts[6];
        set => _parts[6] = value;
    }

    [ColumnName(Prefix + "32")]
    [VectorType(32)]
    public VBuffer<float> Part32
    {
        get => _parts[5];
        set => _parts[5] = value;
    }

    [ColumnName(Prefix + "16")]
    [VectorType(16)]
    public VBuffer<float> Part16
    {
        get => _parts[4];
        set => _parts[4] = value;
    }

    [ColumnName(Prefix + "8")]
    [VectorType(8)]
    public VBuffer<float> Part8
    {
        get => _parts[3];
        set => _parts[3] = value;
    }

    [ColumnName(Prefix + "4")]
    [VectorType(4)]
    public VBuffer<float> Part4
    {
        get => _parts[2];
        set => _parts[2] = value;
    }

    [ColumnName(Prefix + "2")]
    [VectorType(2)]
    public VBuffer<float> Part2
    {
        get => _parts[1];
        set => _parts[1] = value;
    }

    [ColumnName(Prefix + "1")]
    [VectorType(1)]
    public VBuffer<float> Part1
    {
        get => _parts[0];
        set => _parts[0] = value;
    }

    /// <summary>The columns of all parts.</summary>
    public static string[] AllParts { get; } = [.. Bits(ushort.MaxValue).Select(bit => $"{Prefix}{1 << bit}")];

    /// <summary>The columns of the parts that make up a code, in their order.</summary>
    /// <param name="dimension">The code's length d, 1–65,535.</param>
    public static string[] PartsOf(int dimension) => [.. Bits(dimension).Select(bit => $"{Prefix}{1 << bit}")];

    /// <summary>Sets the parts.</summary>
    /// <param name="code">The code, [d].</param>
    public void Write(ReadOnlySpan<sbyte> code)
    {
        var start = 0;
        foreach (var bit in Bits(code.Length))
        {
            CodeFeatures.Write(code.Slice(start, 1 << bit), ref _parts[bit]);
            start += 1 << bit;
        }
    }

    private static IEnumerable<int> Bits(int dimension)
    {
        for (var bit = Largest; bit >= 0; bit--)
        {
            if ((dimension & (1 << bit)) != 0)
            {
                yield return bit;
            }
        }
    }
}
