using LegoNet.Calibration;
using LegoNet.Onnx.Graphs;

namespace LegoNet.Onnx.Export;

/// <summary>
/// Writes a calibration's quantisation as ONNX nodes in float64, step by step what <see cref="CodeCalibration.Quantise"/> does.
/// Without a projection every step rounds as there, so codes are equal; with one, the order of the product's sums is the runtime's.
/// </summary>
internal static class QuantiserGraph
{
    /// <summary>Appends the nodes.</summary>
    /// <param name="builder">The graph.</param>
    /// <param name="calibration">The calibration.</param>
    /// <param name="encoding">The encodings' tensor, float32 [N, D].</param>
    /// <returns>The codes' tensor: whole numbers in −127…127 as float64, [N, d].</returns>
    public static string Append(OnnxModelBuilder builder, CodeCalibration calibration, string encoding)
    {
        int from = calibration.EncodingDimension, to = calibration.CodeDimension;
        var toDouble = OnnxModelBuilder.Attribute("to", (long)OnnxType.Double);
        var wide = builder.Node("Cast", "wide", [encoding], [toDouble]);
        var p = builder.Node("Sub", "deviation", [wide, builder.Constant("calibration_mean", [from], calibration.Mean)]);
        if (calibration.HasProjection)
        {
            var floats = builder.Constant("projection_float32", [to, from], calibration.Projection);
            var rows = builder.Node("Cast", "projection_rows", [floats], [toDouble]);
            var columns = builder.Node("Transpose", "projection", [rows], [OnnxModelBuilder.Attribute("perm", [1L, 0])]);
            p = builder.Node("MatMul", "projected", [p, columns]);
        }

        // A σ of 0 means code 0: a factor of 0 and a divisor of 1 say so.
        var steps = new double[to];
        var sigma = calibration.Sigma.ToArray();
        for (var j = 0; j < to; j++)
        {
            steps[j] = sigma[j] == 0 ? 0 : (double)CodeCalibration.MaxCode / CodeCalibration.SigmaRange;
            sigma[j] = sigma[j] == 0 ? 1 : sigma[j];
        }

        var scaled = builder.Node("Mul", "scaled", [p, builder.Constant("steps_per_sigma", [to], steps)]);
        var divided = builder.Node("Div", "divided", [scaled, builder.Constant("calibration_sigma", [to], sigma)]);

        return Codes(builder, divided);
    }

    /// <summary>Appends the nodes that read codes as they travel in ML.NET.</summary>
    /// <param name="builder">The graph.</param>
    /// <param name="features">The features' tensor, float32 [N, d] of code / 127.</param>
    /// <returns>The codes' tensor: whole numbers in −127…127 as float64, [N, d].</returns>
    public static string FromFeatures(OnnxModelBuilder builder, string features)
    {
        var wide = builder.Node("Cast", "wide", [features], [OnnxModelBuilder.Attribute("to", (long)OnnxType.Double)]);
        return Codes(builder, builder.Node("Mul", "scaled", [wide, builder.Constant("codes_per_unit", [1], [(double)CodeCalibration.MaxCode])]));
    }

    private static string Codes(OnnxModelBuilder builder, string steps)
    {
        // ONNX rounds halves to even, as Math.Round does. Max and Min, because Clip reads float64 only from opset 12 on.
        var rounded = builder.Node("Round", "rounded", [steps]);
        var low = builder.Node("Max", "low", [rounded, builder.Constant("code_min", [1], [-(double)CodeCalibration.MaxCode])]);
        return builder.Node("Min", "codes", [low, builder.Constant("code_max", [1], [(double)CodeCalibration.MaxCode])]);
    }
}
