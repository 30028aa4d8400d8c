using System.Collections.Concurrent;
using LegoNet.Adapters;
using LegoNet.Store;

namespace LegoNet.Changes;

/// <summary>
/// The shard files of one state of a model, each read once where a change needs it twice: to count copies of what goes, and to
/// refit. What is kept meanwhile is bounded, since a file may hold a shard's sums.
/// </summary>
internal sealed class StoredShards(IReadOnlyList<AdapterEntry?> adapters, ModelFiles files)
{
    private const long KeptBytes = 64L << 20;

    private readonly ConcurrentDictionary<int, (ShardFile File, long Bytes)> _kept = new();
    private long _keptBytes;

    /// <summary>The shard file of an adapter that has rows.</summary>
    /// <exception cref="LegoNetException">The file is damaged.</exception>
    public ShardFile Read(int adapter)
    {
        if (_kept.TryGetValue(adapter, out var kept))
        {
            return kept.File;
        }

        var (file, bytes) = Load(adapter);
        if (Volatile.Read(ref _keptBytes) + bytes <= KeptBytes && _kept.TryAdd(adapter, (file, bytes)))
        {
            Interlocked.Add(ref _keptBytes, bytes);
        }

        return file;
    }

    /// <summary>The shard file of an adapter that has rows, read for the last time; the caller may alter its sums.</summary>
    /// <exception cref="LegoNetException">The file is damaged.</exception>
    public ShardFile Take(int adapter)
    {
        if (!_kept.TryRemove(adapter, out var kept))
        {
            return Load(adapter).File;
        }

        Interlocked.Add(ref _keptBytes, -kept.Bytes);
        return kept.File;
    }

    private (ShardFile File, long Bytes) Load(int adapter)
    {
        var entry = adapters[adapter]!;
        var bytes = files.Read(entry.ShardFile, entry.Shard);
        return (ShardFile.Parse(bytes, entry.ShardFile), bytes.Length);
    }
}
