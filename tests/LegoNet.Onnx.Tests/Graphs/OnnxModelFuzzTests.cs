using LegoNet.Onnx.Graphs;

namespace LegoNet.Onnx.Tests.Graphs;

/// <summary>Hostile ONNX files: refused with one sentence, or taken apart.</summary>
public class OnnxModelFuzzTests
{
    [Fact]
    public void Parse_Hostile_IsRefusedOrTakenApart()
    {
        var seed = File.ReadAllBytes(Repository.Model("shapes32.onnx"));
        Fuzzer.Run([seed], (m, file) => m.Bytes(file), file =>
        {
            var model = OnnxModelFile.Parse(file, "test");
            Assert.All(model.Inputs.Concat(model.Outputs), v => Assert.NotNull(v.Name));
        });
    }
}
