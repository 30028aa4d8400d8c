using LegoNet.Changes;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Tests.Support;

namespace LegoNet.Tests;

public sealed class ReplaceTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_Replacing_LeavesTheNewModelAlone()
    {
        Train("model", 40).Dispose();
        Train("model", 20, replace: true).Dispose();
        Train("fresh", 20).Dispose();
        Tree.AssertSameModel(_folder["fresh"], _folder["model"]);
        Assert.Empty(Directory.GetDirectories(_folder.Path, "*.replaced"));
        Assert.Empty(Directory.GetDirectories(_folder.Path, "*.partial"));
    }

    [Fact]
    public void Train_ReplacingFails_LeavesTheOldModel()
    {
        Train("model", 40).Dispose();
        Train("same", 40).Dispose();
        var records = Records(20).Append(Models.Record(s_definition.Spec, 0, 0) with { Label = "undeclared" });
        Assert.Throws<LegoNetException>(() => LegoNetModel.Train(
            _folder["model"],
            s_definition,
            records,
            Options(replace: true),
            null,
            TestContext.Current.CancellationToken));
        Tree.AssertSameModel(_folder["same"], _folder["model"]);
    }

    [Fact]
    public void Train_ReplacingWhatIsNoModel_IsRefused()
    {
        Directory.CreateDirectory(_folder["model"]);
        File.WriteAllText(Path.Combine(_folder["model"], "thesis.txt"), "the only copy");
        Assert.Throws<LegoNetException>(() => Train("model", 20, replace: true));
        Assert.True(File.Exists(Path.Combine(_folder["model"], "thesis.txt")));
    }

    [Fact]
    public void Train_NotReplacing_IsRefused()
    {
        Train("model", 40).Dispose();
        Assert.Throws<LegoNetException>(() => Train("model", 20));
    }

    [Fact]
    public void Open_CrashBetweenTheRenames_BringsTheOldModelBack()
    {
        Train("model", 40).Dispose();
        Directory.Move(_folder["model"], _folder["model.replaced"]);
        using var model = LegoNetModel.Open(_folder["model"], Options());
        Assert.Equal(40, model.RecordCount);
        Assert.False(Directory.Exists(_folder["model.replaced"]));
    }

    [Fact]
    public void Forget_CrashAfterTheRenames_RemovesTheOldModel()
    {
        Train("model", 40).Dispose();
        Train("old", 20).Dispose();
        Directory.Move(_folder["old"], _folder["model.replaced"]);
        using var model = LegoNetModel.Open(_folder["model"], Options());
        model.Forget("subject-3");
        Assert.Equal(37, model.RecordCount);
        Assert.False(Directory.Exists(_folder["model.replaced"]));
    }

    [Fact]
    public void Train_ReplacingWhileAnotherForgets_IsRefusedAndTheForgetStays()
    {
        Train("model", 40).Dispose();
        IEnumerable<EncodedRecord> records = Records(40).Select((record, i) =>
        {
            if (i == 39)
            {
                using var other = LegoNetModel.Open(_folder["model"], Options());
                other.Forget("subject-3");
            }

            return record;
        });
        var e = Assert.Throws<LegoNetException>(() => LegoNetModel.Train(
            _folder["model"],
            s_definition,
            records,
            Options(replace: true),
            null,
            TestContext.Current.CancellationToken));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        using var model = LegoNetModel.Open(_folder["model"], Options());
        Assert.Equal(37, model.RecordCount);
    }

    [Fact]
    public void Train_AnotherTrainsThereMeanwhile_IsRefusedAndTheOtherStays()
    {
        IEnumerable<EncodedRecord> records = Records(20).Select((record, i) =>
        {
            if (i == 19)
            {
                Train("model", 40).Dispose();
            }

            return record;
        });
        Assert.Throws<LegoNetException>(() => LegoNetModel.Train(
            _folder["model"],
            s_definition,
            records,
            Options(),
            null,
            TestContext.Current.CancellationToken));
        using var model = LegoNetModel.Open(_folder["model"], Options());
        Assert.Equal(40, model.RecordCount);
    }

    [Fact]
    public void Train_Replacing_StillKnowsWhoWasForgotten()
    {
        using (var old = Train("model", 40))
        {
            old.Forget("subject-3");
        }

        using var model = Train("model", 9, replace: true);
        var suppress = new AddOptions { Suppress = true };
        Assert.Throws<LegoNetException>(() => model.Add(
            [Models.Record(s_definition.Spec, 3, 0)],
            suppress,
            cancellationToken: TestContext.Current.CancellationToken));
        Assert.True(model.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
        Assert.Equal(4, model.Add([Models.Record(s_definition.Spec, 4, 0)], suppress, cancellationToken: TestContext.Current.CancellationToken).LedgerSequence);
    }

    [Fact]
    public void Train_ReplacingUnderAnotherTagKey_StartsTheLedgerAnew()
    {
        using (var old = Train("model", 40))
        {
            old.Forget("subject-3");
        }

        var options = Options(replace: true);
        options.TagKeyPath = _folder["other key"];
        using var model = LegoNetModel.Train(_folder["model"], s_definition, Records(9), options, null, TestContext.Current.CancellationToken);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder["model"], "ledger")));
        Assert.True(model.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
    }

    [Fact]
    public void Train_ListOfCachesCannotBeRead_IsRefusedAndTheListStays()
    {
        Train("model", 40).Dispose();
        File.WriteAllText(_folder["model.run.json"], "{ \"caches\": [");
        var definition = new ModelDefinition { Spec = s_definition.Spec, Keys = s_definition.Keys, EncoderPath = "encoder.onnx" };
        Assert.Throws<LegoNetException>(() => LegoNetModel.Train(
            _folder["model"],
            definition,
            Records(20),
            Options(replace: true),
            null,
            TestContext.Current.CancellationToken));
        Assert.Equal("{ \"caches\": [", File.ReadAllText(_folder["model.run.json"]));
    }

    [Fact]
    public void Train_CrashBetweenTheRenames_BringsTheOldModelBackAndIsRefused()
    {
        Train("model", 40).Dispose();
        Directory.Move(_folder["model"], _folder["model.replaced"]);
        IEnumerable<EncodedRecord> records = Records(20).Select(record => Unread(record));
        Assert.Throws<LegoNetException>(() => LegoNetModel.Train(
            _folder["model"],
            s_definition,
            records,
            Options(),
            null,
            TestContext.Current.CancellationToken));
        using var model = LegoNetModel.Open(_folder["model"], Options());
        Assert.Equal(40, model.RecordCount);
    }

    private static EncodedRecord Unread(EncodedRecord record) => throw new InvalidOperationException($"{record.Origin}: was read.");

    private static IEnumerable<EncodedRecord> Records(int count) => Enumerable.Range(0, count).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3));

    private LegoNetModel Train(string name, int records, bool replace = false)
        => LegoNetModel.Train(_folder[name], s_definition, Records(records), Options(replace));

    private ModelOptions Options(bool replace = false) => new()
    {
        TagKeyPath = _folder["key"],
        Threads = 2,
        Files = PhysicalFileLayer.Instance,
        Replace = replace,
    };
}
