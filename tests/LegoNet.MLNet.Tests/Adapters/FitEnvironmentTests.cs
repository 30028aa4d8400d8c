using System.Numerics.Tensors;
using LegoNet.MLNet.Adapters;

namespace LegoNet.MLNet.Tests.Adapters;

public class FitEnvironmentTests
{
    [Fact]
    public void Here_Twice_IsTheSameAndDiffersFromNothing()
    {
        Assert.Equal("5.0.0", FitEnvironment.Here.MLNet);
        Assert.Equal(FitEnvironment.Here, FitEnvironment.Here with { });
        Assert.Null(FitEnvironment.Here.Difference(FitEnvironment.Here));
        Assert.Equal(16, FitEnvironment.Here.Math.Length);
    }

    [Fact]
    public void Difference_EachMember_IsNamed()
    {
        var here = FitEnvironment.HereWithThreads;
        Assert.Equal($"ML.NET 4.0.0, here {here.MLNet}", (here with { MLNet = "4.0.0" }).Difference(here));
        Assert.Equal($"architecture arm, here {here.Architecture}", (here with { Architecture = "arm" }).Difference(here));
        Assert.Equal($"vector width 64, here {here.Vector}", (here with { Vector = "64" }).Difference(here));
        Assert.Equal($"processors 1000, here {here.Processors}", (here with { Processors = 1000 }).Difference(here));
        Assert.Equal($"digest of elementary functions 00, here {here.Math}", (here with { Math = "00" }).Difference(here));
        Assert.Equal(
            $"ML.NET 4.0.0, here {here.MLNet}; vector width 64, here {here.Vector}",
            (here with { MLNet = "4.0.0", Vector = "64", Math = "00" }).Difference(here));
    }

    [Fact]
    public void TensorPrimitives_SameNumbersAtOtherAddresses_SumToTheSameBits()
    {
        // ML.NET's linear trainers sum by these. If a sum's order followed the address of an array, as it may in another version,
        // the same rows would give other weights from one run to the next, and no environment could say so.
        const int Offsets = 20;
        var random = new Random(3);
        foreach (var length in (ReadOnlySpan<int>)[15, 16, 100, 127, 129, 513, 1024, 4099, 10_250])
        {
            var x = Enumerable.Range(0, length).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
            var y = Enumerable.Range(0, length).Select(_ => (float)random.NextDouble() - 0.5f).ToArray();
            var (a, b) = (new float[length + Offsets], new float[length + Offsets]);
            var sums = new HashSet<(float, float, float)>();
            for (var i = 0; i < Offsets; i++)
            {
                for (var j = 0; j < Offsets; j += 3)
                {
                    x.CopyTo(a, i);
                    y.CopyTo(b, j);
                    var p = a.AsSpan(i, length);
                    var q = b.AsSpan(j, length);
                    sums.Add((TensorPrimitives.Dot<float>(p, q), TensorPrimitives.Sum<float>(p), TensorPrimitives.SumOfSquares<float>(q)));
                }
            }

            Assert.Single(sums);
        }
    }
}
