using LegoNet.Onnx;

namespace LegoNet.Tests.Cli;

public sealed class PackagedToolTests
{
    [Fact]
    public void Output_OfTheTool_CarriesOnnxRuntimeToWhoeverReferencesIt()
    {
        Assert.StartsWith($"ONNX Runtime {PackageSources.ReadOnnxRuntimeVersion()} from ", PackageSources.Line, StringComparison.Ordinal);
    }
}
