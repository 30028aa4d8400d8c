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
    [InlineData("initializer")]
    [InlineData("sparse initializer, values")]
    [InlineData("sparse initializer, indices")]
    [InlineData("attribute t")]
    [InlineData("attribute tensors")]
    [InlineData("attribute sparse_tensor")]
    [InlineData("attribute sparse_tensors")]
    [InlineData("If in Loop")]
    [InlineData("attribute graphs")]
    [InlineData("function")]
    [InlineData("function's default")]
    [InlineData("training, initialization")]
    [InlineData("training, algorithm")]
    [InlineData("graph given twice")]
    [InlineData("location given twice")]
    public void HasExternalData_WhereverATensorLies_IsTrue(string place)
    {
        Assert.True(OnnxModelFile.Parse(With(place, location: 1), "x.onnx").HasExternalData);
        Assert.False(OnnxModelFile.Parse(With(place, location: 0), "x.onnx").HasExternalData);
    }

    [Theory]
    [InlineData("Conv", false)]
    [InlineData("MatMul", false)]
    [InlineData("LayerNormalization", false)]
    [InlineData("Sqrt", false)]
    [InlineData("DequantizeLinear", true)]
    [InlineData("DynamicQuantizeLinear", true)]
    [InlineData("QLinearConv", true)]
    [InlineData("QGemm", true)]
    [InlineData("MatMulInteger", true)]
    [InlineData("MatMulNBits", true)]
    [InlineData("MatMulBnb4", true)]
    [InlineData("MatMulFpQ4", true)]
    public void ComputesInIntegers_WhereverTheNodeLies_IsByItsOperator(string operation, bool expected)
    {
        var node = ProtoField.Message(1, ProtoField.Of(4, operation));
        ProtoField In(int graphs) => ProtoField.Message(1, ProtoField.Of(4, "Loop"), ProtoField.Message(5, ProtoField.Message(graphs, node)));
        byte[][] models =
        [
            Bytes(ProtoField.Message(7, node)),
            Bytes(ProtoField.Message(7, In(6))),
            Bytes(ProtoField.Message(7, In(11))),
            Bytes(ProtoField.Message(7), ProtoField.Message(25, ProtoField.Message(7, ProtoField.Of(4, operation)))),
        ];
        Assert.All(models, model => Assert.Equal(expected, OnnxModelFile.Parse(model, "x.onnx").ComputesInIntegers));
    }

    [Fact]
    public void Parse_OfGraphsInGraphsTooDeepToLoadBesideExternalData_IsBadInput()
    {
        var graph = ProtoField.Message(6);
        for (var depth = 0; depth < 2_000; depth++)
        {
            graph = ProtoField.Message(6, ProtoField.Message(1, ProtoField.Message(5, graph)));
        }

        var external = ProtoField.Message(5, ProtoField.Of(14, 1));
        var model = Bytes(ProtoField.Message(7, external, ProtoField.Message(1, ProtoField.Message(5, graph))));
        Assert.Throws<LegoNetException>(() => OnnxModelFile.Parse(model, "deep.onnx"));
    }

    [Fact]
    public void Parse_OfGraphsInGraphsTooDeepToLoad_IsBadInput()
    {
        var graph = ProtoField.Message(6);
        for (var depth = 0; depth < 2_000; depth++)
        {
            graph = ProtoField.Message(6, ProtoField.Message(1, ProtoField.Message(5, graph)));
        }

        var model = Bytes(ProtoField.Message(7, ProtoField.Message(1, ProtoField.Message(5, graph))));
        var e = Assert.Throws<LegoNetException>(() => OnnxModelFile.Parse(model, "deep.onnx"));
        Assert.StartsWith("deep.onnx: not an ONNX model", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A model with one tensor at a place: TensorProto with dims 1, name 8, external_data 13 and data_location 14.</summary>
    private static byte[] With(string place, long location)
    {
        ProtoField Tensor(int number) => ProtoField.Message(
            number,
            ProtoField.Of(1, 2),
            ProtoField.Of(8, "w"),
            ProtoField.Message(13, ProtoField.Of(1, "location"), ProtoField.Of(2, "w.bin")),
            ProtoField.Of(14, location));
        ProtoField Sparse(int number, int part) => ProtoField.Message(number, Tensor(part));
        ProtoField Node(params ReadOnlySpan<ProtoField> attribute) => ProtoField.Message(1, ProtoField.Of(4, "Op"), ProtoField.Message(5, attribute));
        ProtoField Graph(params ReadOnlySpan<ProtoField> fields) => ProtoField.Message(7, fields);
        return place switch
        {
            "initializer" => Bytes(Graph(Tensor(5))),
            "sparse initializer, values" => Bytes(Graph(Sparse(15, 1))),
            "sparse initializer, indices" => Bytes(Graph(Sparse(15, 2))),
            "attribute t" => Bytes(Graph(Node(Tensor(5)))),
            "attribute tensors" => Bytes(Graph(Node(Tensor(10)))),
            "attribute sparse_tensor" => Bytes(Graph(Node(Sparse(22, 1)))),
            "attribute sparse_tensors" => Bytes(Graph(Node(Sparse(23, 2)))),
            "If in Loop" => Bytes(Graph(Node(ProtoField.Message(6, Node(ProtoField.Message(6, Tensor(5))))))),
            "attribute graphs" => Bytes(Graph(Node(ProtoField.Message(11, Tensor(5))))),
            "function" => Bytes(Graph(), ProtoField.Message(25, ProtoField.Message(7, ProtoField.Message(5, Tensor(5))))),
            "function's default" => Bytes(Graph(), ProtoField.Message(25, ProtoField.Message(11, Tensor(5)))),
            "training, initialization" => Bytes(Graph(), ProtoField.Message(20, ProtoField.Message(1, Tensor(5)))),
            "training, algorithm" => Bytes(Graph(), ProtoField.Message(20, ProtoField.Message(2, Tensor(5)))),
            "graph given twice" => Bytes(Graph(Tensor(5)), Graph()),
            "location given twice" => Bytes(Graph(ProtoField.Message(5, ProtoField.Of(14, location), ProtoField.Of(14, 0)))),
            _ => throw new ArgumentException(place),
        };
    }

    private static byte[] Bytes(params ReadOnlySpan<ProtoField> fields) => ProtoField.Message(1, fields).Bytes.ToByteArray();

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
