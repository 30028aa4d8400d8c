namespace LegoNet.Files;

/// <summary>Opens a model's files with their digests checked.</summary>
internal interface IFileReader
{
    /// <summary>A view of a file whose bytes match the digest.</summary>
    /// <param name="name">Relative to the model directory, '/'-separated.</param>
    /// <param name="digest">Expected SHA-256, in hex.</param>
    /// <exception cref="LegoNetException">The file is missing or altered.</exception>
    FileView View(string name, string digest);
}
