using System.Text;
using LegoNet.Common;
using LegoNet.Data.Files;
using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>
/// One atomic, durable change of a directory (a model, or a cache of encodings). Order: a marker, then new files (named by content, so nothing that readers
/// see is overwritten), flushed; the ledger's entry; the manifest by rename; the directory flushed; what no manifest names any
/// more unlinked; the marker removed. Only then is the change acknowledged.
/// </summary>
internal sealed class Commit : IFileSink, IDisposable
{
    private readonly ModelPaths _paths;
    private readonly IFileLayer _layer;
    private readonly bool _shred;
    private readonly string _kind;
    private readonly List<string> _created = [];
    private readonly ModelPaths? _made;
    private readonly List<string> _adopted = [];
    private string? _ledgerEntry;
    private bool _decided;

    private Commit(ModelPaths paths, IFileLayer layer, bool shred, string kind, string? made)
    {
        _kind = kind;
        _made = made is null ? null : new ModelPaths(made);
        _paths = paths;
        _layer = layer;
        _shred = shred;
    }

    private const int FilesAtATime = 8;
    private const int ManyFiles = 64;

    // What the marker says where recovery, too, has to overwrite what it unlinks.
    private const string ShredMarker = "shred";

    // And in front of the root digest that the change starts from.
    private const string FromMarker = "from ";

    // And in front of the directory that files were adopted from.
    private const string MadeMarker = "made ";

    /// <summary>Names of the files written so far.</summary>
    public IReadOnlyCollection<string> Created => _created;

    /// <summary>Announces a change.</summary>
    /// <param name="paths">The directory.</param>
    /// <param name="layer">File operations.</param>
    /// <param name="directories">The folders that the change may write to, relative to the directory.</param>
    /// <param name="shred">Whether obsolete files are overwritten before they are unlinked. Nobody else may be reading them then.</param>
    /// <param name="root">The root digest that the change starts from; null where there is no ledger.</param>
    /// <param name="kind">What the directory is called in messages.</param>
    /// <param name="made">The directory, laid out as this one, that files are adopted from; null where none are.</param>
    /// <exception cref="LegoNetException">Nothing can be written there.</exception>
    public static Commit Begin(
        ModelPaths paths,
        IFileLayer layer,
        IReadOnlyList<string> directories,
        bool shred = false,
        string? root = null,
        string kind = "model",
        string? made = null)
    {
        var commit = new Commit(paths, layer, shred, kind, made);
        try
        {
            commit.Write(() =>
            {
                foreach (var directory in directories)
                {
                    layer.CreateDirectory(Path.Combine(paths.Root, directory), paths.Look);
                }

                WriteMarker(paths, layer, shred, root, made);
            });
        }
        catch
        {
            layer.Delete(paths.CommitMarker); // Nothing has begun.
            throw;
        }

        return commit;
    }

    public void Put(string name, byte[] bytes)
    {
        var path = _paths.File(name);
        if (_layer.FileExists(path))
        {
            return; // The name says the content, and recovery has removed whatever a crash left half-written.
        }

        lock (_created)
        {
            _created.Add(name);
        }

        Write(() => _layer.WriteAllBytes(path, bytes, flush: false, _paths.LookOf(name)));
    }

    /// <summary>
    /// Takes over a file that was written elsewhere on this file system, as if it were put. It is moved when the change is completed, and moved back
    /// where that fails or a crash prevents it: it took a long time to make.
    /// </summary>
    /// <param name="name">Its name, here and there, which says its content.</param>
    public void Adopt(string name) => _adopted.Add(name);

