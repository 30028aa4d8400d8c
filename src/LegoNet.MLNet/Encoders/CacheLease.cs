using System.Collections.Concurrent;
using LegoNet.Caching;
using LegoNet.Encoders;

namespace LegoNet.MLNet.Encoders;

/// <summary>
/// The use of a cache of encodings by one cursor. Cursors that are alive at the same time share the open cache; with the last of
/// them it is written and closed, so that a forget by another process is refused only while rows are being read.
/// </summary>
internal sealed class CacheLease : IDisposable
{
    private static readonly ConcurrentDictionary<string, Place> s_places = new(StringComparer.Ordinal);

    private readonly Place _place;
    private int _disposed;

    private CacheLease(Place place, ICodeEncoder encoder)
    {
        _place = place;
        Encoder = encoder;
    }

    /// <summary>The encoder through the cache.</summary>
    public ICodeEncoder Encoder { get; }

    /// <summary>Opens the cache, or joins those who have it open in this process.</summary>
    /// <param name="directory">The cache's full path.</param>
    /// <param name="encoder">The encoder whose codes are kept.</param>
    /// <exception cref="LegoNetException">The cache holds another encoder's codes, is damaged or is none, or another process has it open.</exception>
    public static CacheLease Open(string directory, SharedEncoder encoder)
    {
        var place = s_places.GetOrAdd(directory, _ => new Place());
        lock (place)
        {
            if (place.Cache is null)
            {
                // The cache outlives the cursor that opens it when others join, and it encodes with that cursor's encoder.
                encoder.Acquire();
                try
                {
                    place.Cache = EncodingCache.Open(directory, encoder.Encoder);
                }
                catch
                {
                    encoder.Release();
                    throw;
                }

                place.Encoder = encoder;
            }
            else if (place.Cache.Encoder.Fingerprint != encoder.Encoder.Fingerprint)
            {
                throw LegoNetException.BadInput($"{directory}: is open with another encoder's codes; use a directory of its own for each encoder.");
            }

            place.Users++;
            return new CacheLease(place, place.Cache.Encoder);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        lock (_place)
        {
            if (--_place.Users > 0)
            {
                return;
            }

            var (cache, encoder) = (_place.Cache!, _place.Encoder!);
            (_place.Cache, _place.Encoder) = (null, null); // First: whatever fails, nobody is given a closed cache.
            try
            {
                cache.Dispose();
            }
            finally
            {
                encoder.Release();
            }
        }
    }

    /// <summary>A directory, and the cache in it while it is open.</summary>
    private sealed class Place
    {
        public EncodingCache? Cache { get; set; }

        public SharedEncoder? Encoder { get; set; }

        public int Users { get; set; }
    }
}
