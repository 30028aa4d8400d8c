using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using LegoNet.Numerics;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>
/// A shard's rows in the order of their folds. A row's fold is a hash of its code and label, so it depends neither on whose the row is nor on
/// the other rows, and equal rows share a fold.
/// </summary>
internal sealed class FoldedShard
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    /// <summary>Puts rows in order.</summary>
    /// <param name="shard">The rows; their order within a fold is kept. A single fold has the shard's own arrays.</param>
    /// <param name="folds">Folds.</param>
    public FoldedShard(Shard shard, int folds)
    {
        Labels = shard.Labels;
        Dimension = shard.Dimension;
        if (folds == 1)
        {
            (Codes, Words, Folds) = (shard.AllCodes(), shard.AllLabels(), [new RowRange(0, shard.Rows)]);
            return;
        }

        Folds = new RowRange[folds];
        var width = Labels.Width;
        var codes = shard.Codes;
        var words = shard.LabelWords;
        var fold = new int[shard.Rows];
        var next = new int[folds + 1];
        for (var r = 0; r < fold.Length; r++)
        {
            fold[r] = FoldOf(codes.Slice(r * Dimension, Dimension), words.Slice(r * width, width), folds);
            next[fold[r] + 1]++;
        }

        for (var f = 0; f < folds; f++)
        {
            Folds[f] = new RowRange(next[f], next[f + 1]);
            next[f + 1] += next[f];
        }

        Codes = new sbyte[codes.Length];
        Words = new int[words.Length];
        for (var r = 0; r < fold.Length; r++)
        {
            var to = next[fold[r]]++;
            codes.Slice(r * Dimension, Dimension).CopyTo(Codes.AsSpan(to * Dimension));
            words.Slice(r * width, width).CopyTo(Words.AsSpan(to * width));
        }
    }

    /// <summary>How labels are stored.</summary>
    public LabelLayout Labels { get; }

    /// <summary>Length d of a code.</summary>
    public int Dimension { get; }

    /// <summary>Rows, m.</summary>
    public int Rows => Codes.Length / Dimension;

    /// <summary>The distance between outputs in tables of rows: m, rounded up to a multiple of eight.</summary>
    public int Stride => (Rows + 7) / 8 * 8;

    /// <summary>Row-major codes, [m, d].</summary>
    public sbyte[] Codes { get; }

    /// <summary>Row-major labels, [m, Labels.Width].</summary>
    public int[] Words { get; }

    /// <summary>The loss of the rows' labels; not for regression.</summary>
    public LogLoss Loss => field ??= SoftmaxFit.Loss(Labels, Words);

    /// <summary>The rows of each fold.</summary>
    public RowRange[] Folds { get; }

    /// <summary>The rows of all folds but one.</summary>
    public RowRange[] Without(int fold) => [.. Folds.Where((rows, f) => f != fold && rows.Count > 0)];

    /// <summary>The fold of a row.</summary>
    /// <param name="code">Its code, [d].</param>
    /// <param name="label">Its label, [width].</param>
    /// <param name="folds">Folds.</param>
    public static int FoldOf(ReadOnlySpan<sbyte> code, ReadOnlySpan<int> label, int folds)
    {
        var bytes = MemoryMarshal.AsBytes(code);
        var hash = (ulong)code.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = Next(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var rest in bytes)
        {
            hash = Next(hash, rest);
        }

        foreach (var word in label)
        {
            hash = Next(hash, (uint)word);
        }

        return (int)(SplitMix64.Mix(hash) % (uint)folds);
    }

    private static ulong Next(ulong hash, ulong word) => BitOperations.RotateLeft((hash ^ word) * Multiplier, 29);
}
