using System.Runtime.InteropServices;

namespace LegoNet.Cluster.Scripts;

/// <summary>Who this process runs as, in the numbers that other machines know a user by.</summary>
public static partial class PosixUser
{
    /// <summary>The user's number.</summary>
    /// <exception cref="LegoNetException">Users have no numbers here.</exception>
    public static long User => OperatingSystem.IsWindows() ? throw NoNumbers() : EffectiveUser();

    /// <summary>The number of the user's group.</summary>
    /// <exception cref="LegoNetException">Users have no numbers here.</exception>
    public static long Group => OperatingSystem.IsWindows() ? throw NoNumbers() : EffectiveGroup();

    private static LegoNetException NoNumbers()
        => LegoNetException.BadInput("On Windows users have no numbers that pods could run as; write the manifests on Linux.");

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint EffectiveGroup();
}
