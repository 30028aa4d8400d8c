using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using LegoNet.Numerics;
using LegoNet.Routing;

namespace LegoNet.Benchmarks;

/// <summary>
/// Codes that stand for an encoder's, the same on every machine: a centre for each of ten classes, a few directions of large variance
/// that all classes share, as encoders have them (so shards differ in length), and noise. A dimension's standard deviation is about 30.
/// </summary>
internal static class GeneratedCodes
{
    private const int Classes = 10;
    private const int Factors = 8;
    private const int BlockRecords = 4096;
    private const ulong Seed = 0x6C65676F6E6574;

    /// <summary>Writes codes and labels as <c>legonet encode</c> does, block by block.</summary>
    /// <param name="path">The file.</param>
    /// <param name="records">N.</param>
    /// <param name="dimension">d.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static void Write(string path, int records, int dimension, int threads, CancellationToken cancellationToken)
    {
        var state = Seed;
        var centres = Draw(Classes * dimension, 11, ref state);
        var factors = Draw(Factors * dimension, 14, ref state);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        file.Write(Header(records, dimension));
        var labels = new int[records];
        for (var i = 0; i < records; i++)
        {
            labels[i] = (int)(SplitMix64.Mix(Seed ^ (ulong)i) % Classes);
        }

        file.Write(MemoryMarshal.AsBytes(labels.AsSpan()));
        var codes = new sbyte[BlockRecords * dimension];
        for (var first = 0; first < records; first += BlockRecords)
        {
            var start = first;
            var count = Math.Min(BlockRecords, records - first);
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
            Parallel.For(0, count, parallel, () => new int[dimension], (row, _, sums) =>
            {
                var record = start + row;
                Fill(record, centres.AsSpan(labels[record] * dimension, dimension), factors, sums, codes.AsSpan(row * dimension, dimension));
                return sums;
            }, _ => { });
            file.Write(MemoryMarshal.AsBytes(codes.AsSpan(0, count * dimension)));
        }
    }

    private static void Fill(int record, ReadOnlySpan<int> centre, ReadOnlySpan<int> factors, Span<int> sums, Span<sbyte> code)
    {
        var state = SplitMix64.Mix(~Seed ^ (ulong)record);
        centre.CopyTo(sums);
        for (var f = 0; f < Factors; f++)
        {
            var weight = GaussianKeys.Component(ref state) >> (10 + (f / 2));
            var factor = factors.Slice(f * code.Length, code.Length);
            for (var j = 0; j < sums.Length; j++)
            {
                sums[j] += weight * factor[j];
            }
        }

        ulong bits = 0;
        for (var j = 0; j < code.Length; j++)
        {
            bits = j % 2 == 0 ? GaussianKeys.Next(ref state) : bits >> 32;
            var noise = ((int)(bits & 255) + (int)((bits >> 8) & 255) + (int)((bits >> 16) & 255) + (int)((bits >> 24) & 255) - 510) / 6;
            code[j] = (sbyte)Math.Clamp((sums[j] >> 5) + noise, -127, 127);
        }
    }

    private static int[] Draw(int count, int shift, ref ulong state)
    {
        var values = new int[count];
        foreach (ref var value in values.AsSpan())
        {
            value = GaussianKeys.Component(ref state) >> shift;
        }

        return values;
    }

    private static byte[] Header(long records, int dimension)
    {
        var json = $$"""{"labels":{"dtype":"I32","shape":[{{records}},1],"data_offsets":[0,{{4 * records}}]},"codes":"""
            + $$"""{"dtype":"I8","shape":[{{records}},{{dimension}}],"data_offsets":[{{4 * records}},{{records * (4 + dimension)}}]} }""";
        var padded = ((8 + json.Length + 63) / 64 * 64) - 8;
        var header = new byte[8 + padded];
        BinaryPrimitives.WriteInt64LittleEndian(header, padded);
        Encoding.ASCII.GetBytes(json.PadRight(padded), header.AsSpan(8));
        return header;
    }
}
