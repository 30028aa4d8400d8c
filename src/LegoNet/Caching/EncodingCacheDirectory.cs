using System.Security.Cryptography;
using LegoNet.Encoders;
using LegoNet.Files;
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
    private const string Kind = "cache of encodings";
    private const int IdBytes = 16;

    private static readonly string[] s_directories = ["records"];

    private readonly ModelRun _run;
    private readonly WriterLock _lock;
    private EncodingCacheManifest _manifest;
    private RecordStore _store;

    private EncodingCacheDirectory(ModelRun run, WriterLock held, EncodingCacheManifest manifest, TagKey tagKey)
    {
        _run = run;
        _lock = held;
        _manifest = manifest;
        TagKey = tagKey;
        _store = OpenStore();
    }

    public TagKey TagKey { get; }

    public EncodingCacheManifest Manifest => _manifest;

    /// <summary>Opens a cache, and finishes or undoes what a crash interrupted.</summary>
    /// <param name="run">The cache and the settings of this run.</param>
    /// <param name="create">The encoder for which a cache is created where there is none; null to create none.</param>
    /// <exception cref="LegoNetException">There is no cache and none is created, another process has it open, or it is damaged, or it is none.</exception>
    public static EncodingCacheDirectory Open(ModelRun run, ICodeEncoder? create)
    {
        var (paths, files) = (run.Paths, run.Files);
        if (create is null)
        {
            _ = EncodingCacheManifest.Load(paths, files); // No lock is made beside what is no cache.
        }
        else
        {
            Prepare(run);
        }

        var held = WriterLock.Acquire(run, Kind);
        try
        {
            if (create is not null && !files.FileExists(paths.Manifest) && IsUnborn(run))
            {
                Create(run, create);
            }

            var manifest = EncodingCacheManifest.Load(paths, files);
            KeyFiles.WarnIfOpen(run, paths.TagKey);
            var tagKey = LoadTagKey(run, toPurge: create is null);
            if (tagKey.Fingerprint != manifest.TagKey)
            {
                throw LegoNetException.BadInput($"{paths.TagKey}: not the tag key that this cache was made with.");
            }

            var opened = new EncodingCacheDirectory(run, held, manifest, tagKey);
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
    public IReadOnlyList<RecordKey> KeysOf(TagTarget target)
    {
        try
        {
            return [.. target.FindIn(_store).Select(row => row.Key)];
        }
        catch (LegoNetException e) when (e.Error == LegoNetError.Damaged)
        {
            throw Damaged(e);
        }
    }

    /// <summary>Reads every row: a damaged file would keep what it holds from being found.</summary>
    /// <exception cref="LegoNetException">A file of the cache is damaged.</exception>
    public void RequireWhole()
    {
        try
        {
            _ = _store.Rows().Count();
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
            using var commit = Commit.Begin(_run.Paths, _run.Files, s_directories, shred, kind: Kind);
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

    private static void Prepare(ModelRun run)
    {
        if (!run.Files.DirectoryExists(run.Paths.Root))
        {
            ModelGround.Avoid(run.Paths.Root);
        }

        try
        {
            run.Files.CreateDirectory(run.Paths.Root, run.Paths.Look);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{run.Paths.Root}: cannot be created ({e.Message})", e);
        }
    }

    // A key of the cache's own: where a model's key is named says nothing about it.
    private static TagKey LoadTagKey(ModelRun run, bool toPurge)
    {
        try
        {
            return TagKey.Load(run.Paths.TagKey, run.Files);
        }
        catch (LegoNetException e) when (e.Reason == LegoNetReason.TagKeyUnreadable)
        {
            var problem = $"{run.Paths.TagKey}: the tag key of this cache of encodings cannot be read, and without it nothing can be found or removed there";
            throw toPurge
                ? LegoNetException.BadInput($"{problem}; put it back.", e, LegoNetReason.CacheUnreachable)
                : LegoNetException.BadInput($"{problem}; put it back, or name another directory for a new cache.", e);
        }
    }

    // Empty, or what a crash in the first commit leaves: nothing in it can have come from a record.
    private static bool IsUnborn(ModelRun run)
    {
        var (paths, files) = (run.Paths, run.Files);
        return files.EnumerateFiles(paths.Root).All(file => file == paths.CommitMarker || file == paths.ManifestDraft)
            && files.EnumerateDirectories(paths.Root).All(folder =>
                folder == Path.Combine(paths.Root, s_directories[0]) && ModelTree.Files(folder, files).Count == 0);
    }

    private static void Create(ModelRun run, ICodeEncoder encoder)
    {
        var tagKey = TagKey.LoadOrCreate(run.Paths.TagKey, run.Files);
        var id = RandomNumberGenerator.GetHexString(2 * IdBytes, lowercase: true);
        using var commit = Commit.Begin(run.Paths, run.Files, s_directories, kind: Kind);
        commit.Complete(new EncodingCacheManifest(id, encoder.Dimension, encoder.Fingerprint, tagKey.Fingerprint, null).ToJson(), null, []);
    }

    private void Recover()
    {
        if (!_run.Files.FileExists(_run.Paths.CommitMarker))
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

        Commit.Recover(_run.Paths, _run.Files, s_directories, named, _ => false);
        _run.Logger.LogWarning("A change of a cache of encodings that a crash had interrupted was finished or undone.");
    }

    // After a commit that failed, what memory holds may belong to no state of the cache; the manifest on disk says which one it has.
    private void Reread()
    {
        _store.Dispose();
        _manifest = EncodingCacheManifest.Load(_run.Paths, _run.Files);
        _store = OpenStore();
    }

    private RecordStore OpenStore() => new(_manifest.Rows, _manifest.Records, _run.OpenFiles(), TagKey);

    private LegoNetException Damaged(LegoNetException e)
        => LegoNetException.Damaged($"{_run.Paths.Root}: {e.Message} Remove the cache, which can be made again; a forget goes on once it is dropped.", e);
}
