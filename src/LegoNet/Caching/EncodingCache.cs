using System.Collections.Concurrent;
using LegoNet.Data;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Caching;

/// <summary>
/// Codes that were computed before, so that no record is encoded twice: not by a second training, a training without some subjects,
/// or an addition. A directory of its own, whose rows are owned by (subject, id) and hold the code and a keyed hash of the input;
/// neither names nor inputs. Register it with every model that is trained through it (<see cref="LegoNetModel.RegisterCache"/>):
/// forgetting then purges it before it is acknowledged.
/// </summary>
/// <remarks>
/// Thread-safe. One process at a time can have a cache open; a forget by another is refused meanwhile, so do not keep it open longer
/// than needed. Apart from the id that it was made with, the directory is a function of its rows and of the tag key, which lies beside
/// it (the path with ".key" appended).
/// </remarks>
public sealed class EncodingCache : IDisposable
{
    private const int FlushRows = 65_536;

    private static readonly ConcurrentDictionary<string, EncodingCache> s_open = new(StringComparer.Ordinal);

    // Follows whoever passes by into the tasks that encode for him, and nobody else.
    private static readonly AsyncLocal<bool> s_passedBy = new();

    private readonly ReaderWriterLockSlim _access = new();
    private readonly Dictionary<RecordKey, RowRef> _pending = [];
    private readonly EncodingCacheDirectory _directory;
    private readonly RowLayout _layout;
    private readonly ICodeEncoder _encoder;
    private readonly ModelRun _run;
    private long _hits;
    private long _misses;
    private int _purges;
    private bool _disposed;

    private EncodingCache(ModelRun run, EncodingCacheDirectory directory, ICodeEncoder encoder)
    {
        _directory = directory;
        _layout = directory.Manifest.Rows;
        _encoder = encoder;
        _run = run;
        Encoder = new CachedEncoder(this);
    }

    /// <summary>The cache's full path.</summary>
    public string Path => _run.Paths.Root;

    /// <summary>
    /// The encoder through the cache: same dimension, fingerprint and codes. It looks up each record by subject and id, takes the
    /// stored code where the input's content is the same too, and encodes the others in one call. Disposing it does nothing.
    /// </summary>
    public ICodeEncoder Encoder { get; }

    /// <summary>Records whose code was found.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Records that were encoded.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Opens a cache, or creates it. A change that a crash interrupted is finished or undone first.</summary>
    /// <param name="path">The cache's directory; its tag key and lock lie beside it.</param>
    /// <param name="encoder">The encoder whose codes are kept. It stays the caller's, who disposes it after the cache.</param>
    /// <param name="options">Settings of this run.</param>
    /// <exception cref="LegoNetException">The cache holds another encoder's codes, is damaged or is none, or is open already.</exception>
    public static EncodingCache Open(string path, ICodeEncoder encoder, EncodingCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        var run = EncodingCacheOptions.RunAt(path, options);
        var directory = EncodingCacheDirectory.Open(run, create: encoder);
        var manifest = directory.Manifest;
        if (manifest.Fingerprint != encoder.Fingerprint || manifest.Dimension != encoder.Dimension)
        {
            directory.Dispose();
            var (held, given) = (Describe(manifest.Fingerprint, manifest.Dimension), Describe(encoder.Fingerprint, encoder.Dimension));
            throw LegoNetException.BadInput($"{run.Paths.Root}: holds codes of {held}, and this run's are of {given}; use another directory for them.");
        }

        var cache = new EncodingCache(run, directory, encoder);
        s_open[run.Paths.Root] = cache; // The lock is held, so nobody else has it open.
        return cache;
    }

    /// <summary>Until it is disposed, encoders through a cache encode every record for the caller, and neither look up nor keep codes.</summary>
    internal static IDisposable PassBy() => new Passing();

    /// <summary>Removes the rows of subjects or records from a cache, durably and in one commit.</summary>
    /// <param name="path">The cache's directory. It may be open in this process, but not in another.</param>
    /// <param name="targets">Subjects or records; those of which nothing is cached are passed over.</param>
    /// <param name="options">Settings of this run.</param>
    /// <returns>The number of rows removed.</returns>
    /// <exception cref="LegoNetException">
    /// There is no cache at the path, another process has it open, its key is missing, or it is damaged. A cache that is merely out of
    /// reach, on a disk that is not mounted say, keeps what it holds, so none passes for an empty one.
    /// </exception>
    public static long Purge(string path, IReadOnlyCollection<ForgetTarget> targets, EncodingCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return Purge(EncodingCacheOptions.RunAt(path, options), PurgeTargets.Of(targets), null);
    }

