using System.Reflection;
using LegoNet.Onnx.Runtime;

namespace LegoNet.Onnx;

/// <summary>Tells which package source the build took ONNX Runtime from, and whether it could take ML.NET.</summary>
internal static class PackageSources
{
    private const string MetadataKey = "LegoNet.PackageSources";

    /// <summary>
    /// Gets one line for people, fixed when this assembly was built, such as
    /// <c>ONNX Runtime 1.29.0 from npm; ML.NET 5.0.0 not restorable here: left out</c>.
    /// </summary>
    public static string Line { get; } = ReadLine();

    /// <summary>Loads ONNX Runtime's native library, unless that happened before, and asks it for its version.</summary>
    /// <returns>The version of the library that was really loaded, such as <c>1.29.0</c>.</returns>
    /// <exception cref="LegoNetException">The native library is not there, or not for this platform.</exception>
    public static string ReadOnnxRuntimeVersion() => OrtRuntime.Environment.GetVersionString();

    private static string ReadLine()
    {
        foreach (AssemblyMetadataAttribute metadata in typeof(PackageSources).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>())
        {
            if (metadata.Key == MetadataKey && metadata.Value is { Length: > 0 } line)
                return line;
        }

        // The build refuses to compile this assembly without the line.
        throw new InvalidOperationException($"The assembly carries no {MetadataKey} metadata.");
    }
}
