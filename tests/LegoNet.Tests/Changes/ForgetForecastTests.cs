using LegoNet.Changes;
using LegoNet.Records;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Changes;

/// <summary>What forecasts are made of. How near they come is measured (docs/benchmarks.md): no clock of a test machine would tell.</summary>
public class ForgetForecastTests
{
    [Fact]
    public void FirstUse_UntilThisProcessHasFitted_IsWhatCompilingTakes()
    {
        using var model = new TrainedModel();
        Assert.Equal(0, RefitSpeed.FirstUse()); // The training has compiled it all.
        Assert.InRange(RefitSpeed.Compiling(methods: 400, TimeSpan.FromMilliseconds(50)), 0.1, 0.4);
    }

    [Fact]
    public void Forecast_OfRecordsAndOfNothing_CountsWhatIsThere()
    {
        using var model = new TrainedModel();
        var forecast = model.Model.Forecast([new ForgetTarget("subject-1")]);
        Assert.Equal(3, forecast.Records);
        Assert.InRange(forecast.Seconds, 0.02, 60); // At least the flushes that come one after the other.
        Assert.InRange(model.Model.TypicalForgetSeconds(), 0.02, 60);
        Assert.InRange(model.Model.Forecast([new ForgetTarget("nobody")], ignoreUnknown: true).Seconds, 0, 1);
    }

    [Theory]
    [InlineData(6_000, 1_024, 16)]
    [InlineData(50_000, 256, 256)]
    [InlineData(2_000_000, 1_024, 4_096)]
    public void Segments_OfTagsSpreadEvenly_FollowTheTriesRule(long records, int segmentRows, int segments)
    {
        var spec = Models.Definition(segmentRows: segmentRows).Spec;
        Assert.Equal(segments, new ForgetCost(spec, FrozenParts.CreateTrainer(spec), records, 1).Segments);
    }
}
