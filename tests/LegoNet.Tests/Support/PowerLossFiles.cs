using LegoNet.Files;
using LegoNet.TestHost;

namespace LegoNet.Tests.Support;

/// <summary>
/// The machine's files, with a record of what the device has for sure. At the n-th change the power fails; <see cref="Restore"/> then
/// writes one of the states that the device may be in: bytes that were not flushed are there, cut, zero or missing, and creations,
/// renames and removals in a folder that was not flushed have happened or not, each by itself.
/// </summary>
internal sealed class PowerLossFiles : PassingFiles
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Inode> _durable = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Inode> _live = new(StringComparer.Ordinal);
    private readonly List<Change> _pending = [];
    private readonly HashSet<string> _newFolders = new(StringComparer.Ordinal);
    private int _changes;

    /// <summary>Watches folders whose present content is on the device.</summary>
    public PowerLossFiles(params string[] folders)
        : base(PhysicalFileLayer.Instance)
    {
        foreach (var file in folders.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*", SearchOption.AllDirectories)))
        {
            var bytes = File.ReadAllBytes(file);
            _durable[file] = _live[file] = new Inode(bytes) { Durable = bytes };
        }
    }

    /// <summary>The change at which the power fails.</summary>
    public int FailAt { get; set; } = int.MaxValue;

    public bool Failed { get; private set; }

    public override void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush, FileLook? look = null)
    {
        var copy = bytes.ToArray();
        Do(() =>
        {
            base.WriteAllBytes(path, copy, flush: false, look);
            if (_live.TryGetValue(path, out var inode))
            {
                inode.Bytes = copy;
            }
            else
            {
                inode = new Inode(copy);
                _live[path] = inode;
                _pending.Add(new Change(path, inode));
            }

            if (flush)
            {
                inode.Durable = copy;
            }
        });
    }

    public override bool TryCreate(string path, ReadOnlySpan<byte> bytes, bool secret)
    {
        if (FileExists(path))
        {
            return false;
        }

        var copy = bytes.ToArray();
        var created = false;
        Do(() =>
        {
            if (created = base.TryCreate(path, copy, secret))
            {
                _durable[path] = _live[path] = new Inode(copy) { Durable = copy };
            }
        });
        return created;
    }

    public override void Rename(string source, string target) => Do(() =>
    {
        base.Rename(source, target);
        var inode = _live[source];
        _live.Remove(source);
        _live[target] = inode;

        // The two names may reach the device one without the other.
        _pending.Add(new Change(target, inode));
        _pending.Add(new Change(source, null));
    });

    public override void RenameDirectory(string source, string target) => Do(() =>
    {
        base.RenameDirectory(source, target);
        Assert.DoesNotContain(_newFolders, folder => IsIn(folder, source));
        _newFolders.Remove(source); // Its new name is what matters from here on.
        foreach (var (path, inode) in _live.Where(f => IsIn(f.Key, source)).ToArray())
        {
            // What is renamed as a whole must be on the device as a whole.
            Assert.True(inode.Durable == inode.Bytes, $"{path} is renamed with its folder before it is flushed");
            Assert.DoesNotContain(_pending, c => c.Path == path);
            _live.Remove(path);
            _live[target + path[source.Length..]] = inode;
            _pending.Add(new Change(target + path[source.Length..], inode) { Folder = Path.GetDirectoryName(target), Together = target });
            _durable.Remove(path);
        }
    });

    public override void Delete(string path) => Do(() =>
    {
        base.Delete(path);
        if (_live.Remove(path))
        {
            _pending.Add(new Change(path, null));
        }
    });

    public override void Overwrite(string path) => Do(() =>
    {
        base.Overwrite(path);
        if (_live.TryGetValue(path, out var inode))
        {
            inode.Bytes = inode.Durable = File.ReadAllBytes(path);
        }
    });

    public override void CreateDirectory(string path, FileLook? look = null)
    {
        if (!DirectoryExists(path))
        {
            Do(() =>
            {
                base.CreateDirectory(path, look);
                _newFolders.Add(path);
            });
        }
    }

    public override void DeleteDirectory(string path)
    {
        if (DirectoryExists(path))
        {
            Do(() =>
            {
                base.DeleteDirectory(path);
                foreach (var file in _live.Keys.Where(f => IsIn(f, path)).ToArray())
                {
                    _live.Remove(file);
                    _pending.Add(new Change(file, null));
                }
            });
        }
    }

    public override void FlushDirectory(string path) => Do(() => Flush(path));

    public override void FlushTree(string path, IReadOnlyCollection<string> files) => Do(() =>
    {
        foreach (var file in files)
        {
            _live[file].Durable = _live[file].Bytes;
        }

        foreach (var folder in files.Select(f => Path.GetDirectoryName(f)!).Distinct().ToArray())
        {
            Flush(folder);
        }
    });

    /// <summary>Writes a state that the device may be in over the folders.</summary>
    public void Restore(Random random, params string[] folders)
    {
        var state = new Dictionary<string, Inode>(_durable, StringComparer.Ordinal);
        var together = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var change in _pending)
        {
            var isDurable = change.Together is null ? random.Next(2) == 0
                : together.TryGetValue(change.Together, out var known) ? known
                : together[change.Together] = random.Next(2) == 0;
            if (isDurable)
            {
                if (change.Inode is null)
                {
                    state.Remove(change.Path);
                }
                else
                {
                    state[change.Path] = change.Inode;
                }
            }
        }

        foreach (var folder in _newFolders.Where(_ => random.Next(2) == 0))
        {
            foreach (var file in state.Keys.Where(f => IsIn(f, folder)).ToArray())
            {
                state.Remove(file);
            }
        }

        foreach (var file in folders.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*", SearchOption.AllDirectories)).ToArray())
        {
            File.Delete(file);
        }

        foreach (var (path, inode) in state)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, inode.Durable == inode.Bytes ? inode.Bytes : random.Next(4) switch
            {
                0 => inode.Bytes,
                1 => inode.Bytes[..random.Next(inode.Bytes.Length + 1)],
                2 => new byte[inode.Bytes.Length],
                _ => inode.Durable ?? [],
            });
        }
    }

    private static bool IsIn(string file, string folder) => file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private void Flush(string folder)
    {
        _newFolders.RemoveWhere(created => Path.GetDirectoryName(created) == folder);
        foreach (var change in _pending.Where(c => (c.Folder ?? Path.GetDirectoryName(c.Path)) == folder).ToArray())
        {
            _pending.Remove(change);
            if (change.Inode is null)
            {
                _durable.Remove(change.Path);
            }
            else
            {
                _durable[change.Path] = change.Inode;
            }
        }
    }

    private void Do(Action change)
    {
        lock (_lock)
        {
            if (Failed || _changes++ == FailAt)
            {
                Failed = true;
                throw new IOException("The power failed.");
            }

            change();
        }
    }

    private sealed class Inode(byte[] bytes)
    {
        public byte[] Bytes { get; set; } = bytes;

        /// <summary>What the device has of it; null for nothing.</summary>
        public byte[]? Durable { get; set; }
    }

    /// <summary>A name that came, or (without an inode) went, and is not on the device yet.</summary>
    private sealed record Change(string Path, Inode? Inode)
    {
        public string? Folder { get; init; }

        public string? Together { get; init; }
    }
}
