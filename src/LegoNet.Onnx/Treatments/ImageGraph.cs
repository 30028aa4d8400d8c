using LegoNet.Onnx.Graphs;

namespace LegoNet.Onnx.Treatments;

/// <summary>Writes the ONNX graph that turns one image into an encoder's input tensor, as an <see cref="ImageTreatment"/> says.</summary>
internal static class ImageGraph
{
    /// <summary>Name of the input: RGB intensities, uint8 [H, W, 3].</summary>
    public const string InputName = "image";

    /// <summary>Name of the output: float32 [1, 3, height, width] or [1, height, width, 3].</summary>
    public const string OutputName = "tensor";

    /// <summary>The graph from pixels.</summary>
    public static byte[] FromPixels(ImageTreatment treatment)
    {
        var graph = new OnnxModelBuilder("legonet_image_pixels", 13);
        graph.Input(InputName, OnnxType.UInt8, "height", "width", ImageTreatment.Channels);

        // Resizing works on floats, so no intensity is rounded between decoding and the encoder.
        var floats = graph.Node("Cast", "floats", [InputName], [OnnxModelBuilder.Attribute("to", (long)OnnxType.Float)]);
        var planes = graph.Node("Transpose", "planes", [floats], [OnnxModelBuilder.Attribute("perm", [2L, 0, 1])]);
        var row = graph.Node("Unsqueeze", "row", [planes, graph.Constant("axis", [1], [0L])]);
        var resized = graph.Node(
            "Resize",
            "resized",
            [row, "", "", graph.Constant("sizes", [4], [1L, ImageTreatment.Channels, treatment.Height, treatment.Width])],
            [
                OnnxModelBuilder.Attribute("coordinate_transformation_mode", "half_pixel"),
                OnnxModelBuilder.Attribute("mode", treatment.Linear ? "linear" : "nearest"),
                OnnxModelBuilder.Attribute("nearest_mode", "round_prefer_floor"),
            ]);
        var scaled = graph.Node("Mul", "scaled", [resized, graph.Constant("scale", [1, ImageTreatment.Channels, 1, 1], Floats(treatment.Scale))]);
        var offset = graph.Constant("offset", [1, ImageTreatment.Channels, 1, 1], Floats(treatment.Offset));
        if (treatment.ChannelsFirst)
        {
            graph.Node("Add", OutputName, [scaled, offset]);
            graph.Output(OutputName, OnnxType.Float, 1, ImageTreatment.Channels, treatment.Height, treatment.Width);
        }
        else
        {
            graph.Node("Transpose", OutputName, [graph.Node("Add", "shifted", [scaled, offset])], [OnnxModelBuilder.Attribute("perm", [0L, 2, 3, 1])]);
            graph.Output(OutputName, OnnxType.Float, 1, treatment.Height, treatment.Width, ImageTreatment.Channels);
        }

        return graph.ToArray();
    }

    private static float[] Floats(ReadOnlySpan<double> values)
    {
        var floats = new float[values.Length];
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = (float)values[i];
        }

        return floats;
    }
}
