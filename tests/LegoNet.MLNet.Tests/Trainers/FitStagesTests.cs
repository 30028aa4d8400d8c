using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LegoNet.MLNet.Tests.Trainers;

/// <summary>What Fit says while it runs, how it is cancelled, and the n and k that it chooses.</summary>
public sealed class FitStagesTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<string> _messages = [];

    public FitStagesTests() => _ml.Log += (_, e) =>
    {
        if (e.Source == "LegoNet" && e.Kind == ChannelMessageKind.Info)
        {
            _messages.Add(e.RawMessage);
        }
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fit_Progress_PassesTheStagesInTheirOrderAndCountsRows()
    {
        var reports = new Reports();
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder))
            .Fit(Rows.Keyed(_ml, Rows.Create(3000)), reports, TestContext.Current.CancellationToken);
        string[] stages = ["reading rows", "routing records", "writing records", "fitting adapters", "flushing"];
        Assert.Equal(stages, reports.All.Select(r => r.Stage).Distinct());
        Assert.Equal([0, 1024, 2048, 3000], reports.All.Where(r => r.Stage == "reading rows").Select(r => r.Done));
        Assert.Equal(5, reports.All.Where(r => r.Stage == "fitting adapters").Max(r => r.Done));
        Assert.Equal(stages.Length + 1, _messages.Count);
        Assert.All(stages.Zip(_messages), pair => Assert.StartsWith($"Fit: {pair.First}", pair.Second));
        Assert.StartsWith("Trained n = 5 adapters, k = 2 for each of 3000 records, by ridge in ", _messages[^1]);
    }

    [Fact]
    public void Fit_OptionsOfAChain_TakeProgressAndToken()
    {
        using var source = new CancellationTokenSource();
        var reports = new Reports();
        var options = Rows.Multiclass(_folder);
        (options.Progress, options.CancellationToken) = (reports, source.Token);
        var pipeline = Rows.Key(_ml).Append(_ml.MulticlassClassification.Trainers.LegoNet(options));
        pipeline.Fit(Rows.View(_ml, Rows.Create(60))).Dispose();
        Assert.NotEmpty(reports.All);

        options.ModelPath = _folder["cancelled"];
        pipeline = Rows.Key(_ml).Append(_ml.MulticlassClassification.Trainers.LegoNet(options));
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => pipeline.Fit(Rows.View(_ml, Rows.Create(60))));
        Assert.False(Directory.Exists(_folder["cancelled"]));
    }

    [Theory]
    [InlineData("reading rows")]
    [InlineData("routing records")]
    [InlineData("fitting adapters")]
    public void Fit_CancelledAtAStage_LeavesNoModelBehind(string stage)
    {
        using var source = new CancellationTokenSource();
        var reports = new Reports { OnReport = report => Cancel(report, stage, source) };
        var trainer = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder));
        Assert.ThrowsAny<OperationCanceledException>(() => trainer.Fit(Rows.Keyed(_ml, Rows.Create(3000)), reports, source.Token));
        Assert.Empty(Directory.GetDirectories(_folder.Path));
        using var model = trainer.Fit(Rows.Keyed(_ml, Rows.Create(60))); // The path is free.
        Assert.Equal(60, model.Model.RecordCount);
    }

    [Fact]
    public void Fit_ManyRows_GetTheAdaptersOfTheRuleAndItsBytes()
    {
        var rows = Rows.Create(16_500);
        var options = Rows.Multiclass(_folder, "rule");
        (options.Adapters, options.Active) = (null, null);
        using var chosen = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, rows));
        Assert.Equal(EnsembleSize.For(rows.Count, Row.Dimension, Rows.Categories.Length), new EnsembleSize(64, 4));
        Assert.Equal((64, 4), (chosen.Model.Spec.Adapters, chosen.Model.Spec.Active));
        Assert.Contains(
            _messages,
            m => m.StartsWith("n = 64 adapters and k = 4 were chosen for 16500 rows of 8 codes and 3 classes", StringComparison.Ordinal)
                && m.Contains("set Adapters = 64 and Active = 4 to keep them", StringComparison.Ordinal));

        (options.ModelPath, options.Adapters) = (_folder["declared"], 64); // And k = 4 of itself.
        using var declared = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, rows));
        Tree.AssertSameModel(_folder["declared"], _folder["rule"]);

        // They are declared from then on: a forget does not choose again.
        chosen.Forget(rows[0].Person);
        using var reopened = _ml.Model.LoadLegoNet(_folder["rule"], new LegoNetLoadOptions { TagKeyPath = _folder["one.key"] });
        Assert.Equal((64, 4), (reopened.Model.Spec.Adapters, reopened.Model.Spec.Active));
        Assert.True(reopened.Verify(TestContext.Current.CancellationToken).IsExact);
    }

    [Fact]
    public void Fit_FewRows_GetOneAdapter()
    {
        var target = new RegressionTarget(-10, 10, 0.1);
        using var model = _ml.Regression.Trainers.LegoNet(target, nameof(Row.Amount), featureRange: Rows.Range).Fit(Rows.View(_ml, Rows.Create(60)));
        Assert.Equal((1, 1), (model.Model.Spec.Adapters, model.Model.Spec.Active));
        Assert.Contains(_messages, m => m.StartsWith("n = 1 adapters and k = 1 were chosen for 60 rows of 8 codes, ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(4, 4)]
    [InlineData(16, 4)]
    public void Fit_AdaptersAlone_ActivateFourOrAll(int adapters, int active)
    {
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(featureRange: Rows.Range, adapters: adapters)
            .Fit(Rows.Keyed(_ml, Rows.Create(60)));
        Assert.Equal((adapters, active), (model.Model.Spec.Adapters, model.Model.Spec.Active));
    }

    private static void Cancel(LegoNetProgress report, string stage, CancellationTokenSource source)
    {
        if (report.Stage == stage)
        {
            source.Cancel();
        }
    }

    private sealed class Reports : IProgress<LegoNetProgress>
    {
        private readonly Lock _lock = new();

        public Action<LegoNetProgress>? OnReport { get; init; }

        public List<LegoNetProgress> All { get; } = [];

        public void Report(LegoNetProgress value)
        {
            lock (_lock)
            {
                All.Add(value);
                OnReport?.Invoke(value);
            }
        }
    }
}
