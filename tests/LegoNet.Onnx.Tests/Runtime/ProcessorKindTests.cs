using System.Runtime.InteropServices;
using LegoNet.Onnx.Runtime;

namespace LegoNet.Onnx.Tests.Runtime;

public class ProcessorKindTests
{
    private const int Fma = 1 << 12;
    private const int Saving = 1 << 27;
    private const int Avx = 1 << 28;
    private const int Avx2 = 1 << 5;
    private const int Avx512F = 1 << 16;
    private const int Avx512Core = (1 << 17) | (1 << 30) | (1 << 31);
    private const int Avx512Vnni = 1 << 11;
    private const int AvxVnni = 1 << 4;

    // State that the operating system saves: without wide registers, with AVX, with AVX-512, each with eight bytes of something else.
    private const int Narrow = 584;
    private const int Wide = 840;
    private const int Widest = 2440;

    // By column: CPUID's leaf 1 ECX, leaf 7 EBX and ECX, leaf 7.1 EAX, leaf 13.1 EBX.
    [Theory]
    [InlineData("x64 sse", "x64 sse", 0, 0, 0, 0, 0)]
    [InlineData("x64 sse", "x64 sse", Avx | Fma, Avx2, 0, 0, Wide)] // The operating system does not save wide registers at all,
    [InlineData("x64 sse", "x64 sse", Saving | Avx | Fma, Avx2, 0, 0, Narrow)] // or not these.
    [InlineData("x64 avx", "x64 avx", Saving | Avx, 0, 0, 0, 0)] // Sandy Bridge
    [InlineData("x64 avx", "x64 avx", Saving | Avx | Fma, 0, 0, 0, 0)] // Piledriver
    [InlineData("x64 avx", "x64 avx", Saving | Avx, Avx2, 0, 0, Wide)]
    [InlineData("x64 avx2", "x64 avx2", Saving | Avx | Fma, Avx2, 0, 0, 0)] // Haswell
    [InlineData("x64 avx2", "x64 avx2", Saving | Avx | Fma, Avx2, 0, 0, Wide)] // Zen 3
    [InlineData("x64 avx2", "x64 avx2 vnni", Saving | Avx | Fma, Avx2, 0, AvxVnni, Wide)] // Alder Lake
    [InlineData("x64 avx512", "x64 avx512", Saving | Avx | Fma, Avx2 | Avx512F, 0, 0, Widest)] // Knights Landing
    [InlineData("x64 avx512", "x64 avx512", Saving | Avx | Fma, Avx2 | Avx512F | Avx512Core, 0, 0, Widest)] // Skylake-X
    [InlineData("x64 avx512", "x64 avx512 vnni", Saving | Avx | Fma, Avx2 | Avx512F | Avx512Core, Avx512Vnni, 0, Widest)] // Cascade Lake, Zen 4
    [InlineData("x64 avx512", "x64 avx512 vnni", Saving | Avx | Fma, Avx2 | Avx512F | Avx512Core, Avx512Vnni, AvxVnni, Widest)] // Zen 5
    [InlineData("x64 avx512", "x64 avx512 vnni", Saving | Avx | Fma, Avx2 | Avx512F | Avx512Core, Avx512Vnni, 0, 0)]
    [InlineData("x64 avx2", "x64 avx2", Saving | Avx | Fma, Avx2 | Avx512F | Avx512Core, Avx512Vnni, 0, Wide)] // AVX-512 switched off at boot
    public void OfX86_ByCpuId_IsWhatDecidesTheKernels(string floats, string integers, int basic, int wide, int newer, int newest, int saved)
    {
        var kind = ProcessorKind.OfX86("x64", (leaf, part) => (leaf, part) switch
        {
            (1, 0) => (0, 0, basic, 0),
            (7, 0) => (1, wide, newer, 0),
            (7, 1) => (newest, 0, 0, 0),
            (13, 1) => (0, saved, 0, 0),
            _ => throw new ArgumentException($"leaf {leaf}.{part}"),
        });

        Assert.Equal(new ProcessorKind(floats, integers), kind);
    }

    [Theory]
    [InlineData("arm64", "arm64", false, null, false, false, false)] // Cortex-A72
    [InlineData("arm64 fp16", "arm64 fp16 dot", true, null, false, true, false)] // Neoverse N1
    [InlineData("arm64 fp16 sve256", "arm64 fp16 sve256 dot i8mm", true, 256, false, true, true)] // Neoverse V1
    [InlineData("arm64 fp16 sve128", "arm64 fp16 sve128 dot i8mm", true, 128, false, true, true)] // Neoverse V2
    [InlineData("arm64 fp16 sve", "arm64 fp16 sve dot i8mm", true, 0, false, true, true)]
    [InlineData("arm64 fp16 sme", "arm64 fp16 sme dot i8mm", true, null, true, true, true)] // Apple M4
    public void OfArm_ByFeatures_IsWhatDecidesTheKernels(
        string floats, string integers, bool half, int? vectorBits, bool matrices, bool dotProducts, bool integerMatrices)
        => Assert.Equal(
            new ProcessorKind(floats, integers),
            ProcessorKind.OfArm(new ArmFeatures(half, vectorBits, matrices, dotProducts, integerMatrices)));

    [Fact]
    public void Here_ThisMachine_BeginsWithItsArchitecture()
    {
        var here = ProcessorKind.Here;
        Assert.StartsWith(RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), here.Floats, StringComparison.Ordinal);
        Assert.StartsWith(here.Floats, here.Integers, StringComparison.Ordinal);
    }

    [Fact]
    public void NameOf_WithoutTheDriver_IsNotKnown() => Assert.Null(CudaDevice.NameOf(0, "libno-such-driver.so.1"));
}
