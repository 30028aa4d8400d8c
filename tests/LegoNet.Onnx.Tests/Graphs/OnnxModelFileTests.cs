using LegoNet.Onnx.Graphs;

namespace LegoNet.Onnx.Tests.Graphs;

public class OnnxModelFileTests
{
    [Fact]
    public void Parse_OfAWrittenModel_GivesItsParts()
    {
        var model = OnnxModelFile.Parse(TinyEncoders.Image(opset: 17), "tiny.onnx");

        Assert.Equal(8, model.IrVersion);
        Assert.Equal([new KeyValuePair<string, long>("", 17)], model.Opsets);
        Assert.Equal(["kernel"], model.Initializers);
        Assert.Equal("pixels", Assert.Single(model.Inputs).Name);
        Assert.Equal<OnnxDimension>(["batch", 3, "height", "width"], model.Inputs[0].Shape!);
        Assert.Equal<OnnxDimension>(["batch", 6], Assert.Single(model.Outputs).Shape!);
        Assert.Equal(["features", "kernel", "mixed", "pixels", "pooled", "rectified"], model.TensorNames().Order(StringComparer.Ordinal));
        Assert.False(model.HasExternalData);
    }

    [Fact]
    public void Parse_WithInputThatNamesAnInitializer_LeavesItOut()
    {
        var graph = new OnnxModelBuilder("old", 13) { IrVersion = 3 };
        graph.Input("x", OnnxType.Float, "N", 2);
        graph.Input("w", OnnxType.Float, 2, 2);
        graph.Node("MatMul", "y", ["x", graph.Constant("w", [2, 2], new float[4])]);
        graph.Output("y", OnnxType.Float, "N", 2);

        Assert.Equal("x", Assert.Single(OnnxModelFile.Parse(graph.ToArray(), "old.onnx").Inputs).Name);
    }

    [Fact]
    public void ToArray_OfFieldsTakenApart_GivesTheSameBytes()
    {
        var bytes = TinyEncoders.Text();
        var model = OnnxModelFile.Parse(bytes, "text.onnx");

        var copy = new OnnxModelBuilder("tiny_text", 13);
        foreach (var field in model.GraphFields.Where(f => f.Number != 2))
        {
            copy.GraphField(field);
        }

        Assert.Equal(bytes, copy.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("08")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("3A05")]
    [InlineData("0B")]
    public void Parse_OfNoModel_IsBadInput(string hex)
    {
        var e = Assert.Throws<LegoNetException>(() => OnnxModelFile.Parse(Convert.FromHexString(hex), "x.onnx"));
        Assert.StartsWith("x.onnx: not an ONNX model", e.Message, StringComparison.Ordinal);
    }
}
