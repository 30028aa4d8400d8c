using LegoNet.Adapters;
using LegoNet.Records;
using LegoNet.Storage;

namespace LegoNet.Unlearning;

/// <summary>
/// Counts copies: records of other subjects whose code equals that of a record about to be forgotten. They stay, and whoever asks
/// for an erasure should know.
/// </summary>
internal static class SameCodes
{
    private const int FewRecords = 32;

    public static long CountElsewhere(RecordStore store, Manifest manifest, ModelFiles files, IReadOnlyList<RowRef> removed)
    {
        if (removed.Count == 0)
        {
            return 0;
        }

        var byHash = removed.ToLookup(row => Hash(row.Code));
        var keys = removed.Select(row => row.Key).ToHashSet();

        // Equal codes have equal routes, so one shard of each record holds all its copies; for many records one pass is cheaper.
        var candidates = removed.Count > FewRecords ? store.Rows() : removed.Select(Smallest).Distinct().SelectMany(Shard).DistinctBy(row => row.Key);
        return candidates.LongCount(row => !keys.Contains(row.Key) && byHash[Hash(row.Code)].Any(gone => !gone.Key.SameSubject(row.Key) && gone.Code.SequenceEqual(row.Code)));

        AdapterEntry Smallest(RowRef row) => row.Route.ToArray().Select(a => manifest.Adapters[a]!).MinBy(a => a.Rows)!;

        IEnumerable<RowRef> Shard(AdapterEntry adapter)
            => Refitter.FindRows(store, adapter.Number, ShardFile.Parse(files.Read(adapter.ShardFile, adapter.Shard), adapter.ShardFile).Subjects);
    }

    private static int Hash(ReadOnlySpan<sbyte> code)
    {
        var hash = default(HashCode);
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(code));
        return hash.ToHashCode();
    }
}
