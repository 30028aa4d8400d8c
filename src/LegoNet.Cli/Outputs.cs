namespace LegoNet.Cli;

/// <summary>Files that a command writes beside its main work. They are checked first: a change that was made must not end as a failure.</summary>
internal static class Outputs
{
    /// <summary>The full path of a file to write, once it is sure that it can be.</summary>
    /// <param name="path">The path as given.</param>
    /// <param name="model">The model directory in use; nothing else may be written into it.</param>
    /// <exception cref="LegoNetException">The path lies inside the model, is a folder, or cannot be written to.</exception>
    public static string Prepare(string path, string model)
    {
        var full = Path.GetFullPath(path);
        var inside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(model)) + Path.DirectorySeparatorChar;
        if (full.StartsWith(inside, StringComparison.Ordinal))
        {
            throw LegoNetException.BadInput($"{path}: lies inside the model directory, which holds nothing but the model; choose another place.");
        }

        return Prepare(path);
    }

    /// <summary>The full path of a file to write, once it is sure that it can be.</summary>
    /// <param name="path">The path as given.</param>
    /// <exception cref="LegoNetException">The path is a folder or cannot be written to.</exception>
    public static string Prepare(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw LegoNetException.BadInput($"{path}: is a folder, where a file is to be written.");
        }

        var draft = full + ".partial";
        try
        {
            File.WriteAllBytes(draft, []);
            File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: cannot be written ({e.Message.TrimEnd('.')}).", e);
        }

        return full;
    }
}
