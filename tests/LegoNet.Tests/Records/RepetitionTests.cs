using LegoNet.Encoders;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Records;

public sealed class RepetitionTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition();

    private readonly TempFolder _folder = new();
    private readonly ListLogger<LegoNetModel> _log = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_RecordsGivenTwice_SaysHowManyWerePassedOver()
    {
        using var model = Train([.. Records(0, 20), .. Records(0, 8)]);
        Assert.Equal(20, model.RecordCount);
        Assert.Single(_log.Entries, e => e.Message.StartsWith("8 of 28 records repeat another one", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_RecordsGivenOnce_SaysNothing()
    {
        Train([.. Records(0, 20)]).Dispose();
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void Add_RecordsThatAreStoredOrGivenTwice_SaysHowManyWerePassedOver()
    {
        using var model = Train([.. Records(0, 20)]);
        Assert.Equal(5, model.Add([.. Records(15, 10), .. Records(24, 1)], cancellationToken: Cancelled).Records);
        Assert.Single(_log.Entries, e => e.Message.StartsWith("1 of 11 records repeat another one", StringComparison.Ordinal));
        Assert.Single(_log.Entries, e => e.Message.StartsWith("5 of the 10 records to add are stored already", StringComparison.Ordinal));
    }

    private static IEnumerable<EncodedRecord> Records(int first, int count)
        => Enumerable.Range(first, count).Select(i => Models.Record(s_definition.Spec, i, 0));

    private LegoNetModel Train(IReadOnlyList<EncodedRecord> records)
        => LegoNetModel.Train(_folder["model"], s_definition, records, new ModelOptions { Logger = _log }, cancellationToken: Cancelled);
}
