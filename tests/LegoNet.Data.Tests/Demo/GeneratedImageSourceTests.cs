using System.Security.Cryptography;
using LegoNet.Demo;

namespace LegoNet.Data.Tests.Demo;

public class GeneratedImageSourceTests
{
    // The encoder, the demo's figures and every model trained on these images hang on the bytes: a change of one bit is a change of the data set.
    [Theory]
    [InlineData("demo", "train", "9F2A274055EBB8A20F31C5B1B548F0872F5D02546FCE7AC21AB1FBFA74F0317C")]
    [InlineData("demo", "test", "0555F442B1D2E15D5C7BB9481D0874179DEBDA40D238610CF1C6199AAD483794")]
    [InlineData("public", "train", "810A7AA828CF8E1C920A98A785FB6C1B59D5F375D34A0683CFCCED186E4491DE")]
    [InlineData("public", "test", "7CE3DD48D8444AB51DC7A8D67AD08E947A5A9E3CB9334E11879D1756473DF27B")]
    public void Read_FirstSixtyFour_HavePinnedBytes(string set, string split, string digest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var record in new GeneratedImageSource(set, split, 64, 300, 1).Read(CancellationToken.None))
        {
            hash.AppendData(Pixels(record));
        }

        Assert.Equal(digest, Convert.ToHexString(hash.GetHashAndReset()));
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("public")]
    public void Read_MoreRecords_LeavesTheFirstAsTheyWere(string set)
    {
        var few = Read(set, "train", 25, 40, 7);
        var many = Read(set, "train", 120, 40, 7);
        for (var i = 0; i < few.Count; i++)
        {
            Assert.Equal((few[i].Subject, few[i].Id, few[i].Label), (many[i].Subject, many[i].Id, many[i].Label));
            Assert.True(Pixels(few[i]).SequenceEqual(Pixels(many[i])));
        }
    }

    [Fact]
    public void Read_TwoReadersInTurns_DoNotDisturbEachOther()
    {
        var source = new GeneratedImageSource("demo", "train", 30, 10, 3);
        var expected = Read("demo", "train", 30, 10, 3);
        using var first = source.Read(CancellationToken.None).GetEnumerator();
        using var second = source.Read(CancellationToken.None).GetEnumerator();
        foreach (var record in expected)
        {
            Assert.True(first.MoveNext() && second.MoveNext());
            Assert.True(Pixels(first.Current).SequenceEqual(Pixels(record)));
            Assert.True(Pixels(second.Current).SequenceEqual(Pixels(record)));
        }

        Assert.False(first.MoveNext());
    }

    [Theory]
    [InlineData("demo", 200)]
    [InlineData("public", 200)]
    public void Read_WholeRounds_HoldEveryClassEquallyOften(string set, int records)
    {
        var names = GeneratedImageSource.ClassNames(set);
        var counts = Read(set, "train", records, 50, 1).CountBy(r => r.Label!).ToDictionary();
        Assert.Equal(names.Count, counts.Count);
        Assert.All(names, name => Assert.Equal(records / names.Count, counts[name]));
    }

    [Fact]
    public void Read_DemoTrain_SubjectsOwnVeryDifferentNumbers()
    {
        var counts = Read("demo", "train", 6000, 300, 1).CountBy(r => r.Subject).Select(c => c.Value).Order().ToArray();
        Assert.Equal(300, counts.Length);
        Assert.InRange(counts[^1], 60, 150);
        Assert.InRange(counts[0], 1, 10);
        Assert.True(counts[^1] > 5 * counts[150], $"largest {counts[^1]}, median {counts[150]}");
    }

    [Fact]
    public void Read_BusiestSubject_IsNotSimplyTheFirst()
    {
        var busiest = Enumerable.Range(1, 4).Select(seed => Read("demo", "train", 1000, 300, seed).CountBy(r => r.Subject).MaxBy(c => c.Value).Key);
        Assert.True(busiest.Distinct().Count() > 1);
    }

    [Fact]
    public void Read_Identities_AreUniqueAndNeverSharedBetweenSplits()
    {
        var train = Read("demo", "train", 300, 100, 1);
        var test = Read("demo", "test", 300, 100, 1);
        Assert.Equal(300, train.Select(r => r.Id).Distinct().Count());
        Assert.Equal("img-00042", train[42].Id);
        Assert.Matches("^subject-[0-9]{3}$", train[0].Subject);
        Assert.Empty(train.Select(r => r.Subject).Intersect(test.Select(r => r.Subject)));
        Assert.False(new GeneratedImageSource("demo", "train", 1, 1, 1).IdsArePositions);
    }

    [Fact]
    public void Read_OtherSeedSplitOrSet_DrawsOtherPictures()
    {
        var digests = new[] { ("demo", "train", 1), ("demo", "train", 2), ("demo", "test", 1), ("public", "train", 1), ("public", "test", 1) }
            .SelectMany(v => Read(v.Item1, v.Item2, 40, 20, v.Item3))
            .Select(r => Convert.ToHexString(SHA256.HashData(Pixels(r))))
            .ToArray();
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("public")]
    public void Read_EveryPicture_IsThirtyTwoSquareRgbAndShowsSomething(string set)
    {
        foreach (var record in Read(set, "train", 120, 20, 5))
        {
            var input = Assert.IsType<PixelInput>(record.Input);
            Assert.Equal((32, 32, 3, 32 * 32 * 3), (input.Height, input.Width, input.Channels, input.Pixels.Length));
            Assert.True(Pixels(record).ToArray().Distinct().Count() > 8, record.Id);
        }
    }

    [Fact]
    public void ClassNames_OfTheTwoSets_AreDisjoint()
    {
        Assert.Equal(10, GeneratedImageSource.ClassNames("demo").Count);
        Assert.Equal(40, GeneratedImageSource.ClassNames("public").Count);
        Assert.Equal(50, GeneratedImageSource.ClassNames("demo").Concat(GeneratedImageSource.ClassNames("public")).Distinct().Count());
    }

    [Fact]
    public void Read_Cancelled_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        using var reader = new GeneratedImageSource("demo", "train", 100, 10, 1).Read(cancellation.Token).GetEnumerator();
        Assert.True(reader.MoveNext());
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => reader.MoveNext());
    }

    [Theory]
    [InlineData("private", "train", 1, 1, 1, "set")]
    [InlineData("demo", "dev", 1, 1, 1, "split")]
    [InlineData("demo", "train", 0, 1, 1, "records")]
    [InlineData("demo", "train", 1, 100_001, 1, "subjects")]
    [InlineData("demo", "train", 1, 1, -1, "seed")]
    public void Constructor_BadArgument_IsNamed(string set, string split, int records, int subjects, long seed, string argument)
    {
        var error = Assert.Throws<LegoNetException>(() => new GeneratedImageSource(set, split, records, subjects, seed));
        Assert.Equal(LegoNetError.BadInput, error.Error);
        Assert.StartsWith($"generated images: {argument} ", error.Message, StringComparison.Ordinal);
    }

    private static List<SourceRecord> Read(string set, string split, int records, int subjects, long seed)
        => [.. new GeneratedImageSource(set, split, records, subjects, seed).Read(CancellationToken.None)];

    private static ReadOnlySpan<byte> Pixels(SourceRecord record) => ((PixelInput)record.Input).Pixels.Span;
}
