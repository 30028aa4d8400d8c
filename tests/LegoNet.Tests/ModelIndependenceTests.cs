using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests;

/// <summary>What the model's bytes do not depend on.</summary>
public class ModelIndependenceTests
{
    [Theory]
    [InlineData(LearningTask.Multiclass)]
    [InlineData(LearningTask.Multilabel)]
    public void Train_OtherThreadCountOrOrder_GivesTheSameBytes(LearningTask task)
    {
        using var folder = new TempFolder();
        var definition = Models.Definition(task);
        var records = Records(definition.Spec);
        Train(folder["one"], definition, records, Options(folder, "key", 1)).Dispose();
        Train(folder["two"], definition, Enumerable.Reverse(records), Options(folder, "key", 2)).Dispose();
        new Random(3).Shuffle(records);

        // A repetition of the very same record counts once.
        Train(folder["three"], definition, records.Concat(records.Take(9)), Options(folder, "key", 3)).Dispose();
        Tree.AssertSameModel(folder["one"], folder["two"]);
        Tree.AssertSameModel(folder["one"], folder["three"]);
    }

    [Fact]
    public void Train_OtherTagKey_ChangesTagsAndNothingThatIsLearned()
    {
        using var folder = new TempFolder();
        var definition = Models.Definition();
        var records = Records(definition.Spec);
        Train(folder["one"], definition, records, Options(folder, "key1", 1)).Dispose();
        using var model = Train(folder["two"], definition, records.Append(Models.Record(definition.Spec, 90, 1)), Options(folder, "key2", 2));
        model.Forget("subject-90");
        var (one, two) = (Tree.Files(folder["one"]), Tree.Files(folder["two"]));
        Assert.Equal(Learned(one).Keys, Learned(two).Keys);
        Assert.All(Learned(one), file => Assert.Equal(file.Value, two[file.Key]));
        Assert.Empty(one.Keys.Intersect(two.Keys).Except(Learned(one).Keys).Except(["manifest.json"]));

        static SortedDictionary<string, byte[]> Learned(SortedDictionary<string, byte[]> files)
            => new(files.Where(f => f.Key is "spec.json" or "keys.safetensors" || f.Key.StartsWith("adapters/", StringComparison.Ordinal)).ToDictionary(), StringComparer.Ordinal);
    }

    [Fact]
    public void Forget_EqualRowsOfTwoSubjects_KeepsTheOther()
    {
        using var folder = new TempFolder();
        var definition = Models.Definition();
        var records = Records(definition.Spec);
        var copy = records[5] with { Subject = "twin", Id = "copy" };
        using var model = Train(folder["model"], definition, [.. records, copy], Options(folder, "key", 2));
        Assert.Equal(1, model.Forecast([new ForgetTarget("twin")]).SameCodeElsewhere);
        Assert.Equal(1, model.Forget("twin").SameCodeElsewhere);
        Train(folder["fresh"], definition, records, Options(folder, "key", 1)).Dispose();
        Tree.AssertSameModel(folder["fresh"], folder["model"]);
    }

    private static EncodedRecord[] Records(ModelSpec spec)
        => [.. Enumerable.Range(0, 60).Select(i => Models.Record(spec, i / 4, i % 4))];

    private static LegoNetModel Train(string path, ModelDefinition definition, IEnumerable<EncodedRecord> records, ModelOptions options)
        => LegoNetModel.Train(path, definition, records, options);

    private static ModelOptions Options(TempFolder folder, string key, int threads) => new() { TagKeyPath = folder[key], Threads = threads };
}
