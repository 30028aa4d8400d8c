using System.Diagnostics.CodeAnalysis;
using LegoNet.Audit;
using LegoNet.Encoders.Hashing;
using LegoNet.Encoders.Tabular;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using LegoNet.Verification;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests;

/// <summary>The C# of README.md and docs/mlnet.md, line by line, compiled and run here.</summary>
[SuppressMessage("Usage", "xUnit1051", Justification = "The guide's lines stand here as they are read there.")]
public sealed class ReadmeSnippets : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MLContext ml = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Snippets_OnRows_TrainForgetAddSaveAndLoad()
    {
        var rows = Rows.Create(300);
        var train = Rows.View(ml, rows);
        var test = Rows.View(ml, Rows.Create(100, seed: 2));
        var newRows = Rows.View(ml, Rows.Create(9, seed: 3).Select(r => new Row
        {
            Person = "new",
            Name = "new " + r.Name,
            Category = r.Category,
            Features = r.Features,
        }));
        string modelPath = _folder["model"], receiptPath = _folder["receipt.json"], scorerPath = _folder["scorer.zip"], personName = rows[0].Person;

        var pipeline = ml.Transforms.DeclareKeys("Label", ["red", "green", "blue"], "Category")
            .Append(ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
            {
                SubjectColumnName = "Person",
                IdColumnName = "Name",
                ModelPath = modelPath,
                FeatureRange = FeatureRange.Within(4),
                Adapters = 16,
                Active = 4,
            }));
        var trained = pipeline.Fit(train);
        var metrics = ml.MulticlassClassification.Evaluate(trained.Transform(test));
        Assert.InRange(metrics.MicroAccuracy, 0.6, 1);

        var model = trained.LastTransformer;
        Receipt receipt = model.Forget(personName);
        File.WriteAllText(receiptPath, receipt.ToJson());
        Assert.Equal(3, receipt.Records);

        model.Add(trained.First().Transform(newRows));

        Console.WriteLine(trained.GetGuarantee());
        Assert.Equal(Guarantee.Exact, trained.GetGuarantee().Guarantee);

        ml.Model.SaveSafely(trained, train.Schema, scorerPath);
        ml.Model.SaveLegoNet(trained, train.Schema);
        model.Dispose();

        using (var reopened = ml.Model.LoadLegoNet(modelPath))
        {
            var scores = reopened.Transform(test);
            reopened.Add(newRows);
            reopened.Forget("new");
            VerificationReport report = reopened.Verify();
            Assert.True(report.IsExact);
            Assert.Equal(297, reopened.Model.RecordCount);
            Assert.Equal(100, scores.GetColumn<float>("Probability").Count());
        }

        IDataView records = ml.Data.LoadFromLegoNet(modelPath);
        var other = ml.MulticlassClassification.Trainers.SdcaMaximumEntropy().Fit(records);
        Assert.Equal(3, ((VectorDataViewType)other.Transform(records).Schema["Score"].Type).Size);
        Assert.True(File.Exists(scorerPath));
    }

    [Fact]
    public void Snippets_Trainers_Fit()
    {
        var rows = Rows.View(ml, Rows.Create(300));
        var keyed = Rows.Keyed(ml, Rows.Create(300));

        var logistic = ml.MulticlassClassification.Trainers.ExactLogisticRegression(subjectColumnName: "Person", featureRange: FeatureRange.Within(4));
        using (var logisticModel = logistic.Fit(keyed))
        {
            Assert.Equal(1, logisticModel.Model.Spec.Adapters);
            var importance = ml.MulticlassClassification.PermutationFeatureImportance(logisticModel, keyed);
            Assert.Equal(8, importance.Length);
        }

        var trainer = logistic;
        var progress = new Progress<LegoNetProgress>();
        var cancellationToken = TestContext.Current.CancellationToken;
        using var fitted = trainer.Fit(keyed, progress, cancellationToken);

        var hours = ml.Regression.Trainers.LegoNet(new RegressionTarget(-40, 40, 0.1), labelColumnName: "Amount", featureRange: FeatureRange.Within(4));
        using (var model = hours.Fit(rows))
        {
            Assert.Equal(LearningTask.Regression, model.Model.Spec.Task);
        }

        AdapterEstimators.Register("perceptron", "1", context => context.MulticlassClassification.Trainers.OneVersusAll(
            context.BinaryClassification.Trainers.AveragedPerceptron(numberOfIterations: 5)));
        var options = new LegoNetMulticlassTrainer.Options
        {
            FeatureRange = FeatureRange.Within(4),
            Adapters = 4,
            Active = 2,
            Adapter = AdapterOptions.Custom("perceptron", "1"),
        };
        using (var model = ml.MulticlassClassification.Trainers.LegoNet(options).Fit(keyed))
        {
            Assert.True(model.Verify().IsExact);
        }

        options.Adapter = AdapterOptions.FastTree(numberOfTrees: 50, numberOfLeaves: 8);
        options.Adapter = "mlnet:lbfgs";
        using var lbfgs = ml.MulticlassClassification.Trainers.LegoNet(options).Fit(keyed);
        Assert.StartsWith("{\"enforceNonNegativity\":", lbfgs.Model.Spec.Adapter);
    }

    [Fact]
    public void Snippets_Tables_EncodeAndAreProposed()
    {
        var train = ml.Data.LoadFromEnumerable(TableRow.Create(300));
        var publicRows = ml.Data.LoadFromEnumerable(TableRow.Create(500, seed: 9));

        var table = ml.Transforms.EncodeTable(
            "Features",
            TableColumn.Number("Age", 18, 80, missingIsZero: true),
            TableColumn.Bins("Age", [25, 35, 50, 65], BinCoding.Thermometer, missingIsZero: true),
            TableColumn.Categories("Job", ["clerk", "nurse", "farmer"], unknownIsZero: true, missingIsZero: true),
            TableColumn.Flag("Member"));
        Assert.Equal(10, table.Fit(train).Dimension);

        var both = ml.Transforms.EncodeTable(new EncodeTableEstimator.Options
        {
            Columns = [TableColumn.Number("Age", 18, 80, missingIsZero: true)],
            TextColumns = ["Title", "Body"],
            Text = new HashingOptions { Dimension = 1024 },
        });
        Assert.Equal(1025, both.Fit(train).Dimension);

        TableProposal proposal = TableColumns.ProposeFromPublic(publicRows, ["Age", "Children", "Member", "Job", "Title"]);
        Console.WriteLine(proposal);
        var step = ml.Transforms.EncodeTable("Features", proposal);
        Assert.Equal(["Title"], proposal.TextColumns);
        Assert.Equal(Guarantee.Exact, step.Fit(train).GetGuarantee().Guarantee);
    }

    [Fact]
    public void Snippets_PlainHosts_SaveAndScore()
    {
        string scorerPath = _folder["scorer.zip"];
        var texts = ml.Data.LoadFromEnumerable(new[] { new { Text = "red rot rouge" }, new { Text = "green" } });
        var words = ml.Transforms.Text.NormalizeText("Words", "Text")
            .Append(ml.Transforms.Text.ProduceHashedWordBags("Features", "Words", numberOfBits: 12, ngramLength: 2))
            .Append(ml.Transforms.NormalizeLpNorm("Features"));
        var fitted = words.Fit(texts);
        Assert.Equal(Guarantee.Exact, fitted.GetGuarantee(texts.Schema).Guarantee);
        ml.Model.SaveSafely(fitted, texts.Schema, _folder["words.zip"], forPlainHosts: true);

        var train = Rows.View(ml, Rows.Create(90));
        using var trained = Rows.Key(ml).Append(ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass())).Fit(train);
        ml.Model.SaveSafely(trained, train.Schema, scorerPath, forPlainHosts: true);
        using var engine = ml.Model.CreatePredictionEngine<Row, Prediction>(trained, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.Equal(3, engine.Predict(Rows.Create(1)[0]).Score.Length);
        engine.Dispose();
        Assert.Equal(3, trained.LastTransformer.Forget("person-1").Records);
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }

    [Fact]
    public void Snippets_OwnEstimator_FitsAdapters()
    {
        AdapterEstimators.Register("my-ova", "1", ml => ml.Transforms.NormalizeMinMax("Features")
            .Append(ml.MulticlassClassification.Trainers.OneVersusAll(ml.BinaryClassification.Trainers.AveragedPerceptron())));
        var definition = PointModels.Definition("""{ "trainer": "mlnet:custom", "name": "my-ova", "version": "1" }""", LearningTask.Multiclass);
        using var model = LegoNetModel.Train(_folder["model"], definition, PointModels.Records(definition, 60));
        Assert.True(model.Verify().IsExact);
    }
}
