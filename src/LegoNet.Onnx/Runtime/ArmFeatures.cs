using System.Runtime.InteropServices;

namespace LegoNet.Onnx.Runtime;

/// <summary>What an Arm processor has beyond the least that all of 64 bits have, by its operating system's word.</summary>
/// <param name="Half">Arithmetic in half precision.</param>
/// <param name="VectorBits">Width of the scalable vectors in bits; null where there are none, 0 where it is not known.</param>
/// <param name="Matrices">Scalable matrices.</param>
/// <param name="DotProducts">Dot products of bytes.</param>
/// <param name="IntegerMatrices">Products of matrices of bytes.</param>
internal sealed partial record ArmFeatures(bool Half, int? VectorBits, bool Matrices, bool DotProducts, bool IntegerMatrices)
{
    private static readonly ArmFeatures s_none = new(false, null, false, false, false);

    /// <summary>This machine's; none where the operating system cannot be asked.</summary>
    public static ArmFeatures Read()
    {
        try
        {
            return OperatingSystem.IsLinux() ? ReadLinux()
                : OperatingSystem.IsMacOS() ? ReadMac()
                : OperatingSystem.IsWindows() ? ReadWindows()
                : s_none;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return s_none;
        }
    }

    // The numbers are those of asm/hwcap.h, elf.h and linux/prctl.h.
    private static ArmFeatures ReadLinux()
    {
        var (first, second) = (AuxiliaryValue(16), AuxiliaryValue(26));
        return new ArmFeatures(
            Half: Has(first, 10),
            VectorBits: Has(first, 22) ? 8 * (ProcessControl(51, 0, 0, 0, 0) & 0xFFFF) : null,
            Matrices: Has(second, 23),
            DotProducts: Has(first, 20),
            IntegerMatrices: Has(second, 13));

        static bool Has(nuint flags, int bit) => (flags >> bit & 1) != 0;
    }

    private static ArmFeatures ReadMac()
    {
        return new ArmFeatures(Has("FP16"), null, Has("SME"), Has("DotProd"), Has("I8MM"));

        static bool Has(string feature)
        {
            nint size = sizeof(int);
            return SystemControl($"hw.optional.arm.FEAT_{feature}", out var value, ref size, 0, 0) == 0 && value != 0;
        }
    }

    // The numbers are those of winnt.h.
    private static ArmFeatures ReadWindows() => new(
        Half: IsProcessorFeaturePresent(67) != 0,
        VectorBits: IsProcessorFeaturePresent(46) != 0 ? 0 : null,
        Matrices: IsProcessorFeaturePresent(70) != 0,
        DotProducts: IsProcessorFeaturePresent(43) != 0,
        IntegerMatrices: IsProcessorFeaturePresent(66) != 0);

    [LibraryImport("libc", EntryPoint = "getauxval")]
    private static partial nuint AuxiliaryValue(nuint type);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "sysctlbyname", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SystemControl(string name, out int value, ref nint size, nint newValue, nint newSize);

    [LibraryImport("kernel32")]
    private static partial int IsProcessorFeaturePresent(uint feature);
}
