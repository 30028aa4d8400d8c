using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// Networks that were trained, for the next method that starts from the same one: all approximate methods do. Each comes with the seconds that
/// its training took, so that a method which borrows it can be charged for it.
/// </summary>
/// <remarks>Thread-safe. Two that ask for the same network at once both train it.</remarks>
internal sealed class TrainedNetworks
{
    // More than the 64 shadow models and their oracles take at 1,024 dimensions.
    private const long MostBytes = 256L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, Entry> _entries = [];

    // The one that was used longest ago first.
    private readonly List<Key> _order = [];
    private long _bytes;

    /// <summary>A trained network.</summary>
    /// <param name="recipe">How it is trained.</param>
    /// <param name="records">The records.</param>
    /// <param name="rows">Those to train on, ascending.</param>
    /// <param name="settings">Seed and threads.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A network of the caller's own, and the seconds of its training that were spent before; 0 where it was trained now.</returns>
    public (Network Network, double BorrowedSeconds) Get(
        NetworkRecipe recipe, RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
    {
        var key = new Key(recipe, records, settings.Seed, Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<int>(rows))));
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var found))
            {
                _order.Remove(key);
                _order.Add(key);
                return (found.Network.Clone(), found.Seconds);
            }
        }

        var (network, seconds) = recipe.Train(records, rows, settings, cancellationToken);
        lock (_lock)
        {
            if (_entries.TryAdd(key, new Entry(network.Clone(), seconds)))
            {
                _order.Add(key);
                _bytes += network.Bytes;
                while (_bytes > MostBytes)
                {
                    _bytes -= _entries[_order[0]].Network.Bytes;
                    _entries.Remove(_order[0]);
                    _order.RemoveAt(0);
                }
            }
        }

        return (network, 0);
    }

    private readonly record struct Key(NetworkRecipe Recipe, RecordSet Records, long Seed, string Rows);

    private sealed record Entry(Network Network, double Seconds);
}