    /// <summary>As the public one, with the settings of a model's run.</summary>
    /// <param name="run">The cache and the settings.</param>
    /// <param name="targets">Subjects or records.</param>
    /// <param name="id">The name of the cache that is to be there; null for whichever is.</param>
    internal static long Purge(ModelRun run, PurgeTargets targets, string? id)
    {
        if (id is not null)
        {
            Require(run, id);
        }

        if (s_open.TryGetValue(run.Paths.Root, out var open) && open.TryPurge(targets, run.Shred) is { } removed)
        {
            return removed;
        }

        using var directory = EncodingCacheDirectory.Open(run, create: null);
        var keys = Keys(directory, targets.Under(directory.Manifest.Id, directory.TagKey));
        directory.Apply(Removals(keys), run.Shred);
        return keys.Count;
    }

    /// <summary>Refuses a place where a registered cache is not, or is another: what it holds would stay.</summary>
    /// <exception cref="LegoNetException">There is no cache, another one, or its manifest is damaged.</exception>
    internal static void Require(ModelRun run, string id)
    {
        string found;
        try
        {
            found = EncodingCacheManifest.Load(run.Paths, run.Files).Id;
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.BadInput)
        {
            throw LegoNetException.BadInput(
                $"{run.Paths.Root}: this cache of encodings is registered with the model and is not there, so nothing can be removed from it and nothing "
                    + "was changed; mount it, or register the place where it is now",
                e,
                LegoNetReason.CacheUnreachable);
        }

        if (found != id)
        {
            throw LegoNetException.BadInput(
                $"{run.Paths.Root}: is another cache of encodings than the one that was registered with the model at this place, which may still hold what "
                    + "is to be removed, so nothing was changed; put that one back, or register the place where it is now",
                reason: LegoNetReason.CacheUnreachable);
        }
    }

    /// <summary>Whether a registered cache is there and whole, so that a purge finds all that it holds.</summary>
    /// <exception cref="LegoNetException">Another process has the cache open.</exception>
    internal static bool CanBePurged(ModelRun run, string id)
    {
        try
        {
            Require(run, id);
            if (!s_open.ContainsKey(run.Paths.Root))
            {
                using var directory = EncodingCacheDirectory.Open(run, create: null);
                directory.RequireWhole();
            }

            return true;
        }
        catch (LegoNetException e) when (e.Reason != LegoNetReason.Busy)
        {
            return false;
        }
    }

