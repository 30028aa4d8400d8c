using LegoNet.Changes;
using LegoNet.Encoders;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Records;

public class IncomingRowsTests
{
    private static readonly EncoderFingerprint s_avx512 = Models.Fingerprint with { Processor = "x64 avx512" };
    private static readonly EncoderFingerprint s_avx2 = Models.Fingerprint with { Processor = "x64 avx2" };

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

    [Fact]
    public void Add_CodeOfAnotherKindOfProcessor_IsRefusedUnlessAllowed()
    {
        using var folder = new TempFolder();
        using var model = Train(folder, s_avx512);
        var more = Record(2) with { Fingerprint = s_avx2 };
        var root = model.RootDigest;

        var failure = Assert.Throws<LegoNetException>(() => model.Add([more], cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal((LegoNetError.BadInput, LegoNetReason.OtherEncoder), (failure.Error, failure.Reason));
        Assert.Equal(
            "test:2/2: its code was made on another kind of processor (x64 avx2) than the model's (x64 avx512), and the two can round differently, "
                + "so encode it on a machine of the model's kind; other encoders must be allowed for it to be stored all the same.",
            failure.Message);
        Assert.Equal(root, model.RootDigest);
        model.Add([more], new AddOptions { AllowOtherEncoder = true }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(
            ["x64 avx2", "x64 avx512"],
            model.ReadRecords().Select(r => r.Fingerprint.Processor).Order(StringComparer.Ordinal));
        Assert.True(model.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
    }

    [Theory]
    [InlineData(null, "x64 avx2")]
    [InlineData("x64 avx512", null)]
    public void Add_KindOfProcessorNotOnRecord_IsNotRefused(string? models, string? records)
    {
        using var folder = new TempFolder();
        using var model = Train(folder, Models.Fingerprint with { Processor = models });

        model.Add(
            [Record(2) with { Fingerprint = Models.Fingerprint with { Processor = records } }],
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(
            new[] { models, records }.Order(StringComparer.Ordinal),
            model.ReadRecords().Select(r => r.Fingerprint.Processor).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Add_TwinsFromTwoKindsOfProcessors_GivesTheSameModelInEitherOrder(bool reversed)
    {
        using var folder = new TempFolder();
        using var expected = Train(folder, s_avx512, "expected");
        using var model = Train(folder, s_avx512);
        EncodedRecord[] twins = [Record(2) with { Fingerprint = s_avx512 }, Record(2) with { Fingerprint = s_avx2 }];
        if (reversed)
        {
            Array.Reverse(twins);
        }

        var allowed = new AddOptions { AllowOtherEncoder = true };
        expected.Add([Record(2) with { Fingerprint = s_avx2 }], allowed, cancellationToken: TestContext.Current.CancellationToken);
        model.Add(twins, allowed, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(expected.RootDigest, model.RootDigest);
    }

    [Fact]
    public void Add_TwinsOrStoredRecordWithCodesOfTwoKindsOfProcessors_SayThatItMayBeRounding()
    {
        const string Why = "other content (the codes were made by test 1 (cpu, integer, batch 1, x64 avx512) and by test 1 (cpu, integer, batch 1, x64 avx2), "
            + "so this may be no more than rounding)";
        using var folder = new TempFolder();
        using var model = Train(folder, s_avx512);
        var rounded = Record(1) with { Fingerprint = s_avx2 };
        rounded.Code[0] = (sbyte)(rounded.Code[0] == 127 ? 126 : rounded.Code[0] + 1);
        var allowed = new AddOptions { AllowOtherEncoder = true };

        var stored = Assert.Throws<LegoNetException>(
            () => model.Add([rounded], allowed, cancellationToken: TestContext.Current.CancellationToken));
        var twins = Assert.Throws<LegoNetException>(
            () => model.Add([Record(1) with { Fingerprint = s_avx512 }, rounded], allowed, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal($"test:1/1: a record with the same subject and id is stored with {Why}; use correct to replace it.", stored.Message);
        Assert.Equal($"test:1/1: has the same subject and id as test:1/1, but {Why}.", twins.Message);
    }

    // Both models of a test have one tag key, so that their bytes can be compared.
    private static LegoNetModel Train(TempFolder folder, EncoderFingerprint fingerprint, string name = "model") => LegoNetModel.Train(
        folder[name],
        Models.Definition(fingerprint: fingerprint),
        [Record(1) with { Fingerprint = fingerprint }],
        new ModelOptions { TagKeyPath = folder["key"] },
        cancellationToken: TestContext.Current.CancellationToken);

    private static EncodedRecord Record(int number) => Models.Record(Models.Definition().Spec, number, number);
}
