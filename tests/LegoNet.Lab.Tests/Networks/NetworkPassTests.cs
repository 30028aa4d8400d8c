using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Tests.Networks;

/// <summary>Results and gradients, against plain float64 and finite differences of it.</summary>
public class NetworkPassTests
{
    private const int Classes = 5;

    public static TheoryData<int, int, int> Shapes => new() { { 3, 0, 0 }, { 3, 2, 1 }, { 37, 19, 0 }, { 37, 19, 3 }, { 64, 80, 0 }, { 130, 66, 4 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Forward_ABatch_GivesWhatPlainArithmeticGives(int inputs, int hidden, int rank)
    {
        var (network, records) = Make(inputs, hidden, rank);
        var pass = new NetworkPass(network, records.Count, 1);

        pass.Forward(records.Codes);

        for (var r = 0; r < records.Count; r++)
        {
            var (features, residuals, logits) = PlainNetwork.Run(network, records.Code(r));
            AssertClose(features, pass.Features.Slice(r * features.Length, features.Length));
            AssertClose(residuals, pass.Residuals.Slice(r * residuals.Length, residuals.Length));
            AssertClose(logits, pass.Logits.Slice(r * Classes, Classes));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Backward_CrossEntropy_GivesTheSlopesOfFiniteDifferences(int inputs, int hidden, int rank)
    {
        var (network, records) = Make(inputs, hidden, rank);
        Example[] batch = [.. records.AllRows.Select(r => new Example(r, (records.Label(r) + r) % Classes, r % 3 == 0 ? 0.5f : 1))];

        AssertSlopes(network, records, batch, new CrossEntropy(), () => batch.Average(e =>
        {
            var logits = PlainNetwork.Run(network, records.Code(e.Row)).Logits;
            return e.Weight * (PlainNetwork.LogSum(logits) - logits[e.Label]);
        }));
    }

    [Fact]
    public void Backward_FeatureAlignment_GivesTheSlopesOfFiniteDifferences()
    {
        const float pull = 0.7f, consistency = 0.3f;
        var (network, records) = Make(37, 19, 3);
        var before = network.Clone();
        before.Layers[0].MergeBranch();
        before.Layers[0].Bias[2] += 0.5f;
        var targets = new Dictionary<int, float[]> { [1] = [.. Enumerable.Range(0, 19).Select(j => j / 10f)], [4] = new float[19] };
        Example[] batch = [.. records.AllRows.Select(r => new Example(r, 0))];

        AssertSlopes(network, records, batch, new FeatureAlignment(before, targets, pull, consistency, batch.Length, 1), () => batch.Average(e =>
        {
            var (features, residuals, logits) = PlainNetwork.Run(network, records.Code(e.Row));
            if (targets.TryGetValue(e.Row, out var target))
            {
                return pull * features.Zip(target, (z, t) => (z - t) * (z - t)).Average();
            }

            var was = PlainNetwork.Run(before, records.Code(e.Row)).Logits;
            var sum = PlainNetwork.LogSum(was);
            return residuals.Average(r => r * r) + (consistency * was.Zip(logits, (b, l) => Math.Exp(b - sum) * (PlainNetwork.LogSum(logits) - l)).Sum());
        }));
    }

    [Theory]
    [InlineData(false, -1f, null, true)]
    [InlineData(true, -1f, null, false)]
    [InlineData(true, -1f, 0.999f, true)]
    [InlineData(true, 1f, 0.2f, true)]
    [InlineData(true, 1f, null, false)]
    public void SetGradients_OfATermThatIsWhereItShouldBe_AreZero(bool likeliest, float weight, float? until, bool zero)
    {
        var (network, records) = Make(3, 0, 0);
        var pass = new NetworkPass(network, 1, 1);
        pass.Forward(records.Code(0));
        var logits = pass.Logits.ToArray().Index().OrderBy(l => l.Item).ToArray();
        var label = (likeliest ? logits[^1] : logits[0]).Index;

        new CrossEntropy().SetGradients(pass, records, [new Example(0, label, weight, until)]);

        Assert.Equal(zero, pass.LogitGradient.ToArray().All(g => g == 0));
    }

    private static (Network Network, RecordSet Records) Make(int inputs, int hidden, int rank)
    {
        var network = Network.Create(new NetworkShape(inputs, hidden, Classes), new Draws(3, inputs));
        if (rank > 0)
        {
            network.AddBranch(rank, new Draws(4));
        }

        // Biases and the branch start at zero, where an error could hide.
        var draws = new Draws(5);
        foreach (var block in network.Blocks)
        {
            foreach (ref var value in block.Values.AsSpan())
            {
                value += 0.2f * (draws.Unit() - 0.5f);
            }
        }

        return (network, GeneratedRecords.Draw(9, inputs, Classes));
    }

    private static void AssertSlopes(Network network, RecordSet records, Example[] batch, IObjective objective, Func<double> plainLoss)
    {
        var pass = new NetworkPass(network, batch.Length, 2);
        pass.Forward(records.Codes);
        var loss = objective.SetGradients(pass, records, batch);
        pass.Backward();

        Assert.Equal(plainLoss(), loss, 1e-5);
        foreach (var block in network.Blocks)
        {
            for (var i = 0; i < block.Values.Length; i += 1 + (block.Values.Length / 60))
            {
                const float step = 1f / 4096;
                var value = block.Values[i];
                block.Values[i] = value + step;
                var above = plainLoss();
                block.Values[i] = value - step;
                var below = plainLoss();
                block.Values[i] = value;

                Assert.Equal((above - below) / (2 * step), block.Gradient[i], 2e-4);
            }
        }
    }

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5);
        }
    }
}
