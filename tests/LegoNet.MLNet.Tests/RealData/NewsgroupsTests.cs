using LegoNet.Data.Json;
using LegoNet.Encoders.Hashing;
using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;

namespace LegoNet.MLNet.Tests.RealData;

/// <summary>Newsgroup posts by hashed words: forgetting the author with the most posts, measured by ML.NET's evaluator.</summary>
[Collection(RealDataRuns.Name)]
[Trait("Category", "RealData")]
public sealed class NewsgroupsTests
{
    private const string Source = """{ "type": "text", "path": "PATH", "text": "text", "label": "label", "subject": "author", "id": "id" }""";

    [Fact]
    public void Forget_MostProlificAuthor_EqualsTrainingWithoutAndStaysAccurate()
    {
        var ml = new MLContext(1);
        var declaration = $$"""{ "type": "hashing", "dimension": {{FeatureRow.Dimension}}, "ngrams": 2, "stopWords": "english" }""";
        using var encoder = HashingEncoder.FromSpec(StrictJson.Parse(declaration, "test"));
        var train = RealRecords.Encode(RealRecords.Source(SharedData.Need("text/newsgroups/train.csv.gz"), Source), encoder);
        var test = RealRecords.Encode(RealRecords.Source(SharedData.Need("text/newsgroups/test.csv.gz"), Source), encoder);
        var declare = Rows.Declare(ml, nameof(FeatureRow.Label), train.Select(r => r.Label).Distinct().Order(StringComparer.Ordinal));

        using var folder = new TempFolder();
        using var model = declare.Append(Trainer(ml, folder, "model")).Fit(ml.Data.LoadFromEnumerable(train));
        var before = ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(test)));
        var author = train.GroupBy(r => r.Subject).MaxBy(g => g.Count())!;
        var receipt = model.LastTransformer.Forget(author.Key);
        Assert.Equal(author.Count(), receipt.Records);
        var after = ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(test)));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"newsgroups, {train.Count} posts: test accuracy {before.MicroAccuracy:P2}, log loss {before.LogLoss:F3}; "
            + $"{after.MicroAccuracy:P2} after forgetting {receipt.Records} posts.");
        Assert.InRange(before.MicroAccuracy, 0.5, 1);
        Assert.InRange(after.MicroAccuracy, 0.5, 1);
        Assert.InRange(before.LogLoss, 0, 2.5); // ln 20 = 3.0 is what knowing nothing costs.

        using var never = declare.Append(Trainer(ml, folder, "never")).Fit(ml.Data.LoadFromEnumerable(train.Where(r => r.Subject != author.Key)));
        Tree.AssertSameModel(folder["never"], folder["model"]);
    }

    private static LegoNetMulticlassTrainer Trainer(MLContext ml, TempFolder folder, string name)
        => ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
        {
            SubjectColumnName = nameof(FeatureRow.Subject),
            IdColumnName = nameof(FeatureRow.Id),
            FeatureRange = FeatureRange.Within(1),
            Adapters = 32,
            Active = 8,
            Adapter = AdapterOptions.Ridge(3000),
            Temperature = 0.1,
            ModelPath = folder[name],
            TagKeyPath = folder["one.key"],
        });
}
