using LegoNet.Changes;
using LegoNet.Encoders;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Records;

public class IncomingRowsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Add_TwinsInOneBatchFromDifferentEncoders_AreRefusedInEitherOrder(bool reversed)
    {
        using var folder = new TempFolder();
        var definition = Models.Definition();
        using var model = LegoNetModel.Train(
            folder["model"],
            definition,
            [Models.Record(definition.Spec, 1, 1)],
            cancellationToken: TestContext.Current.CancellationToken);
        var root = model.RootDigest;
        var twin = Models.Record(definition.Spec, 2, 2);
        EncodedRecord[] twins = [twin, twin with { Fingerprint = twin.Fingerprint with { Runtime = "test 2" } }];
        if (reversed)
        {
            Array.Reverse(twins);
        }

        var failure = Assert.Throws<LegoNetException>(() => model.Add(
            twins,
            new AddOptions { AllowOtherEncoder = true },
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(LegoNetError.BadInput, failure.Error);
        Assert.Equal(root, model.RootDigest);
        Assert.Equal(1, model.RecordCount);
    }

    [Fact]
    public void Add_StoredRecordAgainFromAnotherEncoder_ChangesNothing()
    {
        using var folder = new TempFolder();
        var definition = Models.Definition();
        var record = Models.Record(definition.Spec, 1, 1);
        using var model = LegoNetModel.Train(folder["model"], definition, [record], cancellationToken: TestContext.Current.CancellationToken);

        var receipt = model.Add(
            [record with { Fingerprint = record.Fingerprint with { Runtime = "test 2" } }],
            new AddOptions { AllowOtherEncoder = true },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(receipt.RootBefore, receipt.RootAfter);
    }
}
