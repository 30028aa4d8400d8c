using LegoNet.Lab.Methods;
using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Tests.Methods;

/// <summary>Kept updates.</summary>
public class UpdateLogTests
{
    private static readonly RecordSet s_records = GeneratedRecords.Draw(100, 21, 4);

    [Fact]
    public void Subtract_EveryRecord_LeadsBackToTheBeginning()
    {
        using var log = new UpdateLog(1);
        var (start, trained) = Train(log);

        log.Subtract(trained, s_records.AllRows);

        Assert.All(start.Blocks.Zip(trained.Blocks), pair => Assert.All(
            pair.First.Values.Zip(pair.Second.Values), v => Assert.Equal(v.First, v.Second, 1e-5)));
        Assert.Equal(0, log.Bytes);
    }

    [Fact]
    public void Subtract_Pruned_ChangesTheLargestEntriesOfEachStepOnly()
    {
        using var log = new UpdateLog(0.05);
        var (_, trained) = Train(log, epochs: 1, batchSize: 100);
        var before = trained.Clone();

        log.Subtract(trained, [3]);

        Assert.All(before.Blocks.Zip(trained.Blocks), pair => Assert.Equal(
            (int)Math.Ceiling(pair.First.Values.Length * 0.05),
            pair.First.Values.Zip(pair.Second.Values).Count(v => v.First != v.Second)));
    }

    [Fact]
    public void Subtract_ARecordTwice_DoesNothingTheSecondTime()
    {
        using var log = new UpdateLog(1);
        var (_, trained) = Train(log);
        log.Subtract(trained, [3]);
        var digest = trained.Digest;

        log.Subtract(trained, [3]);

        Assert.Equal(digest, trained.Digest);
    }

    private static (Network Start, Network Trained) Train(UpdateLog log, int epochs = 3, int batchSize = 16)
    {
        var recipe = new NetworkRecipe(Hidden: 8, BatchSize: batchSize);
        var network = recipe.Create(s_records, 1);
        var start = network.Clone();
        var plan = recipe.Plan(s_records, s_records.AllRows, 1) with { Epochs = epochs, Updated = log.Add };
        NetworkTrainer.Train(network, s_records, plan, 1, TestContext.Current.CancellationToken);
        return (start, network);
    }
}