    /// <summary>Makes the change the model. After the rename there is no way back, so nothing here observes cancellation.</summary>
    /// <param name="manifest">The new manifest's bytes.</param>
    /// <param name="ledgerEntry">Path and bytes of the ledger's new entry; null where there is no ledger.</param>
    /// <param name="obsolete">Files that the new manifest no longer names.</param>
    /// <exception cref="LegoNetException">It cannot be written; the directory is as before, once this is disposed.</exception>
    public void Complete(byte[] manifest, (string Path, byte[] Bytes)? ledgerEntry, IReadOnlyCollection<string> obsolete)
    {
        Write(() =>
        {
            MoveAdopted();
            _layer.FlushTree(_paths.Root, [.. _created.Select(_paths.File)]);
            if (ledgerEntry is { } entry)
            {
                _ledgerEntry = entry.Path;
                _layer.WriteAllBytes(entry.Path, entry.Bytes, flush: true, _paths.Look);
                _layer.FlushDirectory(_paths.LedgerFolder);
            }

            _layer.WriteAllBytes(_paths.ManifestDraft, manifest, flush: true, _paths.Look);
        });

        // A rename that reports a failure may have happened all the same (on a network file system, say). Undoing it from here
        // could take away files that the manifest names, so from here on only recovery, which reads the manifest, decides.
        _decided = true;
        _layer.Rename(_paths.ManifestDraft, _paths.Manifest);
        _layer.FlushDirectory(_paths.Root);
        if (_shred)
        {
            foreach (var name in obsolete)
            {
                _layer.Overwrite(_paths.File(name));
            }
        }

        RemoveFiles(obsolete);
        RemoveMarker();
    }

    /// <summary>Adds an entry to the ledger and changes nothing else.</summary>
    /// <param name="path">The entry's file.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="after">What follows from the entry, and what recovery does where a crash prevents it.</param>
    public void CompleteLedger(string path, byte[] bytes, Action? after)
    {
        Write(() =>
        {
            _ledgerEntry = path;
            _layer.WriteAllBytes(path, bytes, flush: true, _paths.Look);
            _layer.FlushDirectory(_paths.LedgerFolder);
        });
        _decided = true;
        after?.Invoke();
        RemoveMarker();
    }

    /// <summary>Writes the marker durably: from here on a crash is one in the middle of a change.</summary>
    public static void WriteMarker(ModelPaths paths, IFileLayer layer, bool shred, string? root, string? made = null)
    {
        string?[] lines = [shred ? ShredMarker : null, root is null ? null : FromMarker + root, made is null ? null : MadeMarker + made];
        layer.WriteAllBytes(paths.CommitMarker, Encoding.UTF8.GetBytes(string.Join('\n', lines.OfType<string>())), flush: true, paths.Look);
        layer.FlushDirectory(paths.Root);
    }

    /// <summary>Whether the change that a crash interrupted was to overwrite what it unlinks.</summary>
    public static bool MustShred(ModelPaths paths, IFileLayer layer) => Marker(paths, layer).Contains(ShredMarker, StringComparer.Ordinal);

    /// <summary>
    /// The root digest that an interrupted change started from; null where the marker does not say. The ledger's last entry is of
    /// that change only if it starts there: a crash before its entry was written leaves that of an earlier, acknowledged change.
    /// </summary>
    public static string? StartedFrom(ModelPaths paths, IFileLayer layer)
        => Marker(paths, layer).FirstOrDefault(line => line.StartsWith(FromMarker, StringComparison.Ordinal))?[FromMarker.Length..] is { } root
            && Digests.IsHex(root) ? root : null;

    /// <summary>The directory that an interrupted change adopted files from; null where it adopted none.</summary>
    public static string? MadeIn(ModelPaths paths, IFileLayer layer)
        => Marker(paths, layer).FirstOrDefault(line => line.StartsWith(MadeMarker, StringComparison.Ordinal))?[MadeMarker.Length..];

