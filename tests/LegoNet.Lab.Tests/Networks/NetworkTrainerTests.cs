using System.Text.Json;
using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Tests.Networks;

/// <summary>The training loop.</summary>
public class NetworkTrainerTests
{
    private const int Hidden = 19;

    private static readonly RecordSet s_records = GeneratedRecords.Draw(150, 37, 4);

    [Theory]
    [InlineData("sgd", 0.05f)]
    [InlineData("adam", 0.01f)]
    public void Train_TheReferencesRecords_TakesTheReferencesWay(string optimiser, float rate)
    {
        var file = Path.Combine(Repository.Root, "tests", "LegoNet.Lab.Tests", "Networks", "trajectory.json");
        var reference = JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty(optimiser);
        var network = Create();

        var losses = Train(network, Plan() with
        {
            Optimiser = new OptimiserOptions(optimiser == "sgd" ? OptimiserKind.Sgd : OptimiserKind.Adam, rate),
        });

        AssertClose(reference.GetProperty("losses"), [.. losses]);
        AssertClose(reference.GetProperty("lower"), [.. network.Layers[0].Parameters.Values.Take(37).Select(w => (double)w)]);
        AssertClose(reference.GetProperty("upper"), [.. network.Layers[1].Parameters.Values.Take(Hidden).Select(w => (double)w)]);
    }

    [Theory]
    [InlineData(OptimiserKind.Sgd, "a1bd00c4e1556029bd874fa28258a141")]
    [InlineData(OptimiserKind.Adam, "929bcca7ab597cbd03da2f47f46f08c7")]
    internal void Train_OnAnyMachine_GivesTheseBits(OptimiserKind kind, string digest)
    {
        var network = Create();
        Train(network, Plan() with { Optimiser = new OptimiserOptions(kind, 0.01f) });

        Assert.Equal(digest, network.Digest[..32]);
    }

    [Fact]
    public void Train_AnyThreads_GivesTheSameBits()
    {
        // Large enough for several threads to share a product.
        var records = GeneratedRecords.Draw(300, 300, 4);
        var digests = new[] { 1, 2, 3 }.Select(threads =>
        {
            var network = Network.Create(new NetworkShape(300, 70, 4), new Draws(7, 100));
            NetworkTrainer.Train(network, records, Plan(records) with { BatchSize = 256 }, threads, TestContext.Current.CancellationToken);
            return network.Digest;
        });

        Assert.Single(digests.Distinct());
    }

    [Fact]
    public void Train_AnotherSeed_GivesOtherBits()
    {
        Network one = Create(), other = Create();
        Train(one, Plan());
        Train(other, Plan() with { Seed = 8 });

        Assert.NotEqual(one.Digest, other.Digest);
    }

    [Fact]
    public void Train_AFrozenLayer_StaysAsItIs()
    {
        var network = Create();
        var (lower, upper) = (network.Layers[0].Parameters, network.Layers[1].Parameters);
        float[] lowerBefore = [.. lower.Values], upperBefore = [.. upper.Values];
        lower.IsFrozen = true;

        Train(network, Plan());

        Assert.Equal(lowerBefore, lower.Values);
        Assert.NotEqual(upperBefore, upper.Values);
    }

    [Fact]
    public void Train_ANewBranchBesideFrozenLayers_LearnsAlone()
    {
        var network = Create();
        network.FreezeLayers(true);
        network.AddBranch(2, new Draws(9));
        var before = network.Layers[1].Parameters.Values.ToArray();
        var losses = Train(network, Plan());

        Assert.Equal(before, network.Layers[1].Parameters.Values);
        Assert.Contains(network.Layers[0].Branch!.Up.Values, w => w != 0);
        Assert.True(losses[^1] < losses[0]);
    }

    [Fact]
    public void MergeBranch_ATrainedBranch_ChangesNoResult()
    {
        var network = Create();
        network.AddBranch(2, new Draws(9));
        Train(network, Plan());
        var with = PlainNetwork.Run(network, s_records.Code(0)).Logits;

        network.Layers[0].MergeBranch();

        Assert.Null(network.Layers[0].Branch);
        Assert.All(with.Zip(PlainNetwork.Run(network, s_records.Code(0)).Logits), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Train_APartialUpdate_ChangesThatShareOfEachLayer()
    {
        var network = Create();
        float[][] before = [.. network.Blocks.Select(b => b.Values.ToArray())];
        Train(network, Plan() with { Epochs = 1, BatchSize = 150, UpdateFraction = 0.1 });

        Assert.All(network.Blocks.Zip(before), pair => Assert.Equal(
            (int)Math.Ceiling(pair.Second.Length * 0.1),
            pair.First.Values.Zip(pair.Second).Count(v => v.First != v.Second)));
    }

    [Fact]
    public void Updated_OfEachStep_AddUpToTheWholeWay()
    {
        var network = Create();
        float[][] sums = [.. network.Blocks.Select(b => b.Values.ToArray())];
        Train(network, Plan() with
        {
            Updated = (updates, batch) =>
            {
                Assert.InRange(batch.Count, 1, 32);
                for (var b = 0; b < sums.Length; b++)
                {
                    Kernels.AddScaled(1, updates[b], sums[b]);
                }
            },
        });

        Assert.Equal(network.Blocks.Select(b => b.Values), sums);
    }

    [Theory]
    [InlineData(0.01, new[] { 0f, 0, 0, 0, 5, 0 })]
    [InlineData(0.5, new[] { -3f, 0, 3, 0, 5, 0 })]
    [InlineData(0.6, new[] { -3f, 0, 3, 3, 5, 0 })]
    [InlineData(1, new[] { -3f, 1, 3, 3, 5, -1e-30f })]
    public void Keep_AFraction_KeepsTheLargestAndTheFirstOfEquals(double fraction, float[] kept)
    {
        float[] values = [-3, 1, 3, 3, 5, -1e-30f];

        LargestMagnitudes.Keep(values, fraction);

        Assert.Equal(kept, values);
    }

    private static Network Create() => Network.Create(new NetworkShape(37, Hidden, 4), new Draws(7, 100));

    private static TrainingPlan Plan(RecordSet? records = null) => new()
    {
        Examples = [.. (records ?? s_records).AllRows.Select(r => new Example(r, (records ?? s_records).Label(r)))],
        Optimiser = new OptimiserOptions(OptimiserKind.Adam, 0.01f),
        Epochs = 12,
        BatchSize = 32,
        Seed = 7,
    };

    private static IReadOnlyList<double> Train(Network network, TrainingPlan plan)
        => NetworkTrainer.Train(network, s_records, plan, 1, TestContext.Current.CancellationToken);

    private static void AssertClose(JsonElement expected, double[] actual)
    {
        double[] numbers = [.. expected.EnumerateArray().Select(n => n.GetDouble())];
        Assert.Equal(numbers.Length, actual.Length);
        Assert.All(numbers.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-4));
    }
}
