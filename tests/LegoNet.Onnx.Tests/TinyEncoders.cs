using LegoNet.Onnx.Graphs;

namespace LegoNet.Onnx.Tests;

/// <summary>Encoders small enough to be written by the tests themselves.</summary>
internal static class TinyEncoders
{
    /// <summary>Images [N, 3, H, W] → mean and maximum per channel of a fixed mixture, [N, 6], or [N, 6, 1, 1].</summary>
    public static byte[] Image(long opset = 13, bool rank4 = false, OnnxDimension? batch = null, string inputName = "pixels", string outputName = "features")
    {
        var graph = new OnnxModelBuilder("tiny_image", opset);
        graph.Input(inputName, OnnxType.Float, batch ?? "batch", 3, "height", "width");
        var mixed = graph.Node("Conv", "mixed", [inputName, graph.Constant("kernel", [6, 3, 1, 1], Ramp(18))]);
        var rectified = graph.Node("Relu", "rectified", [mixed]);
        var pooled = graph.Node("GlobalAveragePool", rank4 ? outputName : "pooled", [rectified]);
        if (rank4)
        {
            graph.Output(outputName, OnnxType.Float, batch ?? "batch", 6, 1, 1);
        }
        else
        {
            graph.Node("Flatten", outputName, [pooled], [OnnxModelBuilder.Attribute("axis", 1)]);
            graph.Output(outputName, OnnxType.Float, batch ?? "batch", 6);
        }

        return graph.ToArray();
    }

    /// <summary>Vectors [N, d] → a fixed linear map, [N, e].</summary>
    public static byte[] Vector(int d, int e, long opset = 13, float factor = 1)
    {
        var graph = new OnnxModelBuilder("tiny_vector", opset);
        graph.Input("vector", OnnxType.Float, "N", d);
        graph.Node("MatMul", "encoding_out", ["vector", graph.Constant("map", [d, e], [.. Ramp(d * e).Select(v => v * factor)])]);
        graph.Output("encoding_out", OnnxType.Float, "N", e);
        return graph.ToArray();
    }

    /// <summary>Vectors [N, d], rounded to multiples of 1/8: a quantised model, [N, d].</summary>
    public static byte[] Quantised(int d)
    {
        var graph = new OnnxModelBuilder("tiny_quantised", 13);
        graph.Input("vector", OnnxType.Float, "N", d);
        var scale = graph.Constant("scale", [1], [0.125f]);
        var shape = graph.Node("Reshape", "step", [scale, graph.Constant("none", [0], Array.Empty<long>())]);
        var codes = graph.Node("QuantizeLinear", "codes", ["vector", shape]);
        graph.Node("DequantizeLinear", "encoding_out", [codes, shape]);
        graph.Output("encoding_out", OnnxType.Float, "N", d);
        return graph.ToArray();
    }

    /// <summary>A model that subtracts the batch's mean: rows depend on their neighbours.</summary>
    public static byte[] Mixing(int d)
    {
        var graph = new OnnxModelBuilder("tiny_mixing", 13);
        graph.Input("vector", OnnxType.Float, "N", d);
        var mean = graph.Node("ReduceMean", "mean", ["vector"], [OnnxModelBuilder.Attribute("axes", [0L]), OnnxModelBuilder.Attribute("keepdims", 1)]);
        graph.Node("Sub", "encoding_out", ["vector", mean]);
        graph.Output("encoding_out", OnnxType.Float, "N", d);
        return graph.ToArray();
    }

    /// <summary>Texts [N] → counts of three words, [N, 3], with ONNX's own text operators.</summary>
    public static byte[] Text()
    {
        var graph = new OnnxModelBuilder("tiny_text", 13);
        graph.Input("text", OnnxType.String, "N");

        // TfIdfVectorizer of a text taken whole: each pool entry is one text.
        var columns = graph.Node("Reshape", "rows", ["text", graph.Constant("column", [2], [-1L, 1])]);
        graph.Node("TfIdfVectorizer", "counts", [columns], [
            OnnxModelBuilder.Attribute("mode", "TF"),
            OnnxModelBuilder.Attribute("min_gram_length", 1),
            OnnxModelBuilder.Attribute("max_gram_length", 1),
            OnnxModelBuilder.Attribute("max_skip_count", 0),
            OnnxModelBuilder.Attribute("ngram_counts", [0L]),
            OnnxModelBuilder.Attribute("ngram_indexes", [0L, 1, 2]),
            OnnxModelBuilder.Attribute("pool_strings", ["apple", "pear", "plum"]),
        ]);
        graph.Output("counts", OnnxType.Float, "N", 3);
        return graph.ToArray();
    }

    /// <summary>Texts [1] → number of bytes after joining, by an operator of onnxruntime-extensions: [1, 2].</summary>
    public static byte[] ExtensionText()
    {
        var graph = new OnnxModelBuilder("tiny_extension_text", 13);
        graph.Opset("ai.onnx.contrib", 1);
        graph.Input("text", OnnxType.String, 1);
        var upper = graph.Node("StringUpper", "upper", ["text"], null, "ai.onnx.contrib");
        var length = graph.Node("StringLength", "length", [upper], null, "ai.onnx.contrib");
        var wide = graph.Node("Cast", "wide", [length], [OnnxModelBuilder.Attribute("to", (long)OnnxType.Float)]);
        var row = graph.Node("Reshape", "row", [wide, graph.Constant("shape", [2], [1L, 1])]);
        graph.Node("Concat", "features", [row, row], [OnnxModelBuilder.Attribute("axis", 1)]);
        graph.Output("features", OnnxType.Float, 1, 2);
        return graph.ToArray();
    }

    private static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => (((i * 7919) % 97) - 48) / 64f)];
}
