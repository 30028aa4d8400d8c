using FsCheck;
using FsCheck.Fluent;
using LegoNet.Numerics;
using LegoNet.Routing;
using LegoNet.Tests.Numerics;

namespace LegoNet.Tests.Routing;

public class RouterTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(5, 3, 2, 7)]
    [InlineData(48, 16, 48, 9)]
    [InlineData(49, 33, 5, 40)]
    [InlineData(128, 1024, 8, 35)]
    [InlineData(10, 1601, 3, 33)]
    public void Route_EveryWidth_EqualsReference(int n, int d, int k, int rows)
    {
        var keys = GaussianKeys.Create(n, n, d);
        var codes = TestCodes.Random(rows * d, (ulong)d);
        codes.AsSpan(0, d).Clear();
        var expected = Enumerable.Range(0, rows).SelectMany(r => ReferenceRoute(keys, codes.AsSpan(r * d, d), k)).ToArray();
        AssertRoutes<TileScalar>(keys, k, codes, expected);
        AssertRoutes<Tile128>(keys, k, codes, expected);
        AssertRoutes<Tile256>(keys, k, codes, expected);
        AssertRoutes<Tile512>(keys, k, codes, expected);
        var router = new Router(keys, k);
        var routes = new ushort[rows * k];
        router.Route(codes, routes);
        Assert.Equal(expected, routes);
        for (var r = 0; r < rows; r++)
        {
            Assert.Equal(expected[(r * k)..((r + 1) * k)], router.Route(codes.AsSpan(r * d, d)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Similarities_ExtremeCodesAndKeys_DoNotOverflow(int sign)
    {
        // 3,000 · 127 · 32,767 = 12,484,227,000 is beyond int32; no normalised key reaches this, and stored ones are not trusted to be normalised.
        const int D = 3000;
        var values = new short[2 * D];
        values.AsSpan(0, D).Fill(32767);
        values.AsSpan(D, D).Fill(-32767);
        var keys = KeySet.FromValues(values, D);
        var codes = TestCodes.Extreme(D, sign);
        AssertSimilarities<TileScalar>(keys, codes, sign);
        AssertSimilarities<Tile128>(keys, codes, sign);
        AssertSimilarities<Tile256>(keys, codes, sign);
        AssertSimilarities<Tile512>(keys, codes, sign);
    }

    [Fact]
    public void Route_ZeroCode_TakesTheLowestNumbers()
        => Assert.Equal<ushort>([0, 1, 2], new Router(GaussianKeys.Create(3, 9, 5), 3).Route(new sbyte[5]));

    [Fact]
    public void Route_EqualKeys_TiesGoToTheLowerNumber()
    {
        var keys = KeySet.FromCodes([1, 0, /**/ 0, 1, /**/ 0, 1, /**/ 0, 1, /**/ 1, 0], 2);
        Assert.Equal<ushort>([1, 2], new Router(keys, 2).Route([0, 5]));
        Assert.Equal<ushort>([0, 4], new Router(keys, 2).Route([5, 0]));
        Assert.Equal<ushort>([0, 1, 4], new Router(keys, 3).Route([5, 0]));
    }

    [Fact]
    public void Route_SmallIntegersWithManyTies_EqualsReference()
        => Prop.ForAll(
            ArbMap.Default.ArbFor<(byte, byte, byte)>(),
            t =>
            {
                var (n, d, k) = ((t.Item1 % 70) + 1, (t.Item2 % 4) + 1, (t.Item3 % ((t.Item1 % 70) + 1)) + 1);
                var values = new short[n * d];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (short)((int)(SplitMix64.Mix((ulong)(i + (256 * t.Item2))) % 3) + 1);
                }

                var keys = KeySet.FromValues(values, d);
                var code = TestCodes.Random(d, t.Item3).Select(c => (sbyte)(c % 3)).ToArray();
                return new Router(keys, k).Route(code).SequenceEqual(ReferenceRoute(keys, code, k));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Route_OfABatch_IndependentOfItsNeighbours()
    {
        var router = new Router(GaussianKeys.Create(8, 20, 40), 4);
        var codes = TestCodes.Random(100 * 40, 1);
        var routes = new ushort[400];
        router.Route(codes, routes);
        var some = new ushort[12];
        router.Route(codes.AsSpan(57 * 40, 3 * 40), some);
        Assert.Equal(routes[(57 * 4)..(60 * 4)], some);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Router_RouteLengthOutOfRange_IsRefused(int k)
        => Assert.Throws<LegoNetException>(() => new Router(GaussianKeys.Create(1, 3, 2), k));

    [Fact]
    public void Route_WrongLengths_Throw()
    {
        var router = new Router(GaussianKeys.Create(1, 3, 2), 1);
        Assert.Throws<ArgumentException>(() => router.Route(new sbyte[3], new ushort[1]));
        Assert.Throws<ArgumentException>(() => router.Route(new sbyte[4], new ushort[1]));
        Assert.Throws<ArgumentException>(() => router.Route(new sbyte[4]));
    }

    private static void AssertRoutes<TTile>(KeySet keys, int k, sbyte[] codes, ushort[] expected)
        where TTile : struct, IIntegerTile
    {
        if (TTile.IsSupported)
        {
            var routes = new ushort[expected.Length];
            new Router(keys, k, new RouterKernel<TTile>(keys)).Route(codes, routes);
            Assert.Equal(expected, routes);
        }
    }

    private static void AssertSimilarities<TTile>(KeySet keys, sbyte[] codes, int sign)
        where TTile : struct, IIntegerTile
    {
        if (TTile.IsSupported)
        {
            var similarities = new long[2];
            new Router(keys, 1, new RouterKernel<TTile>(keys)).Similarities(codes, similarities);
            Assert.Equal([sign * 12_484_227_000L, -sign * 12_484_227_000L], similarities);
        }
    }

    private static IEnumerable<ushort> ReferenceRoute(KeySet keys, ReadOnlySpan<sbyte> code, int k)
    {
        var similarities = new long[keys.Count];
        for (var i = 0; i < keys.Count; i++)
        {
            for (var j = 0; j < code.Length; j++)
            {
                similarities[i] += (long)code[j] * keys[i][j];
            }
        }

        return Enumerable.Range(0, keys.Count).OrderByDescending(i => similarities[i]).ThenBy(i => i).Take(k).Order().Select(i => (ushort)i);
    }
}
