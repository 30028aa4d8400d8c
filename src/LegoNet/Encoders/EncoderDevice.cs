using System.Globalization;

namespace LegoNet.Encoders;

/// <summary>The names of what an encoder can run on: "auto" (CUDA where it works, otherwise the CPU), "cpu", "cuda" or "cuda:N".</summary>
internal static class EncoderDevice
{
    private const string NumberedCuda = "cuda:";

    /// <summary>Reads a device's name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cudaDevice">The CUDA device to try; null for the CPU.</param>
    /// <returns>False where it names no device.</returns>
    public static bool TryParse(string name, out int? cudaDevice)
    {
        cudaDevice = name switch
        {
            "auto" or "cuda" => 0,
            _ when name.StartsWith(NumberedCuda, StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(NumberedCuda.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };
        return cudaDevice is not null || name == "cpu";
    }

    /// <summary>Reads a device's name.</summary>
    /// <returns>The CUDA device to try; null for the CPU.</returns>
    /// <exception cref="LegoNetException">It names no device.</exception>
    public static int? Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return TryParse(name, out var cudaDevice)
            ? cudaDevice
            : throw LegoNetException.BadInput($"The device must be auto, cpu, cuda or cuda:N, not \"{name}\".");
    }
}
