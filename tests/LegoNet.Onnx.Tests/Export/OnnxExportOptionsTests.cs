using LegoNet.Onnx.Export;

namespace LegoNet.Onnx.Tests.Export;

public class OnnxExportOptionsTests
{
    [Fact]
    public void InputName_KeptForTheGraphOrBlank_IsRefusedWhereItIsSet()
    {
        var e = Assert.Throws<LegoNetException>(() => new OnnxExportOptions { InputName = "legonet/x" });
        Assert.Equal("The input cannot be called \"legonet/x\": names that begin with legonet/ are needed by the exported graph.", e.Message);
        Assert.Throws<ArgumentException>("InputName", () => new OnnxExportOptions { InputName = " " });
        Assert.Null(new OnnxExportOptions { InputName = null }.InputName);
    }

    [Fact]
    public void OutputPrefix_KeptForTheGraph_IsRefusedWhereItIsSet()
    {
        var e = Assert.Throws<LegoNetException>(() => new OnnxExportOptions { OutputPrefix = "legonet/" });
        Assert.Equal("Outputs cannot have the prefix \"legonet/\": names that begin with legonet/ are needed by the exported graph.", e.Message);
        Assert.Throws<ArgumentNullException>("OutputPrefix", () => new OnnxExportOptions { OutputPrefix = null! });
    }

    [Fact]
    public void Input_NoneOfTheEnum_IsRefusedWhereItIsSet()
        => Assert.Throws<ArgumentOutOfRangeException>("Input", () => new OnnxExportOptions { Input = (OnnxInput)2 });
}
