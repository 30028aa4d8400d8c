using Microsoft.Extensions.Logging;

namespace LegoNet.Store;

/// <summary>What holds for the files of secret keys.</summary>
internal static class KeyFiles
{
    /// <summary>Tells the operator when others on the machine can read a key, or change it.</summary>
    /// <param name="run">The run that uses the key.</param>
    /// <param name="path">The key's file.</param>
    public static void WarnIfOpen(ModelRun run, string path)
    {
        if (run.Files.IsOpenToOthers(path))
        {
            run.Logger.LogWarning("{Path}: is a secret key that others on this machine can read or change; close it with chmod 600.", path);
        }
    }
}
