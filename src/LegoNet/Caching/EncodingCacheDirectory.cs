using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Caching;

/// <summary>
/// A cache's directory, open for its one writer: rows by (subject, id) in a canonical trie, changed by atomic and durable commits.
/// Reading is thread-safe, changing is not.
/// </summary>
internal sealed class EncodingCacheDirectory : IDisposable
{
    private static readonly string[] s_directories = ["records"];

    private readonly ModelPaths _paths;
    private readonly ModelOptions _options;
    private readonly WriterLock _lock;
    private EncodingCacheManifest _manifest;
    private RecordStore _store;

    private EncodingCacheDirectory(ModelPaths paths, ModelOptions options, WriterLock held, EncodingCacheManifest manifest, TagKey tagKey)
    {
        _paths = paths;
        _options = options;
        _lock = held;
        _manifest = manifest;
        TagKey = tagKey;
        _store = OpenStore();
    }

    public TagKey TagKey { get; }

    public EncodingCacheManifest Manifest => _manifest;

    /// <summary>Opens a cache, and finishes or undoes what a crash interrupted.</summary>
    /// <param name="paths">The cache.</param>
    /// <param name="options">Settings of this run.</param>
    /// <param name="create">The encoder for which a cache is created where there is none; null to create none.</param>
    /// <returns>The cache; null where there is none and none is created.</returns>
    /// <exception cref="LegoNetException">Another process has the cache open, or it is damaged, or it is none.</exception>
    public static EncodingCacheDirectory? Open(ModelPaths paths, ModelOptions options, ICodeEncoder? create)
    {
        if (create is null && !Directory.Exists(paths.Root))
        {
            return null;
        }

        Prepare(paths);
        var held = WriterLock.Acquire(paths, options.Clock, "cache of encodings");
        try
        {
            if (!File.Exists(paths.Manifest) && IsUnborn(paths))
            {
                if (create is null)
                {
                    held.Dispose();
                    return null;
                }

                Create(paths, options, create);
            }

            var manifest = EncodingCacheManifest.Load(paths, options.Files);
            var tagKey = TagKey.Load(paths.TagKey);
            if (tagKey.Fingerprint != manifest.TagKey)
            {
                throw LegoNetException.BadInput($"{paths.TagKey}: not the tag key that this cache was made with.");
            }

            var opened = new EncodingCacheDirectory(paths, options, held, manifest, tagKey);
            opened.Recover();
            return opened;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The row with a key.</summary>
    /// <exception cref="LegoNetException">A file of the cache is damaged.</exception>
    public RowRef? Find(in RecordKey key)
    {
        try
        {
            return _store.Find(key);
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.Damaged)
        {
            throw Damaged(e);
        }
    }

    /// <summary>Keys of the rows of a subject, or of one record of it.</summary>
    /// <exception cref="LegoNetException">A file of the cache is damaged.</exception>
    public IReadOnlyList<RecordKey> KeysOf(string subject, string? id)
    {
        if (id is not null)
        {
            var key = TagKey.KeyOf(subject, id);
            return Find(key) is null ? [] : [key];
        }

        try
        {
            return [.. _store.FindSubject(TagKey.SubjectTag(subject)).Select(row => row.Key)];
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.Damaged)
        {
            throw Damaged(e);
        }
    }

    /// <summary>Makes changes durable in one commit. When it fails, the cache is as before or as after, and can be used on.</summary>
    /// <param name="changes">In key order, each key once; a removal names a key that is present.</param>
    /// <param name="shred">Whether files that become obsolete are overwritten before they are unlinked.</param>
    /// <exception cref="LegoNetException">A file of the cache is damaged.</exception>
    public void Apply(ReadOnlySpan<RowChange> changes, bool shred = false)
    {
        Recover(); // A commit before may have failed after the point of no return.
        if (changes.IsEmpty)
        {
            return;
        }

        try
        {
            var obsolete = new HashSet<string>(StringComparer.Ordinal);
            using var commit = Commit.Begin(_paths, _options.Files, s_directories, shred);
            var after = _store.Update(changes, commit, obsolete);
            var manifest = _manifest with { Records = after.Root };
            if (shred)
            {
                after.Release(obsolete);
            }

            commit.Complete(manifest.ToJson(), null, obsolete);
            after.Release(obsolete.Concat(commit.Created));
            _store = after;
            _manifest = manifest;
        }
        catch (Exception e)
        {
            Reread();
            if (e is LegoNetException { Error: LegoNetError.Damaged } damaged)
            {
                throw Damaged(damaged);
            }

            throw;
        }
    }

    public void Dispose()
    {
        _store.Dispose();
        _lock.Dispose();
    }

    private static void Prepare(ModelPaths paths)
    {
        try
        {
            Directory.CreateDirectory(paths.Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{paths.Root}: cannot be created ({e.Message})", e);
        }
    }

    // Empty, or what a crash in the first commit leaves: nothing in it can have come from a record.
    private static bool IsUnborn(ModelPaths paths)
        => Directory.EnumerateFileSystemEntries(paths.Root).All(entry => entry == paths.CommitMarker || entry == paths.ManifestDraft
            || (entry == Path.Combine(paths.Root, s_directories[0]) && Directory.Exists(entry) && !Directory.EnumerateFileSystemEntries(entry).Any()));

    private static void Create(ModelPaths paths, ModelOptions options, ICodeEncoder encoder)
    {
        var tagKey = TagKey.LoadOrCreate(paths.TagKey);
        using var commit = Commit.Begin(paths, options.Files, s_directories);
        commit.Complete(new EncodingCacheManifest(encoder.Dimension, encoder.Fingerprint, tagKey.Fingerprint, null).ToJson(), null, []);
    }

    private void Recover()
    {
        if (!File.Exists(_paths.CommitMarker))
        {
            return;
        }

        Reread();
        HashSet<string> named;
        try
        {
            named = _store.Nodes().Select(node => node.File).ToHashSet(StringComparer.Ordinal);
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.Damaged)
        {
            throw Damaged(e);
        }

        Commit.Recover(_paths, _options.Files, s_directories, named, _ => false);
        _options.Logger.LogWarning("A change of a cache of encodings that a crash had interrupted was finished or undone.");
    }

    // After a commit that failed, what memory holds may belong to no state of the cache; the manifest on disk says which one it has.
    private void Reread()
    {
        _store.Dispose();
        _manifest = EncodingCacheManifest.Load(_paths, _options.Files);
        _store = OpenStore();
    }

    private RecordStore OpenStore() => new(_manifest.Rows, _manifest.Records, new ModelFiles(_paths, _options.Files), TagKey);

    private LegoNetException Damaged(LegoNetException e)
        => LegoNetException.Damaged($"{_paths.Root}: {e.Message} Remove the cache; it can be made again.", e);
}
