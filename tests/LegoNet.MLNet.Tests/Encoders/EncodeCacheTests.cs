using LegoNet.Caching;
using LegoNet.Data;
using LegoNet.Data.Tables;
using LegoNet.Encoders;
using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Records;
using LegoNet.Store;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.Encoders;

public class EncodeCacheTests
{
    private const int Rows = 40;

    private readonly MLContext _ml = new(1);

    [Fact]
    public void Cache_SecondPassAndSecondFit_EncodeNothingAgain()
    {
        using var folder = new TempFolder();
        var rows = TextRows();
        var encoder = new CountingEncoder(EncodeOnnxTests.Hashing(), 4);
        List<sbyte[]> first;
        using (var model = Estimator(folder, encoder).Fit(rows))
        {
            var view = model.Transform(rows);
            first = Views.Codes(view);
            Assert.Equal(Rows, encoder.Records);
            Assert.Equal(first, Views.Codes(view));
            Assert.Equal(Rows, encoder.Records);
        }

        var second = new CountingEncoder(EncodeOnnxTests.Hashing(), 4);
        using var again = Estimator(folder, second).Fit(rows);
        Assert.Equal(first, Views.Codes(again.Transform(rows)));
        Assert.Equal(0, second.Records);
    }

    [Fact]
    public void Cache_PassInterrupted_KeepsWhatWasEncoded()
    {
        using var folder = new TempFolder();
        var rows = TextRows();
        var encoder = new CountingEncoder(EncodeOnnxTests.Hashing(), 4);
        using var model = Estimator(folder, encoder).Fit(rows);
        var view = model.Transform(rows);
        using (var cursor = view.GetRowCursor(view.Schema))
        {
            Assert.True(cursor.MoveNext());
        }

        var before = encoder.Records;
        Assert.InRange(before, 1, Rows - 1);
        Views.Codes(view);
        Assert.Equal(Rows, encoder.Records);
    }

    [Fact]
    public void Cache_BetweenPasses_IsClosedAndWritten()
    {
        using var folder = new TempFolder();
        var rows = TextRows();
        using var model = Estimator(folder, new CountingEncoder(EncodeOnnxTests.Hashing(), 4)).Fit(rows);
        var view = model.Transform(rows);
        Views.Codes(view);

        // Opens only where nobody else has it open; every row is there under its subject.
        using (EncodingCache.Open(folder["cache"], EncodeOnnxTests.Hashing()))
        {
            Assert.Throws<LegoNetException>(() => view.GetRowCursor(view.Schema));
        }

        Assert.Equal(5, EncodingCache.Purge(folder["cache"], [new ForgetTarget("subject-3")]));
        Assert.Equal(1, EncodingCache.Purge(folder["cache"], [new ForgetTarget("subject-4", "id-21")]));
    }

    [Fact]
    public void Cache_CursorsOfTwoTransformersAtOnce_ShareIt()
    {
        using var folder = new TempFolder();
        var rows = TextRows();
        var (one, other) = (new CountingEncoder(EncodeOnnxTests.Hashing(), 4), new CountingEncoder(EncodeOnnxTests.Hashing(), 4));
        var first = Estimator(folder, one).Fit(rows);
        using var second = Estimator(folder, other).Fit(rows);
        var view = second.Transform(rows);
        var firstView = first.Transform(rows);
        var cursor = firstView.GetRowCursor(firstView.Schema);
        using (var beside = view.GetRowCursor(view.Schema))
        {
            // The one that opened the cache goes away first; its encoder stays as long as the cache encodes with it.
            cursor.Dispose();
            first.Dispose();
            Assert.Equal(0, one.Disposals);
            Assert.All(Enumerable.Range(0, Rows), _ => Assert.True(beside.MoveNext()));
        }

        Assert.Equal(1, one.Disposals);
        Assert.Equal(Rows, one.Records + other.Records);
    }

