using System.Runtime.InteropServices;

namespace LegoNet.Onnx.Runtime;

/// <summary>What NVIDIA's driver says of a device, by which ONNX Runtime's libraries choose their kernels.</summary>
internal static unsafe class CudaDevice
{
    private const int LongestName = 256;

    /// <summary>A device's name, e.g. "NVIDIA H200"; null where the driver does not say.</summary>
    /// <param name="number">The device, numbered as for ONNX Runtime.</param>
    /// <param name="driver">The driver's library; null for the system's.</param>
    public static string? NameOf(int number, string? driver = null)
    {
        if (!NativeLibrary.TryLoad(driver ?? (OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1"), out var library)
            || !NativeLibrary.TryGetExport(library, "cuInit", out var initialize)
            || !NativeLibrary.TryGetExport(library, "cuDeviceGet", out var get)
            || !NativeLibrary.TryGetExport(library, "cuDeviceGetName", out var getName))
        {
            return null;
        }

        int device;
        var name = stackalloc byte[LongestName];
        return ((delegate* unmanaged<uint, int>)initialize)(0) == 0
            && ((delegate* unmanaged<int*, int, int>)get)(&device, number) == 0
            && ((delegate* unmanaged<byte*, int, int, int>)getName)(name, LongestName, device) == 0
            ? Marshal.PtrToStringUTF8((nint)name)
            : null;
    }
}
