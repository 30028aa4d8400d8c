using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace LegoNet.MLNet.Tests.Trainers;

/// <summary>What happens to rows and values without an error is said.</summary>
public sealed class PassedOverTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _rows = Rows.Create(30);
    private readonly List<string> _messages = [];

    public PassedOverTests() => _ml.Log += (_, e) =>
    {
        if (e.Source == "LegoNet" && e.Kind != ChannelMessageKind.Trace)
        {
            _messages.Add($"{e.Kind}: {e.RawMessage}");
        }
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fit_RowsGivenTwice_LogsHowManyWerePassedOver()
    {
        using var model = Fit([.. _rows, .. _rows]);
        Assert.Equal(30, model.Model.RecordCount);
        Assert.Single(_messages, m => m == "Warning: 30 of 60 records repeat another one, subject, id and content, and were passed over; 30 are left.");
    }

    [Fact]
    public void Fit_RowsOnceAndWithinTheRange_WarnsOfNothing()
    {
        Fit(_rows).Dispose();
        Assert.DoesNotContain(_messages, m => m.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void FitAndAdd_ValuesOutsideTheRange_LogTheirCountAndShareOnce()
    {
        (_rows[3].Features[0], _rows[3].Features[5], _rows[9].Features[1]) = (4.5f, -99, 7);
        using var model = Fit(_rows);
        Assert.Single(_messages, m => m.StartsWith("Warning: 3 of 240 values (1.25 %) in 2 of 30 rows of column 'Features'", StringComparison.Ordinal));
        _messages.Clear();
        var more = Rows.Create(2, seed: 5);
        (more[0].Name, more[1].Name, more[1].Features[2]) = ("new-0", "new-1", 1000);
        model.Add(Rows.Keyed(_ml, more), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Single(_messages, m => m.StartsWith("Warning: 1 of 16 values (6.25 %) in 1 of 2 rows", StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_ShardsSoUnequalThatRoutingFailed_LogsWhatToDo()
    {
        foreach (var row in _rows)
        {
            row.Features = [.. row.Features.Select(v => v + 1_000)];
        }

        var options = Rows.Multiclass(_folder);
        (options.FeatureRange, options.Adapters, options.Active) = (new FeatureRange(0, 10_000), 16, 1);
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(options).Fit(Rows.Keyed(_ml, _rows));
        Assert.Single(_messages, m => m.StartsWith("Warning: ", StringComparison.Ordinal)
            && m.Contains("one adapter holds 30 of 30 records where 2 would be even", StringComparison.Ordinal)
            && m.Contains("standardise vectors by a calibration card", StringComparison.Ordinal));
    }

    [Fact]
    public void Add_RowsThatAreStored_LogsHowManyWerePassedOver()
    {
        using var model = Fit(_rows);
        model.Add(Rows.Keyed(_ml, _rows), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Single(_messages, m => m.StartsWith("Info: 30 of the 30 records to add are stored already", StringComparison.Ordinal));
    }

    private LegoNetTransformer Fit(IEnumerable<Row> rows)
        => _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass(_folder)).Fit(Rows.Keyed(_ml, rows));
}
