using System.Collections.Concurrent;
using System.Security.Cryptography;
using LegoNet.Runs;
using LegoNet.Store;

namespace LegoNet.Cluster;

/// <summary>The runs that a process can see: the run directories directly below a folder, found by the digests of their plans.</summary>
public sealed class RunFolder
{
    private readonly Func<string, ITaskRun> _open;
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>Creates the view of a folder.</summary>
    /// <param name="path">The folder of run directories, or one run directory.</param>
    /// <param name="open">Opens the run in a directory.</param>
    public RunFolder(string path, Func<string, ITaskRun> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        Path = System.IO.Path.GetFullPath(path);
        _open = open;
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>Refuses a folder that is not there.</summary>
    /// <exception cref="LegoNetException">There is no such folder.</exception>
    public void Require()
    {
        if (!Directory.Exists(Path))
        {
            throw LegoNetException.BadInput($"{Path}: there is no such folder; name the one that holds the run directories, as this machine sees it.");
        }
    }

    /// <summary>Opens a run.</summary>
    /// <param name="digest">SHA-256 of its plan, in hex.</param>
    /// <returns>The run; null where no run directory here has that plan.</returns>
    /// <exception cref="LegoNetException">It is there, and cannot be opened here.</exception>
    /// <exception cref="IOException">A plan could not be read.</exception>
    public ITaskRun? Find(string digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        if (_known.TryGetValue(digest, out var known) && DigestOf(known) == digest)
        {
            return _open(known);
        }

        foreach (var directory in Candidates())
        {
            if (DigestOf(directory) == digest)
            {
                _known[digest] = directory;
                return _open(directory);
            }
        }

        _known.TryRemove(digest, out _);
        return null;
    }

    private IEnumerable<string> Candidates() => Directory.Exists(Path) ? Directory.EnumerateDirectories(Path).Prepend(Path) : [];

    /// <summary>SHA-256 of the plan in a directory; null where there is none: a run that is finished meanwhile takes its plan with it.</summary>
    internal static string? DigestOf(string directory)
    {
        try
        {
            using var plan = File.OpenRead(System.IO.Path.Combine(directory, RunPaths.PlanName));
            return Convert.ToHexStringLower(SHA256.HashData(plan));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
