namespace LegoNet.Files;

/// <summary>All that the core does to files: commits, recovery, training, keys. Tests put faults behind it.</summary>
/// <remarks>Locks (<see cref="FileLock"/>) are the one exception: a lock that a test could take away would be none.</remarks>
internal interface IFileLayer
{
    /// <summary>Whether there is a file, or a link, of this name.</summary>
    bool FileExists(string path);

    /// <summary>Whether there is a directory of this name.</summary>
    bool DirectoryExists(string path);

    /// <summary>Full paths of what lies directly in a directory and is no directory of its own; links are listed, never followed.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    IEnumerable<string> EnumerateFiles(string directory);

    /// <summary>Full paths of the directories that lie directly in a directory; links to directories are none.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    IEnumerable<string> EnumerateDirectories(string directory);

    /// <summary>Where a chain of symbolic links leads; the path itself where it is no link.</summary>
    string ResolveLink(string path);

    /// <summary>A file's length in bytes.</summary>
    long Length(string path);

    /// <summary>Reads a whole file into memory of its own.</summary>
    byte[] ReadAllBytes(string path);

    /// <summary>A read-only view of a file that stays valid after the file is unlinked. Mapped where the system allows that.</summary>
    FileView OpenView(string path);

    /// <summary>Creates or replaces a file; with <paramref name="flush"/>, its bytes are on the device on return.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="flush">Whether to wait for the device.</param>
    /// <param name="look">What a new file shows from outside; null for what the system gives.</param>
    void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush, FileLook? look = null);

    /// <summary>Whether others than its owner may read or write a file. False where it is not there, and on Windows.</summary>
    bool IsOpenToOthers(string path);

    /// <summary>Creates a file durably, whole or not at all; its folder too where that is missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="secret">Whether only the owner may read it.</param>
    /// <returns>False when a file of this name was there, or came first; it is left as it is.</returns>
    bool TryCreate(string path, ReadOnlySpan<byte> bytes, bool secret);

    /// <summary>Renames over whatever has the target's name.</summary>
    void Rename(string source, string target);

    /// <summary>Removes a file; silent when it is absent.</summary>
    void Delete(string path);

    /// <summary>Overwrites a file in place with random bytes and waits for the device; silent when it is absent.</summary>
    void Overwrite(string path);

    /// <summary>Creates a directory and those that lead to it; silent when it is there. Flush its parent to make it durable.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="look">What it shows from outside when it is new, though not those that lead to it; null for what the system gives.</param>
    void CreateDirectory(string path, FileLook? look = null);

    /// <summary>Renames a directory to a name that is free.</summary>
    void RenameDirectory(string source, string target);

    /// <summary>Removes a directory with all that is in it; silent when it is absent.</summary>
    void DeleteDirectory(string path);

    /// <summary>Removes a directory if nothing is in it and it may be removed.</summary>
    void DeleteIfEmpty(string path);

    /// <summary>Makes creations, renames and removals in a directory durable.</summary>
    void FlushDirectory(string path);

    /// <summary>Makes everything written below a directory durable at once, for when there are many files.</summary>
    void FlushTree(string path, IReadOnlyCollection<string> files);
}
