namespace LegoNet.Files;

/// <summary>The file operations that commits are made of; tests put faults behind it.</summary>
internal interface IFileLayer
{
    /// <summary>Reads a whole file into memory of its own.</summary>
    byte[] ReadAllBytes(string path);

    /// <summary>A read-only view of a file that stays valid after the file is unlinked. Mapped where the system allows that.</summary>
    FileView OpenView(string path);

    /// <summary>Creates or replaces a file; with <paramref name="flush"/>, its bytes are on the device on return.</summary>
    void WriteAllBytes(string path, ReadOnlySpan<byte> bytes, bool flush);

    /// <summary>Renames over whatever stands at the target.</summary>
    void Rename(string source, string target);

    /// <summary>Renames a directory to a name that is free.</summary>
    void RenameDirectory(string source, string target);

    /// <summary>Removes a file; silent when it is absent.</summary>
    void Delete(string path);

    /// <summary>Overwrites a file in place with random bytes and waits for the device; silent when it is absent.</summary>
    void Overwrite(string path);

    /// <summary>Makes creations, renames and removals in a directory durable.</summary>
    void FlushDirectory(string path);

    /// <summary>Makes everything written below a directory durable at once, for when there are many files.</summary>
    void FlushTree(string path, IReadOnlyCollection<string> files);
}
