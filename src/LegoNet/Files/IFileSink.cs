namespace LegoNet.Files;

/// <summary>Receives the files of a commit, named by their content.</summary>
internal interface IFileSink
{
    /// <summary>Writes a file whose name already says its content.</summary>
    /// <param name="name">Relative to the model directory, '/'-separated.</param>
    /// <param name="bytes">Its content.</param>
    void Put(string name, byte[] bytes);
}
