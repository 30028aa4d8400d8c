using LegoNet.Data;
using LegoNet.Encoders;

namespace LegoNet.Tests.Encoders;

public sealed class RangeProposalTests
{
    [Fact]
    public void Of_ValuesAroundZero_LeavesOutTheOutermostAndRoundsOutward()
    {
        var proposal = Propose(500, 16, (random, _) => (float)((random.NextDouble() * 6.2) - 3.1), outlier: 1e6f);
        Assert.Equal("\"dimension\": 16, \"min\": -4, \"max\": 4", proposal.Members);
        Assert.Equal(500, proposal.Rows);
        Assert.Null(proposal.Warning);
    }

    [Fact]
    public void Of_ManyRows_LooksAtTheFirstThousand()
        => Assert.Equal(1_000, Propose(3_000, 4, (random, row) => row < 1_000 ? (float)random.NextDouble() : 1_000f).Rows);

    [Fact]
    public void Of_LongVectors_LooksAtFewerRows()
        => Assert.Equal(65, Propose(100, 65_535, (random, _) => (float)random.NextDouble()).Rows);

    [Fact]
    public void Of_OneSidedValuesMostlyZero_IsAsWideAroundZero()
    {
        // As behind a rectifier: with 0 as code −127 all rows would look alike.
        var proposal = Propose(500, 64, (random, _) => random.Next(10) == 0 ? (float)(random.NextDouble() * 7.7) : 0);
        Assert.Equal("\"dimension\": 64, \"min\": -8, \"max\": 8", proposal.Members);
        Assert.Null(proposal.Warning);
    }

    [Fact]
    public void Of_ValuesFarFromZero_SpansThem()
    {
        var proposal = Propose(500, 32, (random, _) => 100 + (float)(random.NextDouble() * 10));
        Assert.Equal((100, 110), (proposal.Min, proposal.Max));
        Assert.Null(proposal.Warning);
    }

    [Fact]
    public void Of_DimensionsOfVeryDifferentSizes_Warns()
    {
        // What no one range can mend.
        var at = 0;
        var proposal = Propose(500, 16, (random, _) => (at++ % 16 < 8 ? 1_000 : 0) + (float)random.NextDouble());
        Assert.NotNull(proposal.Warning);
        Assert.StartsWith("one of 64 adapters would then get 100 % of these rows", proposal.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OneValueOnly_IsARangeAroundIt()
    {
        var proposal = Propose(10, 2, (_, _) => 0);
        Assert.True(proposal is { Min: < 0, Max: > 0 });
    }

    [Fact]
    public void Of_NoVectors_IsNone()
    {
        Assert.Null(RangeProposal.Of(new Records([new TextInput("a")]), TestContext.Current.CancellationToken));
        Assert.Null(RangeProposal.Of(new Records([new VectorInput(new float[2]), new VectorInput(new float[3])]), TestContext.Current.CancellationToken));
        Assert.Null(RangeProposal.Of(new Records([]), TestContext.Current.CancellationToken));
    }

    private static RangeProposal Propose(int rows, int dimension, Func<Random, int, float> value, float? outlier = null)
    {
        var random = new Random(3);
        var inputs = Enumerable.Range(0, rows)
            .Select(row => (RecordInput)new VectorInput(Enumerable.Range(0, dimension).Select(_ => value(random, row)).ToArray()))
            .ToArray();
        if (outlier is { } far)
        {
            inputs[0] = new VectorInput(((VectorInput)inputs[0]).Values.ToArray().Select((v, i) => i == 0 ? far : v).ToArray());
        }

        return RangeProposal.Of(new Records(inputs), TestContext.Current.CancellationToken)!;
    }

    private sealed class Records(RecordInput[] inputs) : IRecordSource
    {
        public string Name => "here";

        public long? Count => inputs.Length;

        public bool IdsArePositions => true;

        public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken)
            => inputs.Select((input, i) => new SourceRecord($"s{i}", $"i{i}", null, input, $"row {i}"));
    }
}
