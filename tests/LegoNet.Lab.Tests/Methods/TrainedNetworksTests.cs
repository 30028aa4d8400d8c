using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Tests.Methods;

/// <summary>Networks that were trained before.</summary>
public class TrainedNetworksTests
{
    private static readonly RecordSet s_records = GeneratedRecords.Draw(100, 21, 4);
    private static readonly NetworkRecipe s_recipe = new(Hidden: 8);

    [Fact]
    public void Get_TheSameAgain_IsTheSameNetworkInAnotherPlaceWithTheSecondsItTook()
    {
        var trained = new TrainedNetworks();
        var first = Get(trained, s_recipe, s_records.AllRows, 1);
        var digest = first.Network.Digest;
        first.Network.Layers[0].Parameters.Values[0]++;

        var second = Get(trained, s_recipe with { }, s_records.AllRows, 1);

        Assert.Equal(digest, second.Network.Digest);
        Assert.Equal(0, first.BorrowedSeconds);
        Assert.True(second.BorrowedSeconds > 0);
    }

    [Fact]
    public void Get_AnotherRecipeSeedOrRow_IsTrained()
    {
        var trained = new TrainedNetworks();
        Get(trained, s_recipe, s_records.AllRows, 1);

        Assert.All(
            [
                Get(trained, s_recipe with { Epochs = 1 }, s_records.AllRows, 1),
                Get(trained, s_recipe, s_records.AllRows, 2),
                Get(trained, s_recipe, s_records.AllRows[1..], 1),
            ],
            other => Assert.Equal(0, other.BorrowedSeconds));
    }

    private static (LegoNet.Lab.Networks.Network Network, double BorrowedSeconds) Get(TrainedNetworks trained, NetworkRecipe recipe, int[] rows, long seed)
        => trained.Get(recipe, s_records, rows, new RunSettings(seed), TestContext.Current.CancellationToken);
}
