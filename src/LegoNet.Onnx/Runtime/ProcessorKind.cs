using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace LegoNet.Onnx.Runtime;

/// <summary>
/// The kind of processor, as far as ONNX Runtime's results on it depend on it: the instruction sets by which it chooses its kernels. Two
/// processors of one kind run the same ones, whoever made them; those of two kinds can round differently.
/// </summary>
/// <param name="Floats">For models that compute in floats alone, e.g. "x64 avx512".</param>
/// <param name="Integers">For models that compute in small integers too, for which there are more kernels, e.g. "x64 avx512 vnni".</param>
/// <remarks>
/// What the processor and the operating system say is asked directly. .NET's own answers follow variables of the environment that ONNX
/// Runtime does not know.
/// </remarks>
internal sealed record ProcessorKind(string Floats, string Integers)
{
    // Bytes that a thread's state takes when the operating system saves the wide registers too.
    private const int StateWithAvx = 576 + 256;
    private const int StateWithAvx512 = StateWithAvx + 64 + 512 + 1024;

    /// <summary>This machine's. Settable because tests have one machine only.</summary>
    public static ProcessorKind Here { get; set; } = Read();

    /// <summary>The kind of an x86 processor.</summary>
    /// <param name="architecture">Of the process: "x64" or "x86".</param>
    /// <param name="cpuId">The CPUID instruction, by leaf and sub-leaf.</param>
    public static ProcessorKind OfX86(string architecture, Func<int, int, (int Eax, int Ebx, int Ecx, int Edx)> cpuId)
    {
        var basic = cpuId(1, 0).Ecx;
        if (!Has(basic, 27) || !Has(basic, 28) || !Saves(StateWithAvx))
        {
            return new ProcessorKind($"{architecture} sse", $"{architecture} sse");
        }

        var (_, wide, newer, _) = cpuId(7, 0);
        if (!Has(basic, 12) || !Has(wide, 5))
        {
            return new ProcessorKind($"{architecture} avx", $"{architecture} avx"); // Without fused multiply-adds, AVX2 is not used either.
        }

        var avx512 = Has(wide, 16) && Saves(StateWithAvx512);
        var floats = $"{architecture} {(avx512 ? "avx512" : "avx2")}";

        // Without these, sums of products of bytes saturate.
        var vnni = Has(cpuId(7, 1).Eax, 4) || (avx512 && Has(wide, 17) && Has(wide, 30) && Has(wide, 31) && Has(newer, 11));
        return new ProcessorKind(floats, vnni ? $"{floats} vnni" : floats);

        // The size of what is enabled; zero where the processor is too old to say.
        bool Saves(int size) => cpuId(13, 1).Ebx is var enabled && (enabled == 0 || enabled >= size);
    }

    /// <summary>The kind of an Arm processor.</summary>
    public static ProcessorKind OfArm(ArmFeatures features)
    {
        var vectors = features.VectorBits switch { null => "", 0 => " sve", { } bits => $" sve{bits}" };
        var floats = $"arm64{(features.Half ? " fp16" : "")}{vectors}{(features.Matrices ? " sme" : "")}";
        return new ProcessorKind(floats, $"{floats}{(features.DotProducts ? " dot" : "")}{(features.IntegerMatrices ? " i8mm" : "")}");
    }

    private static bool Has(int register, int bit) => (register >> bit & 1) != 0;

    private static ProcessorKind Read()
    {
        var architecture = RuntimeInformation.ProcessArchitecture;
        var name = architecture.ToString().ToLowerInvariant();
        return architecture switch
        {
            Architecture.X64 or Architecture.X86 => OfX86(name, X86Base.CpuId),
            Architecture.Arm64 => OfArm(ArmFeatures.Read()),
            _ => new ProcessorKind(name, name),
        };
    }
}
