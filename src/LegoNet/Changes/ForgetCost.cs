using LegoNet.Adapters;
using LegoNet.Records;
using LegoNet.Specs;

namespace LegoNet.Changes;

/// <summary>What a forget takes after its records are found, by what it computes, reads and writes.</summary>
/// <param name="spec">The model's spec.</param>
/// <param name="trainer">The adapters' trainer.</param>
/// <param name="records">Records stored.</param>
/// <param name="threads">Adapters refitted at a time.</param>
internal sealed class ForgetCost(ModelSpec spec, IAdapterTrainer trainer, long records, int threads)
{
    // How often a byte is hashed, or handled at that cost: read, checked and taken apart; put together, hashed and written.
    private const int PassesOfAFile = 4;
    private const int PassesOfARow = 2;
    private const int PassesOfASegment = 5;

    // Threads share memory, and a machine's cores with other programs.
    private const double ShareOfAFurtherThread = 0.7;

    // In bytes hashed: to find a row of a shard by its subject, to pass over an entry of a route, to tag a row that is written again, to
    // list an adapter in the manifest.
    private const int FindingARow = 1_500;
    private const double PassingAnEntry = 1.5;
    private const int TaggingARow = 300;
    private const int ListingAnAdapter = 1_000;

    // Besides the code: two tags of 32 bytes and the row of its fingerprint.
    private const int BytesOfIdentity = (2 * RecordKey.TagBytes) + sizeof(ushort);

    /// <summary>Segments of the trie, as its rule splits records whose tags are spread evenly.</summary>
    public double Segments
    {
        get
        {
            var segments = 1.0;
            while (records / segments > spec.SegmentRows)
            {
                segments *= 16;
            }

            return segments;
        }
    }

    /// <summary>Time to open segments that hold a row each.</summary>
    /// <param name="rows">Rows, anywhere.</param>
    public double Opening(double rows) => RefitSpeed.Hash(PassesOfARow * Math.Min(rows, Segments) * BytesOfASegment);

    /// <summary>Time to refit and to commit.</summary>
    /// <param name="shards">Rows of each adapter that is touched.</param>
    /// <param name="removed">Records that go.</param>
    public double Seconds(long[] shards, long removed)
    {
        if (shards.Length == 0)
        {
            return 0;
        }

        double operations = 0, bytes = 0, read = 0;
        foreach (var rows in shards)
        {
            operations += trainer.RefitCost(rows, spec.Dimension, spec.Labels.Outputs);
            bytes += PassesOfAFile * sizeof(uint) * (double)rows;
            if (trainer is ISummingTrainer summing && summing.KeepsSums(rows, spec.Dimension))
            {
                double d = spec.Dimension + 1;
                bytes += PassesOfAFile * sizeof(long) * ((d * d / 2) + (spec.Labels.Outputs * d));
            }
            else
            {
                bytes += rows * (double)(PassesOfARow * spec.Dimension);
                read += rows;
            }
        }

        // Rows are found one by one or in a scan, whichever is shorter (ShardSearch).
        bytes += Math.Min(read * FindingARow, records * (double)spec.Active * PassingAnEntry);
        var parallel = (RefitSpeed.Arithmetic(operations) + RefitSpeed.Hash(bytes) + Opening(read))
            / (1 + (ShareOfAFurtherThread * (Math.Clamp(shards.Length, 1, threads) - 1)));
        var segments = Math.Min(removed, Segments);
        var trie = PassesOfASegment * segments * (BytesOfASegment + (TaggingARow * RowsOfASegment));
        return parallel + RefitSpeed.Hash(trie + (ListingAnAdapter * (double)spec.Adapters)) + Flushing((2 * shards.Length) + (2 * segments));
    }

    private double RowsOfASegment => records / Segments;

    private double BytesOfASegment
        => RowsOfASegment * (spec.Dimension + BytesOfIdentity + (sizeof(int) * spec.Labels.Width) + (sizeof(ushort) * spec.Active));

    // By what a flush takes on a common SSD: to find out what it takes here, something would have to be written. Flushes of different
    // files overlap, hence the divisor; ledger, manifest, marker and folders come one after the other, and many files are flushed at once.
    private static double Flushing(double files)
    {
        const double FlushSeconds = 0.002;
        const int Together = 4;
        const int OneByOne = 10;
        const int AtOnce = 512;
        return FlushSeconds * (OneByOne + (Math.Min(files, AtOnce) / Together));
    }
}