    private static string[] Marker(ModelPaths paths, IFileLayer layer)
    {
        try
        {
            return Encoding.UTF8.GetString(layer.ReadAllBytes(paths.CommitMarker)).Split('\n');
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Undoes what was written when the change did not complete.</summary>
    public void Dispose()
    {
        if (!_decided)
        {
            foreach (var name in _adopted.Intersect(_created))
            {
                TryGiveBack(_paths.File(name), _made!.File(name), _layer);
            }

            RemoveFiles(_created);
            _layer.Delete(_paths.ManifestDraft);
            if (_ledgerEntry is not null)
            {
                _layer.Delete(_ledgerEntry);
                _layer.FlushDirectory(_paths.LedgerFolder);
            }

            RemoveMarker();
        }
    }

    /// <summary>Finishes or undoes what a crash interrupted: whatever the manifest does not name goes. The caller holds the lock.</summary>
    /// <param name="paths">The directory.</param>
    /// <param name="layer">File operations.</param>
    /// <param name="directories">The folders whose files the manifest names, relative to the directory.</param>
    /// <param name="named">Every file that the manifest names, relative to the directory.</param>
    /// <param name="isStale">Whether a ledger entry belongs to a change that did not happen.</param>
    /// <param name="made">Where files go back to that were adopted for a change that did not happen; null where there are none.</param>
    public static void Recover(
        ModelPaths paths,
        IFileLayer layer,
        IReadOnlyList<string> directories,
        IReadOnlySet<string> named,
        Func<byte[], bool> isStale,
        string? made = null)
    {
        // The manifest as read may be a rename that is not on the device yet; it must be before the files of the other state go.
        var shred = MustShred(paths, layer);
        layer.FlushDirectory(paths.Root);
        foreach (var directory in directories)
        {
            var folder = Path.Combine(paths.Root, directory);
            if (!layer.DirectoryExists(folder))
            {
                continue;
            }

            var removed = false;
            foreach (var file in layer.EnumerateFiles(folder).ToArray())
            {
                if (!named.Contains($"{directory}/{Path.GetFileName(file)}"))
                {
                    removed = true;
                    if (made is not null && TryGiveBack(file, Path.Combine(made, directory, Path.GetFileName(file)), layer))
                    {
                        continue;
                    }

                    if (shred)
                    {
                        layer.Overwrite(file);
                    }

                    layer.Delete(file);
                }
            }

            if (removed)
            {
                layer.FlushDirectory(folder);
            }
        }

        layer.Delete(paths.ManifestDraft);
        if (layer.DirectoryExists(paths.LedgerFolder))
        {
            var last = layer.EnumerateFiles(paths.LedgerFolder).Order(StringComparer.Ordinal).LastOrDefault();
            if (last is not null && isStale(layer.ReadAllBytes(last)))
            {
                layer.Delete(last);
                layer.FlushDirectory(paths.LedgerFolder);
            }
        }

        layer.Delete(paths.CommitMarker);
        layer.FlushDirectory(paths.Root);
    }

    // A full disk, mostly. Nobody should have to guess what has become of the model then.
    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{_paths.Root}: the change cannot be written ({LegoNetException.Cause(e)}); the {_kind} is as it was.", e);
        }
    }

    private void MoveAdopted()
    {
        string[] names = [.. _adopted.Distinct(StringComparer.Ordinal).Where(name => !_layer.FileExists(_paths.File(name)))];
        _created.AddRange(names);
        ForEach(names, name => _layer.Rename(_made!.File(name), _paths.File(name)));
    }

    // Where it cannot go back, because the run was given up, say, it is removed as any other.
    private static bool TryGiveBack(string file, string place, IFileLayer layer)
    {
        try
        {
            if (!layer.FileExists(file) || layer.FileExists(place) || !layer.DirectoryExists(Path.GetDirectoryName(place)!))
            {
                return false;
            }

            layer.Rename(file, place);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Several at a time where there are many: each waits for the disk, or the network.
    private static void ForEach(IReadOnlyCollection<string> names, Action<string> action)
        => InParallel.ForEach(names, names.Count > ManyFiles ? FilesAtATime : 1, action);

    private void RemoveFiles(IReadOnlyCollection<string> names)
    {
        ForEach(names, name => _layer.Delete(_paths.File(name)));
        foreach (var directory in names.Select(n => Path.GetDirectoryName(_paths.File(n))!).Distinct())
        {
            _layer.FlushDirectory(directory);
        }
    }

    private void RemoveMarker()
    {
        _layer.Delete(_paths.CommitMarker);
        _layer.FlushDirectory(_paths.Root);
    }
}
