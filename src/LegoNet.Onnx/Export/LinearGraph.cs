using LegoNet.Adapters;
using LegoNet.Onnx.Graphs;

namespace LegoNet.Onnx.Export;

/// <summary>Writes linear adapters as ONNX nodes.</summary>
internal static class LinearGraph
{
    /// <summary>
    /// Appends the nodes. Every adapter scores every record, in one product; a mask picks afterwards. Gathering the k adapters of each
    /// record instead would take k · C · d values per record.
    /// </summary>
    /// <param name="builder">The graph.</param>
    /// <param name="adapters">The adapters, m.</param>
    /// <param name="codes">The codes' tensor, float64 [N, d].</param>
    /// <param name="d">Length of a code.</param>
    /// <param name="c">Scores, C.</param>
    /// <returns>The tensor of all adapters' scores, float64 [N, m, C].</returns>
    public static string Append(OnnxModelBuilder builder, LinearAdapter[] adapters, string codes, int d, int c)
    {
        var (weights, bias) = Weights(builder, adapters, d, c);
        var product = builder.Node("MatMul", "product", [codes, weights]);
        var biased = builder.Node("Add", "biased", [product, bias]);
        return builder.Node("Reshape", "dense", [biased, builder.Constant("dense_shape", [3], [-1L, adapters.Length, c])]);
    }

    /// <summary>Weights of the adapters side by side, float32 [d, m · C] widened in the graph, and 127 · the last columns, float64 [m · C].</summary>
    private static (string Weights, string Bias) Weights(OnnxModelBuilder builder, LinearAdapter[] adapters, int d, int c)
    {
        var columns = (long)adapters.Length * c;
        if (columns * d * sizeof(float) > int.MaxValue)
        {
            throw LegoNetException.BadInput($"The ONNX graph would hold {columns * d * sizeof(float) >> 20} MiB of weights, and ONNX files end at 2048 MiB.");
        }

        var weights = new float[columns * d];
        var bias = new double[columns];
        for (var a = 0; a < adapters.Length; a++)
        {
            var adapter = adapters[a].Weights;
            for (var y = 0; y < c; y++)
            {
                var row = adapter.Slice(y * (d + 1), d + 1);
                var column = (a * c) + y;
                for (var j = 0; j < d; j++)
                {
                    weights[(j * columns) + column] = row[j];
                }

                bias[column] = (double)LinearAdapter.Bias * row[d];
            }
        }

        var narrow = builder.Constant("weights_float32", [d, columns], weights);
        var wide = builder.Node("Cast", "weights", [narrow], [OnnxModelBuilder.Attribute("to", (long)OnnxType.Double)]);
        return (wide, builder.Constant("bias", [columns], bias));
    }
}
