using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LegoNet.Onnx.Runtime;

/// <summary>
/// .NET calls this before the tool's own code where DOTNET_STARTUP_HOOKS names this assembly: it notes which vector widths the very
/// process that trains has, and gives it another kind of processor. It touches nothing but the runtime unless it is asked to, so that no
/// other assembly of the tests is loaded.
/// </summary>
internal static class StartupHook
{
    /// <summary>Names the file that receives the note.</summary>
    internal const string FileVariable = "LEGONET_TEST_VECTOR_WIDTHS";

    /// <summary>Names the kind of processor that ONNX encoders are to take the machine's for.</summary>
    internal const string ProcessorVariable = "LEGONET_TEST_PROCESSOR";

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } file)
        {
            File.WriteAllText(file, $"512:{Vector512.IsHardwareAccelerated} 256:{Vector256.IsHardwareAccelerated} 128:{Vector128.IsHardwareAccelerated}");
        }

        if (Environment.GetEnvironmentVariable(ProcessorVariable) is { Length: > 0 } kind)
        {
            Take(kind);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Take(string kind) => ProcessorKind.Here = new ProcessorKind(kind, kind);
}
