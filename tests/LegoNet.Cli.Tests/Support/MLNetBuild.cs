using LegoNet.Onnx;

namespace LegoNet.Cli.Tests.Support;

/// <summary>Whether this build of the tool has ML.NET.</summary>
internal static class MLNetBuild
{
    public static bool Found => PackageSources.Line.Contains("found", StringComparison.Ordinal);
}
