
namespace LegoNet.Onnx.Tests;

/// <summary>What users compile against changes on purpose only.</summary>
public class PublicApiTests
{
    [Fact]
    public void LegoNetOnnx_PublicApi_IsTheCommittedOne()
        => PublicApi.AssertCommitted(typeof(OnnxCodeEncoder).Assembly, "tests/LegoNet.Onnx.Tests/PublicApi.LegoNet.Onnx.txt");
}
