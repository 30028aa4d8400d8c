using LegoNet.Changes;
using LegoNet.Encoders;
using LegoNet.Specs;
using LegoNet.Tests.Support;
using LegoNet.Verification;

namespace LegoNet.Tests.Verification;

public sealed class DataComparisonTests : IDisposable
{
    private static readonly EncoderFingerprint s_here = Models.Fingerprint with { Processor = "x64 avx512" };
    private static readonly EncoderFingerprint s_elsewhere = Models.Fingerprint with { Processor = "x64 avx2" };
    private static readonly ModelDefinition s_definition = Models.Definition(fingerprint: s_here);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void VerifyData_EqualCodesOfAnotherKindOfProcessor_AreExactAndNoted()
    {
        using var model = Train(s_here);
        var report = Verify(model, Records(s_elsewhere));
        Assert.True(report.IsExact);
        Assert.Equal(
            ["20 stored codes that were made on another kind of processor (x64 avx512; here x64 avx2) are equal to what is encoded here"],
            report.Notes);
        Assert.Empty(Verify(model, Records(s_here)).Notes);
    }

    [Fact]
    public void VerifyData_OtherCodesOfAnotherKindOfProcessor_AreNotCompared()
    {
        using var model = Train(s_here);
        var report = Verify(model, Records(s_elsewhere).Select((r, i) => i % 10 == 3 ? Rounded(r) : r));
        Assert.Equal(VerificationOutcome.NotComparable, report.Outcome);
        Assert.Empty(report.Differences);
        Assert.Equal(20, report.Records);
        Assert.Equal(
            "2 stored codes that were made on another kind of processor (x64 avx512; here x64 avx2) differ from what is encoded here, first at test:3/3; "
                + "this may be due to that and not to the data, so compare where such codes are made",
            Assert.Single(report.NotCompared));
        Assert.StartsWith("18 stored codes", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void VerifyData_OtherLabelOrCodeOfTheSameKind_IsADifferenceAmongRecordsOfOtherKinds()
    {
        using var model = Train(s_here);
        model.Add(
            [Models.Record(s_definition.Spec, 100, 0) with { Fingerprint = s_elsewhere }],
            new AddOptions { AllowOtherEncoder = true },
            cancellationToken: TestContext.Current.CancellationToken);
        var added = Models.Record(s_definition.Spec, 100, 0) with { Fingerprint = s_here };
        var records = Records(s_here).ToArray();
        records[5] = Rounded(records[5]);
        var otherLabel = s_definition.Spec.Classes.First(c => c != added.Label);

        var report = Verify(model, [.. records, Rounded(added) with { Label = otherLabel }]);

        Assert.Equal(
            [
                "test:5/5: encodes to another code than the stored one (under the same encoder fingerprint)",
                "test:100/0: has another label than the stored one",
            ],
            report.Differences);
        Assert.StartsWith(
            "1 stored code that was made on another kind of processor (x64 avx2; here x64 avx512) differs",
            Assert.Single(report.NotCompared),
            StringComparison.Ordinal);
    }

    [Fact]
    public void VerifyData_OtherCodeAndKindOfProcessorNotOnRecord_IsADifference()
    {
        using var model = Train(Models.Fingerprint);
        var report = Verify(model, Records(s_here).Select((r, i) => i == 7 ? Rounded(r) : r));
        Assert.Equal(
            [
                "test:7/7: encodes to another code than the stored one (the kind of processor is not on record for both, so this may be rounding "
                    + "and not the data)",
            ],
            report.Differences);
        Assert.Empty(report.NotCompared);
        Assert.Empty(report.Notes);
    }

    [Fact]
    public void VerifyData_OtherCodesOfOtherRuntimesAndEncoders_AreCountedByWhatMadeThem()
    {
        using var model = Train(s_here);
        var newer = s_here with { Runtime = "test 2" };
        var foreign = s_here with { Encoder = new string('f', 64) };
        var report = Verify(model, Records(s_here).Select((r, i) => i switch
        {
            < 3 => Rounded(r) with { Fingerprint = newer },
            < 5 => Rounded(r) with { Fingerprint = foreign },
            _ => r,
        }));
        Assert.Equal(VerificationOutcome.NotComparable, report.Outcome);
        Assert.Collection(
            report.NotCompared,
            line => Assert.StartsWith(
                "3 stored codes that were made by test 1 (cpu, integer, batch 1, x64 avx512), not by test 2 (cpu, integer, batch 1, x64 avx512) as here, "
                    + "differ",
                line,
                StringComparison.Ordinal),
            line => Assert.StartsWith(
                "2 stored codes that were made by another encoder, calibration or input treatment differ",
                line,
                StringComparison.Ordinal));
    }

    private static IEnumerable<EncodedRecord> Records(EncoderFingerprint fingerprint)
        => Enumerable.Range(0, 20).Select(i => Models.Record(s_definition.Spec, i, i) with { Fingerprint = fingerprint });

    private static EncodedRecord Rounded(EncodedRecord record)
        => record with { Code = [(sbyte)(record.Code[0] == 127 ? 126 : record.Code[0] + 1), .. record.Code.Skip(1)] };

    private static VerificationReport Verify(LegoNetModel model, IEnumerable<EncodedRecord> records)
        => model.VerifyData(records, cancellationToken: TestContext.Current.CancellationToken);

    private LegoNetModel Train(EncoderFingerprint fingerprint) => LegoNetModel.Train(
        _folder["model"],
        Models.Definition(fingerprint: fingerprint),
        Records(fingerprint),
        cancellationToken: TestContext.Current.CancellationToken);
}