    /// <summary>Makes all codes computed so far durable, in one commit. Happens by itself every 65,536 records and on disposal.</summary>
    /// <exception cref="IOException">The cache cannot be written; what is pending stays pending.</exception>
    /// <exception cref="LegoNetException">A file of the cache is damaged.</exception>
    public void Flush()
    {
        _access.EnterWriteLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            FlushPending();
        }
        finally
        {
            _access.ExitWriteLock();
        }
    }

    /// <summary>
    /// Flushes and closes the cache. Where that fails, which <see cref="Flush"/> would have told, a warning is logged: all that is
    /// lost are codes that can be computed again.
    /// </summary>
    public void Dispose()
    {
        _access.EnterWriteLock();
        try
        {
            if (_disposed)
            {
                return;
            }

            try
            {
                FlushPending();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or LegoNetException)
            {
                _run.Logger.LogWarning("A cache of encodings could not be written ({Error}); its pending records will be encoded again.", e.GetType().Name);
            }

            _disposed = true;
            _pending.Clear();
            s_open.TryRemove(new KeyValuePair<string, EncodingCache>(Path, this));
            _directory.Dispose();
        }
        finally
        {
            _access.ExitWriteLock();
        }
    }

    private static string Describe(EncoderFingerprint fingerprint, int dimension)
    {
        var name = fingerprint.Encoder.Length > 16 ? fingerprint.Encoder[..16] + "…" : fingerprint.Encoder;
        return $"encoder {name} (int8 [{dimension}], {fingerprint.Runtime}, {fingerprint.Provider}, {fingerprint.Precision}, "
            + $"threads {fingerprint.Threads}, batch {fingerprint.Batch}{(fingerprint.Processor is { } kind ? $", {kind}" : "")})";
    }

    private static SortedSet<RecordKey> Keys(EncodingCacheDirectory directory, IReadOnlyList<TagTarget> targets) => [.. targets.SelectMany(directory.KeysOf)];

    private static RowChange[] Removals(IEnumerable<RecordKey> keys) => [.. keys.Select(key => new RowChange(key, null))];

    /// <summary>Purges the open cache; null when it has been closed meanwhile.</summary>
    private long? TryPurge(PurgeTargets asked, bool shred)
    {
        _access.EnterWriteLock();
        try
        {
            if (_disposed)
            {
                return null;
            }

            // Batches that are being encoded now may hold what is purged; their codes are used, but no longer kept.
            _purges++;
            var targets = asked.Under(_directory.Manifest.Id, _directory.TagKey);
            var keys = Keys(_directory, targets);
            _directory.Apply(Removals(keys), shred);
            var subjects = targets.Where(t => t.IsSubject).Select(t => t.ToTag()).ToHashSet(StringComparer.Ordinal);
            var records = targets.Select(t => t.Key).ToHashSet();
            keys.UnionWith(_pending.Keys.Where(key => records.Contains(key) || subjects.Contains(key.ToTag(withRecord: false))));
            foreach (var key in keys)
            {
                _pending.Remove(key);
            }

            return keys.Count;
        }
        finally
        {
            _access.ExitWriteLock();
        }
    }

    private void FlushPending()
    {
        _directory.Apply([.. _pending.OrderBy(row => row.Key).Select(row => new RowChange(row.Key, row.Value))]);
        _pending.Clear();
    }

    private void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
    {
        var keys = new RecordKey[records.Count];
        var contents = new int[records.Count * ContentTag.Words];
        var known = new bool[records.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            // Nobody could ask for what is kept under no name.
            var named = RecordName.Accepts(records[i].Subject) && RecordName.Accepts(records[i].Id);
            keys[i] = named ? _directory.TagKey.KeyOf(records[i].Subject, records[i].Id) : default;
            known[i] = named && ContentTag.TryWrite(_directory.TagKey, records[i].Input, contents.AsSpan(i * ContentTag.Words, ContentTag.Words));
        }

        var missed = new List<int>();
        int purges;
        _access.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            purges = _purges;
            for (var i = 0; i < keys.Length; i++)
            {
                if (known[i] && Find(keys[i]) is { } row && row.Label.SequenceEqual(contents.AsSpan(i * ContentTag.Words, ContentTag.Words)))
                {
                    row.Code.CopyTo(codes[(i * _layout.Dimension)..]);
                }
                else
                {
                    missed.Add(i);
                }
            }
        }
        finally
        {
            _access.ExitReadLock();
        }

        Interlocked.Add(ref _hits, keys.Length - missed.Count);
        if (missed.Count == 0)
        {
            return;
        }

        var fresh = new sbyte[missed.Count * _layout.Dimension];
        _encoder.Encode([.. missed.Select(i => records[i])], fresh);
        Interlocked.Add(ref _misses, missed.Count);
        var rows = new MemoryRows(_layout, missed.Count);
        var kept = new List<RowRef>(missed.Count);
        for (var m = 0; m < missed.Count; m++)
        {
            var i = missed[m];
            var code = fresh.AsSpan(m * _layout.Dimension, _layout.Dimension);
            code.CopyTo(codes[(i * _layout.Dimension)..]);

            // What no model would take could never be forgotten either.
            if (known[i] && !code.Contains(sbyte.MinValue))
            {
                kept.Add(rows.Add(keys[i], contents.AsSpan(i * ContentTag.Words, ContentTag.Words), code, _encoder.Fingerprint));
            }
        }

        Keep(kept, purges);
    }

    private RowRef? Find(in RecordKey key) => _pending.TryGetValue(key, out var row) ? row : _directory.Find(key);

    private void Keep(List<RowRef> rows, int purges)
    {
        _access.EnterWriteLock();
        try
        {
            if (_disposed || purges != _purges)
            {
                return;
            }

            foreach (var row in rows)
            {
                _pending[row.Key] = row;
            }

            if (_pending.Count >= FlushRows)
            {
                FlushPending();
            }
        }
        finally
        {
            _access.ExitWriteLock();
        }
    }

    private sealed class CachedEncoder(EncodingCache cache) : ICodeEncoder
    {
        public int Dimension => cache._encoder.Dimension;

        public EncoderFingerprint Fingerprint => cache._encoder.Fingerprint;

        public int BatchSize => cache._encoder.BatchSize;

        public void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes)
        {
            ArgumentNullException.ThrowIfNull(records);
            if (s_passedBy.Value)
            {
                cache._encoder.Encode(records, codes);
                Interlocked.Add(ref cache._misses, records.Count);
                return;
            }

            cache.Encode(records, codes);
        }

        public void Dispose()
        {
            // The encoder behind it is the caller's, and the cache is disposed by whoever opened it.
        }
    }

    private sealed class Passing : IDisposable
    {
        private readonly bool _before = s_passedBy.Value;

        public Passing() => s_passedBy.Value = true;

        public void Dispose() => s_passedBy.Value = _before;
    }
}
