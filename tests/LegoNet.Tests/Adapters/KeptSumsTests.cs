using LegoNet.Adapters;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.TestHost;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Adapters;

/// <summary>Shards that grow and shrink across the sizes at which trainers change their method.</summary>
public class KeptSumsTests
{
    private const int Dimension = 3;

    // Ridge's sums are kept from 32·(d + 1) = 128 rows on; the dual form ends at d + 1 = 4 rows. With n = k every shard has all rows.
    [Theory]
    [InlineData(LearningTask.Multiclass, null)]
    [InlineData(LearningTask.Binary, null)]
    [InlineData(LearningTask.Regression, null)]
    [InlineData(LearningTask.Multilabel, null)]
    [InlineData(LearningTask.Multiclass, Models.Softmax)]
    [InlineData(LearningTask.Binary, Models.Softmax)]
    [InlineData(LearningTask.Multilabel, Models.Softmax)]
    [InlineData(LearningTask.Multiclass, Models.Auto)]
    [InlineData(LearningTask.Binary, Models.Auto)]
    [InlineData(LearningTask.Multilabel, Models.Auto)]
    [InlineData(LearningTask.Multiclass, Models.RidgeAuto)]
    [InlineData(LearningTask.Regression, Models.RidgeAuto)]
    public void Changes_ThatCrossEveryThreshold_LeaveTheFreshlyTrainedBytes(LearningTask task, string? adapter) => Run(task, adapter);

    private static void Run(LearningTask task, string? adapter)
    {
        using var folder = new TempFolder();
        var definition = Models.Definition(task, adapters: 2, active: 2, segmentRows: 16, lambda: 1000, dimension: Dimension, adapter: adapter);
        var trainer = FitCases.Trainer(definition.Spec.Adapter, definition.Spec.Labels, Dimension);
        var options = new ModelOptions { TagKeyPath = folder["key"], Threads = 2, Files = new FaultyFiles() };
        var stored = new List<EncodedRecord> { Record(0) };
        using var model = LegoNetModel.Train(folder["model"], definition, stored, options);
        var next = 1;
        foreach (var size in (int[])[3, 4, 5, 60, 127, 128, 129, 300, 128, 127, 200, 130, 5, 4, 5, 1, 250, 3, 140])
        {
            if (size > stored.Count)
            {
                var fresh = Enumerable.Range(next, size - stored.Count).Select(Record).ToArray();
                next += fresh.Length;
                model.Add(fresh);
                stored.AddRange(fresh);
            }
            else
            {
                var gone = stored.Where((_, i) => i % 2 == 0).Concat(stored.Where((_, i) => i % 2 == 1)).Take(stored.Count - size).ToArray();
                model.Forget([.. gone.Select(r => new ForgetTarget(r.Subject, r.Id))]);
                stored = [.. stored.Except(gone)];
            }

            Check(size);

            // A correction of label, and one of content, with the number of rows as it is.
            stored[^1] = stored[^1] with { Label = Models.Label(definition.Spec, (ulong)next) };
            model.Correct([stored[^1]]);
            Check(size);
            stored[0] = stored[0] with { Code = Record(next++).Code };
            model.Correct([stored[0]]);
            Check(size);
        }

        Assert.True(model.Verify().IsExact);

        EncodedRecord Record(int number) => Models.Record(definition.Spec, number / 7, number % 7);

        void Check(int size)
        {
            Assert.Equal(size, model.RecordCount);
            Assert.True(adapter is not null || trainer.KeepsSums(size, Dimension) == size >= 32 * (Dimension + 1));
            Assert.All(Directory.EnumerateFiles(Path.Combine(model.Path, "shards")), file =>
                Assert.Equal(trainer.KeepsSums(size, Dimension), ShardFile.Parse(File.ReadAllBytes(file), file).Sums is not null));
            LegoNetModel.Train(folder["fresh"], definition, stored, options).Dispose();
            Tree.AssertSameModel(folder["fresh"], model.Path);
            Directory.Delete(folder["fresh"], recursive: true);
        }
    }
}
