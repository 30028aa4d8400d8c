using LegoNet.Formats;

namespace LegoNet.Storage;

/// <summary>The calibration as a file of the model.</summary>
internal static class CalibrationFile
{
    public static byte[] Write(Calibration.Calibration calibration) => throw new NotSupportedException();

    public static Calibration.Calibration Parse(ReadOnlyMemory<byte> bytes, string file, int dimension) => throw new NotSupportedException();
}
