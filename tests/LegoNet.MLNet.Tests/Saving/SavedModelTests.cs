using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using LegoNet.Audit;
using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Saving;

public sealed class SavedModelTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly List<Row> _train = Rows.Create(300);
    private readonly List<Row> _test = Rows.Create(200, seed: 2);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Save_WholePipeline_IsLoadedByAnotherContextAndPredictsAsTheModel()
    {
        using var pipeline = Pipeline(Rows.Multiclass(_folder)).Fit(Rows.View(_ml, _train));
        _ml.Model.Save(pipeline, Rows.View(_ml, _train).Schema, _folder["scorer.zip"]);

        var other = new MLContext();
        var loaded = other.Model.Load(_folder["scorer.zip"], out var schema);
        using var disposable = (IDisposable)loaded;

        Assert.Equal(Rows.View(_ml, _train).Schema.Select(c => c.Name), schema.Select(c => c.Name));
        Predictions.AssertSame(pipeline.Transform(Rows.View(_ml, _test)), loaded.Transform(Rows.View(other, _test)), _test.Count);

        // What was loaded is saved again by any host.
        using var again = new MemoryStream();
        other.Model.Save(loaded, schema, again);
        again.Position = 0;
        var twice = other.Model.Load(again, out _);
        using var disposableTwice = (IDisposable)twice;
        Predictions.AssertSame(pipeline.Transform(Rows.View(_ml, _test)), twice.Transform(Rows.View(other, _test)), _test.Count);
    }

    [Fact]
    public void Save_BinaryAndRegression_IsLoadedAndPredictsAsTheModel()
    {
        var view = Rows.View(_ml, _train);
        using var binary = _ml.BinaryClassification.Trainers.LegoNet(new LegoNetBinaryTrainer.Options
        {
            LabelColumnName = nameof(Row.Flag),
            IdColumnName = nameof(Row.Name),
            FeatureRange = Rows.Range,
            Adapters = 5,
            Active = 2,
        }).Fit(view);
        using var regression = _ml.Regression.Trainers.ExactRidge(new LegoNetRegressionTrainer.Options
        {
            LabelColumnName = nameof(Row.Amount),
            IdColumnName = nameof(Row.Name),
            FeatureRange = Rows.Range,
            Adapter = AdapterOptions.Ridge(1000),
            Target = new(-30, 30, 0.1),
        }).Fit(view);
        foreach (var model in (ITransformer[])[binary, regression])
        {
            _ml.Model.Save(model, view.Schema, _folder["scorer.zip"]);
            var loaded = new MLContext().Model.Load(_folder["scorer.zip"], out _);
            using var disposable = (IDisposable)loaded;
            Predictions.AssertSame(model.Transform(Rows.View(_ml, _test)), loaded.Transform(Rows.View(_ml, _test)), _test.Count);
        }
    }

    [Fact]
    public async Task Save_LoadedByManyThreads_EnginesAgreeWithTheModel()
    {
        using var pipeline = Pipeline(Rows.Multiclass()).Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(Rows.View(_ml, _train));
        _ml.Model.Save(pipeline, Rows.View(_ml, _train).Schema, _folder["scorer.zip"]);
        var expected = _ml.Data.CreateEnumerable<PredictedRow>(pipeline.Transform(Rows.View(_ml, _test)), reuseRowObject: false, ignoreMissingColumns: true)
            .ToArray();
        var other = new MLContext();
        var loaded = other.Model.Load(_folder["scorer.zip"], out _);
        using var disposable = (IDisposable)loaded;

        // As PredictionEnginePool does it: one loaded model, an engine for each thread.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(
            () =>
            {
                using var engine = other.Model.CreatePredictionEngine<Row, PredictedRow>(loaded, new PredictionEngineOptions { OwnsTransformer = false });
                for (var i = 0; i < _test.Count; i++)
                {
                    var at = (i + (50 * thread)) % _test.Count;
                    var actual = engine.Predict(_test[at]);
                    Assert.Equal(expected[at].Category, actual.Category);
                    Assert.Equal(expected[at].Probability, actual.Probability, 1e-5f);
                }
            },
            Cancelled)));
    }

    [Fact]
    public void Save_AfterForget_EqualsTheScorerOfAModelThatNeverSawTheRecords()
    {
        const string Canary = "xylophonequartz";
        foreach (var row in _train.Where(r => r.Person == "person-7"))
        {
            row.Person = Canary;
            row.Name += Canary;
        }

        var view = Rows.View(_ml, _train);
        using var pipeline = Pipeline(Rows.Multiclass(_folder)).Fit(view);
        _ml.Model.Save(pipeline, view.Schema, _folder["before.zip"]);
        Assert.Equal(3, pipeline.LastTransformer.Forget(Canary).Records);
        _ml.Model.Save(pipeline, view.Schema, _folder["after.zip"]);
        using var never = Pipeline(Rows.Multiclass(_folder, "never")).Fit(Rows.View(_ml, _train.Where(r => r.Person != Canary)));
        _ml.Model.Save(never, view.Schema, _folder["never.zip"]);

        var (before, after, expected) = (Entries("before.zip"), Entries("after.zip"), Entries("never.zip"));

        Assert.Equal(expected.Keys, after.Keys);

        // ML.NET writes the blocks of a table in the order in which its threads finish them, so tables are compared by their rows.
        Assert.Contains(expected.Keys, IsTable);
        Assert.All(expected, entry =>
        {
            var (one, other) = (entry.Value, after[entry.Key]);
            Assert.True(IsTable(entry.Key) ? RowsOf(one).SequenceEqual(RowsOf(other)) : one.AsSpan().SequenceEqual(other), $"{entry.Key} differs");
        });
        var graph = Assert.Single(expected.Keys, IsGraph);
        Assert.False(expected[graph].AsSpan().SequenceEqual(before[graph]));
        Assert.All(before.Concat(after), entry => Assert.False(Holds(entry.Value, Canary), $"{entry.Key} holds the name"));
    }

    [Fact]
    public void Save_TextPipelineAfterForget_HoldsNoWordOfTheForgotten()
    {
        const string Canary = "zyzzyvaquux";
        string[] words = ["red", "rot", "rouge", "green", "gruen", "vert", "blue", "blau", "bleu"];
        var random = new Random(5);
        var texts = Enumerable.Range(0, 120).Select(i => new TextRow
        {
            Person = $"person-{i / 3}",
            Category = Rows.Categories[i % 3],
            Text = string.Join(' ', Enumerable.Range(0, 6).Select(_ => words[((i % 3) * 3) + random.Next(3)])) + (i / 3 == 11 ? $" {Canary}" : ""),
        }).ToArray();
        var view = _ml.Data.LoadFromEnumerable(texts);
        var options = new LegoNetMulticlassTrainer.Options
        {
            SubjectColumnName = nameof(TextRow.Person),
            IdColumnName = nameof(TextRow.Text),
            Adapters = 4,
            Active = 2,
            Adapter = AdapterOptions.Ridge(100),
        };
        using var pipeline = _ml.Transforms.HashText("Features", nameof(TextRow.Text))
            .Append(_ml.Transforms.DeclareKeys("Label", Rows.Categories, nameof(TextRow.Category)))
            .Append(_ml.MulticlassClassification.Trainers.LegoNet(options)).Fit(view);
        Assert.Equal(Guarantee.Exact, pipeline.GetGuarantee().Guarantee);
        _ml.Model.Save(pipeline, view.Schema, _folder["before.zip"]);

        Assert.Equal(3, pipeline.LastTransformer.Forget("person-11").Records);
        _ml.Model.Save(pipeline, view.Schema, _folder["after.zip"]);

        var (before, after) = (Entries("before.zip"), Entries("after.zip"));
        var graph = Assert.Single(after.Keys, IsGraph);
        Assert.False(before[graph].AsSpan().SequenceEqual(after[graph]));
        Assert.All(after, entry => Assert.False(Holds(entry.Value, Canary), $"{entry.Key} holds the word"));
        var loaded = new MLContext().Model.Load(_folder["after.zip"], out _);
        using var disposable = (IDisposable)loaded;
        Predictions.AssertSame(pipeline.Transform(view), loaded.Transform(view), texts.Length);
    }

    [Fact]
    public void Save_ScorerOnItsOwn_NamesNoTypeOfLegoNet()
    {
        using var model = _ml.MulticlassClassification.Trainers.LegoNet(Rows.Multiclass()).Fit(Rows.Keyed(_ml, _train));
        _ml.Model.Save(model, Rows.Keyed(_ml, _train).Schema, _folder["scorer.zip"]);

        // ML.NET names the assembly of each step by its full name.
        Assert.Contains(Entries("scorer.zip"), entry => Holds(entry.Value, "Microsoft.ML.OnnxTransformer, Version="));
        Assert.All(Entries("scorer.zip"), entry => Assert.False(Holds(entry.Value, "LegoNet.MLNet, Version="), entry.Key));
    }

    [Fact]
    public async Task Save_Scorer_IsServedByAHostThatHasMlNetAlone()
    {
        using var pipeline = Pipeline(Rows.Multiclass()).Fit(Rows.View(_ml, _train));
        _ml.Model.Save(pipeline, Rows.View(_ml, _train).Schema, _folder["scorer.zip"]);
        var rows = _test.Select(r => string.Join(' ', r.Features.Select(f => f.ToString("R", CultureInfo.InvariantCulture))));
        await File.WriteAllLinesAsync(_folder["rows.txt"], rows, Cancelled);

        var assembly = typeof(SavedModelTests).Assembly.Location;
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (!Path.GetFileNameWithoutExtension(start.FileName).Equals(Path.GetFileNameWithoutExtension(assembly), StringComparison.OrdinalIgnoreCase))
        {
            start.FileName = "dotnet";
            start.ArgumentList.Add(assembly);
        }

        start.Environment["DOTNET_STARTUP_HOOKS"] = assembly;
        start.Environment[PlainHost.ModelVariable] = _folder["scorer.zip"];
        start.Environment[PlainHost.RowsVariable] = _folder["rows.txt"];
        start.Environment[PlainHost.ResultVariable] = _folder["result.txt"];
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancelled);
        var errors = await process.StandardError.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);

        Assert.True(process.ExitCode == 0, errors + await output);
        var view = pipeline.Transform(Rows.View(_ml, _test));
        var labels = view.GetColumn<uint>("PredictedLabel").ToArray();
        var probabilities = view.GetColumn<float>("Probability").ToArray();
        var scores = view.GetColumn<float[]>("Score").ToArray();
        var lines = await File.ReadAllLinesAsync(_folder["result.txt"], Cancelled);

        // No line after those of the rows: no assembly of LegoNet was loaded.
        Assert.Equal(_test.Count, lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            float[] values = [.. lines[i].Split(' ').Select(v => float.Parse(v, CultureInfo.InvariantCulture))];
            Assert.Equal(labels[i], values[0]);
            Assert.Equal(probabilities[i], values[1], 1e-5f);
            Assert.All(scores[i].Zip(values[2..]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    private EstimatorChain<LegoNetTransformer> Pipeline(LegoNetMulticlassTrainer.Options options)
        => Rows.Key(_ml).Append(_ml.MulticlassClassification.Trainers.LegoNet(options));

    private SortedDictionary<string, byte[]> Entries(string zip)
    {
        using var archive = ZipFile.OpenRead(_folder[zip]);
        var entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            entries.Add(entry.FullName, bytes.ToArray());
        }

        return entries;
    }

    private static bool IsGraph(string entry) => entry.EndsWith("/OnnxModel", StringComparison.Ordinal);

    private static bool IsTable(string entry) => entry.EndsWith(".idv", StringComparison.Ordinal);

    /// <summary>A table of ML.NET's binary format: each row's columns as text.</summary>
    private string[] RowsOf(byte[] table)
    {
        var file = _folder["table.idv"];
        File.WriteAllBytes(file, table);
        var preview = _ml.Data.LoadFromBinary(file).Preview(1000);
        Assert.NotEmpty(preview.RowView);
        return [.. preview.RowView.Select(row => string.Join('|', row.Values.Select(value => $"{value.Key}={value.Value}")))];
    }

    private static bool Holds(byte[] bytes, string text)
        => bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0 || bytes.AsSpan().IndexOf(System.Text.Encoding.Unicode.GetBytes(text)) >= 0;

    private sealed class TextRow
    {
        public string Person { get; set; } = "";

        public string Category { get; set; } = "";

        public string Text { get; set; } = "";
    }
}