    [Fact]
    public void Cache_AnotherEncoderAtTheSameTime_IsRefused()
    {
        using var folder = new TempFolder();
        var rows = TextRows();
        using var first = Estimator(folder, new CountingEncoder(EncodeOnnxTests.Hashing(), 4)).Fit(rows);
        using var second = Estimator(folder, new CountingEncoder(new HashingEncoder(new HashingOptions { Dimension = 32 }), 4)).Fit(rows);
        using var cursor = first.Transform(rows).GetRowCursor(first.Transform(rows).Schema);
        var view = second.Transform(rows);
        var e = Assert.Throws<LegoNetException>(() => view.GetRowCursor(view.Schema));
        Assert.Contains("another encoder", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cache_RowWithoutId_ThrowsWithPositionAndColumn()
    {
        using var folder = new TempFolder();
        var rows = _ml.Data.LoadFromEnumerable(new[] { new NamedText { Subject = "a", Id = "1", Text = "x" }, new NamedText { Subject = "a", Text = "y" } });
        using var model = Estimator(folder, new CountingEncoder(EncodeOnnxTests.Hashing(), 4)).Fit(rows);
        var e = Assert.Throws<InvalidOperationException>(() => Views.Codes(model.Transform(rows)));
        Assert.Equal("Row 1: the value of id column 'Id' is missing", e.Message);
    }

    [Fact]
    public void Trainer_WithOtherNamesThanTheCache_IsRefused()
    {
        var binding = new EncoderBinding
        {
            Declaration = "{}",
            Fingerprint = EncodeOnnxTests.Hashing().Fingerprint,
            CacheDirectory = "cache",
            CacheSubjectColumn = "Subject",
            CacheIdColumn = "Id",
        };
        binding.CheckOwners(new ViewColumns("Label", "Features", "Subject", "Id"));
        Assert.Throws<ArgumentException>(() => binding.CheckOwners(new ViewColumns("Label", "Features", null, "Id")));
        Assert.Throws<ArgumentException>(() => binding.CheckOwners(new ViewColumns("Label", "Features", "Subject", null)));
    }

    [Fact]
    public void Cache_ForgetByTheTrainedModel_PurgesIt()
    {
        using var folder = new TempFolder();
        var rows = TextRows();
        var encoder = new CountingEncoder(EncodeOnnxTests.Hashing(), 4);
        using var encode = Estimator(folder, encoder).Fit(rows);
        var view = encode.Transform(rows);
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
        {
            SubjectColumnName = "Subject",
            IdColumnName = "Id",
            ModelPath = folder["model"],
            Adapters = 4,
            Active = 2,
        }).Fit(_ml.Transforms.DeclareKeys("Label", ["even", "odd"]).Fit(view).Transform(view));
        Assert.Equal(Rows, encoder.Records);

        model.Model.Forget("subject-3");
        Assert.Equal(0, EncodingCache.Purge(folder["cache"], [new ForgetTarget("subject-3")]));
        Assert.Equal(5, EncodingCache.Purge(folder["cache"], [new ForgetTarget("subject-2")]));
    }

    [Fact]
    public void Lease_EncoderFailsAtTheEnd_LeavesNoClosedCacheBehind()
    {
        using var folder = new TempFolder();
        var encoder = new CountingEncoder(EncodeOnnxTests.Hashing(), 4, disposing: () => throw new NotSupportedException());
        var failing = new SharedEncoder(encoder, typeof(EncodeCacheTests));
        var lease = CacheLease.Open(folder["cache"], failing);
        failing.Release();
        Assert.Throws<NotSupportedException>(lease.Dispose);

        using var next = CacheLease.Open(folder["cache"], new SharedEncoder(EncodeOnnxTests.Hashing(), typeof(EncodeCacheTests)));
        next.Encoder.Encode([new SourceRecord("subject", "id", null, new TextInput("text"), "test")], new sbyte[next.Encoder.Dimension]);
    }

    [Fact]
    public void Cache_Fit_IsRegisteredBeforeAnythingIsEncoded()
    {
        using var folder = new TempFolder();
        var list = folder["model.run.json"];
        var encoder = new CountingEncoder(
            EncodeOnnxTests.Hashing(), 4, _ => Assert.Contains(folder["cache"], File.ReadAllText(list), StringComparison.Ordinal));
        using var encode = Estimator(folder, encoder).Fit(TextRows());
        using var model = Fit(folder, encode);
        Assert.Equal(Rows, encoder.Records);
    }

    [Theory]
    [InlineData("add")]
    [InlineData("correct")]
    [InlineData("verify")]
    public void Cache_ChangeAndVerifyData_IsRegisteredBeforeAnythingIsEncoded(string operation)
    {
        using var folder = new TempFolder();
        using var plain = Estimator(folder, new CountingEncoder(EncodeOnnxTests.Hashing(), 4), "first").Fit(TextRows());
        using var model = Fit(folder, plain);
        var encoder = new CountingEncoder(EncodeOnnxTests.Hashing(), 4, _ => Assert.Contains(folder["cache"], model.Model.RegisteredCaches));
        using var encode = Estimator(folder, encoder).Fit(TextRows());
        var rows = Keyed(encode);
        switch (operation)
        {
            case "add":
                model.Add(rows, cancellationToken: TestContext.Current.CancellationToken);
                break;
            case "correct":
                model.Correct(rows, cancellationToken: TestContext.Current.CancellationToken);
                break;
            default:
                model.VerifyData(rows, cancellationToken: TestContext.Current.CancellationToken);
                break;
        }

        Assert.Equal(Rows, encoder.Records);
    }

    [Fact]
    public void Cache_CannotBeRegistered_NothingIsCommitted()
    {
        using var folder = new TempFolder();
        using var plain = Estimator(folder, new CountingEncoder(EncodeOnnxTests.Hashing(), 4), "first").Fit(TextRows());
        using var model = Fit(folder, plain);
        model.Forget("subject-3");
        var root = model.Model.RootDigest;
        File.WriteAllText(folder["model.run.json"], "[");
        using var encode = Estimator(folder, new CountingEncoder(EncodeOnnxTests.Hashing(), 4)).Fit(TextRows());
        Assert.Throws<LegoNetException>(() => model.Add(Keyed(encode), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(root, model.Model.RootDigest);
    }

    private IDataView Keyed(EncodeOnnxTransformer encode)
    {
        var view = encode.Transform(TextRows());
        return _ml.Transforms.DeclareKeys("Label", ["even", "odd"]).Fit(view).Transform(view);
    }

    private LegoNetTransformer Fit(TempFolder folder, EncodeOnnxTransformer encode)
        => _ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
        {
            SubjectColumnName = "Subject",
            IdColumnName = "Id",
            ModelPath = folder["model"],
            Adapters = 4,
            Active = 2,
        }).Fit(Keyed(encode));

    private static EncodeOnnxEstimator Estimator(TempFolder folder, CountingEncoder encoder, string cache = "cache")
        => new(
            new EncodeSettings("Features", "Text", null, 2, folder[cache], "Subject", "Id"),
            RecordInputKind.Text,
            () => new EncoderSetup { Encoder = encoder, InputKind = RecordInputKind.Text, Declaration = EncodeOnnxTests.Hashing().CanonicalJson });

    private IDataView TextRows()
        => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(i => new NamedText
        {
            Subject = $"subject-{i / 5}",
            Id = $"id-{i}",
            Text = $"text number {i}",
            Label = i % 2 == 0 ? "even" : "odd",
        }).ToArray());
}
