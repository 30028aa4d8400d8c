using BenchmarkDotNet.Attributes;
using LegoNet.Numerics;
using LegoNet.Routing;

namespace LegoNet.Benchmarks;

/// <summary>What fitting and routing spend their time in, each on one thread. Public, and not sealed, since BenchmarkDotNet derives from it.</summary>
public class Kernels
{
    internal const int Adapters = 128;
    internal const int Active = 8;
    internal const int Classes = 10;
    internal const int Passes = 1_000_000;
    internal const int Order = KernelBenchmark.Dimension + 1;

    private const double Lambda = 300_000;
    private static readonly Lazy<BareMultiplyAdd?> s_bare = new(() => BareMultiplyAdd.Fastest(20 * Passes));

    private readonly BareMultiplyAdd? _bare = Bare;
    private readonly sbyte[] _codes = Draws.Codes(KernelBenchmark.Rows * KernelBenchmark.Dimension);
    private readonly long[] _sums = new long[GramKernel.PackedLength(Order)];
    private readonly double[] _diagonal = [.. Enumerable.Repeat(Lambda, Order)];
    private readonly double[] _sides = [.. Enumerable.Range(0, Classes * Order).Select(i => (double)(i % 1000))];
    private readonly double[] _solutions = new double[Classes * Order];
    private readonly ushort[] _routes = new ushort[KernelBenchmark.Rows * Active];
    private readonly Router _router = new(GaussianKeys.Create(1, Adapters, KernelBenchmark.Dimension), Active);

    /// <summary>The instruction to compare with; null where none is known.</summary>
    internal static BareMultiplyAdd? Bare => s_bare.Value;

    [GlobalSetup]
    public void Sum() => GramKernel.AddGram(_codes, KernelBenchmark.Dimension, _sums);

    [Benchmark]
    public int Instruction() => _bare!.Loop(Passes);

    [Benchmark]
    public void Gram() => GramKernel.AddGram(_codes, KernelBenchmark.Dimension, _sums);

    [Benchmark]
    public void Route() => _router.Route(_codes, _routes);

    [Benchmark]
    public bool Solve()
    {
        _sides.CopyTo(_solutions, 0);
        return Cholesky.TrySolve(_sums, Order, _diagonal, _solutions, Classes);
    }
}
