using LegoNet.Adapters;
using LegoNet.Encoders;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Records;
using LegoNet.Specs;

namespace LegoNet.MLNet.Tests.Adapters;

/// <summary>The contract, for every trainer and task: after any change the directory is the one trained at once on the records that remain.</summary>
public sealed class AdapterExactnessTests : IDisposable
{
    private const int Count = 150;

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void ForgetAddCorrect_EachTrainerAndTask_LeaveTheModelThatWasTrainedWithout(string adapter, LearningTask task)
    {
        var definition = PointModels.Definition(adapter, task);
        var all = PointModels.Records(definition, Count);
        using var model = LegoNetModel.Train(_folder["live"], definition, all, Options(2), cancellationToken: Cancelled);

        // A record, a whole subject, and a batch.
        model.Forget([new ForgetTarget("subject-3", "id-1"), new ForgetTarget("subject-7")], cancellationToken: Cancelled);
        model.Forget([.. all.Where((_, i) => i % 11 == 4).Select(r => new ForgetTarget(r.Subject, r.Id))], ignoreUnknown: true, cancellationToken: Cancelled);
        var kept = all.Where((r, i) => (r.Subject, r.Id) != ("subject-3", "id-1") && r.Subject != "subject-7" && i % 11 != 4).ToArray();
        AssertFresh(model, definition, kept);

        var more = PointModels.Records(definition, 9, Count);
        model.Add(more, cancellationToken: Cancelled);
        AssertFresh(model, definition, [.. kept, .. more]);

        var other = PointModels.Record(definition, 0, version: 1);
        model.Correct([other], cancellationToken: Cancelled);
        AssertFresh(model, definition, [other, .. kept.Skip(1), .. more]);

        var report = model.Verify(cancellationToken: Cancelled);
        Assert.True(report.IsExact, string.Join('\n', report.Damage.Concat(report.Differences).Append(report.WhyNotComparable)));
    }

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Train_OtherOrderAndThreads_GivesTheSameBytes(string adapter, LearningTask task)
    {
        var definition = PointModels.Definition(adapter, task);
        var records = PointModels.Records(definition, 90);
        LegoNetModel.Train(_folder["one"], definition, records, Options(1), cancellationToken: Cancelled).Dispose();
        new Random(5).Shuffle(records);
        LegoNetModel.Train(_folder["four"], definition, records, Options(4), cancellationToken: Cancelled).Dispose();
        Tree.AssertSameModel(_folder["one"], _folder["four"]);
    }

    [Theory]
    [MemberData(nameof(TrainerCases.Trainers), MemberType = typeof(TrainerCases))]
    public void Train_OtherSeed_GivesOtherBytesOnlyWhereTheTrainerDraws(string adapter, LearningTask task)
    {
        // Not for its own sake: if seeds did not arrive, every draw would be ML.NET's own, and nobody would notice.
        var definition = PointModels.Definition(adapter, task);
        var shard = PointModels.Shard(definition, PointModels.Records(definition, 90));
        var trainer = PointModels.Trainer(definition);
        var first = trainer.Fit(shard, new FitSettings(1), Cancelled).Adapter;
        Assert.Equal(first, trainer.Fit(shard, new FitSettings(1), Cancelled).Adapter);
        var draws = trainer.Name is "mlnet:sdca" or "mlnet:averagedperceptron" or "mlnet:fastforest";
        Assert.Equal(draws, !first.AsSpan().SequenceEqual(trainer.Fit(shard, new FitSettings(2), Cancelled).Adapter));
    }

    private ModelOptions Options(int threads) => new() { TagKeyPath = _folder["tag.key"], Threads = threads };

    private void AssertFresh(LegoNetModel model, ModelDefinition definition, EncodedRecord[] records)
    {
        records = [.. records];
        new Random(records.Length).Shuffle(records);
        LegoNetModel.Train(_folder["fresh"], definition, records, Options(1), cancellationToken: Cancelled).Dispose();
        Tree.AssertSameModel(_folder["fresh"], model.Path);
        Directory.Delete(_folder["fresh"], recursive: true);
    }
}
