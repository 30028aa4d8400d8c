using LegoNet.Data.Formats;

namespace LegoNet.Calibration;

/// <summary>The calibration as a file of the model: "mean" F64 [D], "sigma" F64 [d], and "projection" F32 [d, D] where there is one.</summary>
internal static class CalibrationFile
{
    public static byte[] Write(CodeCalibration calibration)
    {
        var writer = new SafetensorsWriter();
        writer.Add("mean", calibration.Mean, calibration.EncodingDimension);
        writer.Add("sigma", calibration.Sigma, calibration.CodeDimension);
        if (calibration.HasProjection)
        {
            writer.Add("projection", calibration.Projection, calibration.CodeDimension, calibration.EncodingDimension);
        }

        return writer.ToArray();
    }

    public static CodeCalibration Parse(ReadOnlyMemory<byte> bytes, string file, int dimension)
    {
        var parsed = SafetensorsFile.Parse(bytes, file, LegoNetError.Damaged);
        var mean = parsed.Get<double>("mean", -1);
        var sigma = parsed.Get<double>("sigma", dimension);
        try
        {
            return new CodeCalibration(mean, sigma, parsed.Header.TryGet("projection", out _) ? parsed.Get<float>("projection", dimension, mean.Length) : []);
        }
        catch (LegoNetException e)
        {
            throw LegoNetException.Damaged($"{file}: not a calibration ({LegoNetException.Cause(e)}).", e);
        }
    }
}
