using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Sessions;

/// <summary>How a model that was built under another name takes its own, and what becomes of a model that had the name before.</summary>
internal static class Replacement
{
    /// <summary>Refuses a name that is taken, or whose folders cannot be made.</summary>
    /// <param name="run">The model to be made.</param>
    /// <param name="orReplaceable">Whether a model of this name may be there, to be replaced.</param>
    /// <exception cref="LegoNetException">Something else has the name, or a folder cannot be created.</exception>
    public static void RequireFree(ModelRun run, bool orReplaceable)
    {
        var (paths, files) = (run.Paths, run.Files);
        if (orReplaceable && files.FileExists(paths.Manifest))
        {
            return;
        }

        // A model inside a model would outlive the other's forgets, and be a stranger to its verification.
        ModelGround.Avoid(paths.Root);
        if (files.FileExists(paths.Root) || (files.DirectoryExists(paths.Root) && !IsEmpty(paths.Root, files)))
        {
            throw LegoNetException.BadInput($"{paths.Root}: exists already; choose another name, or add to the model that is there.");
        }

        var parent = Path.GetDirectoryName(paths.Place)!;
        try
        {
            if (!files.DirectoryExists(parent))
            {
                FolderProbe.Try(parent, files);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{parent}: cannot be created ({LegoNetException.Cause(e)}).", e);
        }
    }

    /// <summary>Removes what a killed training of this name left behind. The caller holds the lock.</summary>
    public static void DeletePartial(ModelRun run)
    {
        Finish(run);
        run.Files.DeleteDirectory(run.Paths.Partial);
    }

    /// <summary>After a crash in the middle of a replacement: the new model if it has taken the name, else the old one. The caller holds the lock.</summary>
    public static void Finish(ModelRun run)
    {
        var (paths, files) = (run.Paths, run.Files);
        if (!files.DirectoryExists(paths.Replaced))
        {
            return;
        }

        if (files.FileExists(paths.Manifest))
        {
            files.DeleteDirectory(paths.Replaced);
        }
        else if (!files.DirectoryExists(paths.Root))
        {
            files.RenameDirectory(paths.Replaced, paths.Place);
        }
    }

    /// <summary>Gives the finished model its name. The model that had it goes when the new name is durable.</summary>
    /// <param name="run">The model.</param>
    /// <param name="made">The finished model's directory, on the same file system.</param>
    /// <param name="replace">Whether a model of this name may be there, to be replaced.</param>
    /// <exception cref="LegoNetException">Something else took the name meanwhile.</exception>
    public static void TakeName(ModelRun run, string made, bool replace)
    {
        RequireFree(run, replace);
        var (paths, files) = (run.Paths, run.Files);
        var parent = Path.GetDirectoryName(paths.Place)!;
        if (files.FileExists(paths.Manifest))
        {
            files.RenameDirectory(paths.Place, paths.Replaced);
        }
        else
        {
            files.DeleteDirectory(paths.Place); // Empty, if it is there.
        }

        try
        {
            files.RenameDirectory(made, paths.Place);
        }
        catch
        {
            Finish(run);
            throw;
        }

        files.FlushDirectory(parent);
        Finish(run);
        files.FlushDirectory(parent);
    }

    private static bool IsEmpty(string directory, IFileLayer files) => !files.EnumerateFiles(directory).Any() && !files.EnumerateDirectories(directory).Any();
}
