using System.Runtime.Intrinsics;

/// <summary>
/// .NET calls this before the tool's own code where DOTNET_STARTUP_HOOKS names this assembly: it notes which vector widths the very
/// process that trains has. It touches nothing but the runtime, so that no other assembly of the tests is loaded.
/// </summary>
internal static class StartupHook
{
    /// <summary>Names the file that receives the note.</summary>
    internal const string FileVariable = "LEGONET_TEST_VECTOR_WIDTHS";

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } file)
        {
            File.WriteAllText(file, $"512:{Vector512.IsHardwareAccelerated} 256:{Vector256.IsHardwareAccelerated} 128:{Vector128.IsHardwareAccelerated}");
        }
    }
}
