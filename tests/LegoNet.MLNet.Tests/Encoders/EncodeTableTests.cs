using System.IO.Compression;
using System.Text;
using LegoNet.Audit;
using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Encoders;
using LegoNet.Encoders.Hashing;
using LegoNet.Encoders.Tabular;
using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Pipelines;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Encoders;

public sealed class EncodeTableTests : IDisposable
{
    private static readonly TableColumn[] s_columns =
    [
        TableColumn.Number("Age", 18, 80, missingIsZero: true),
        TableColumn.Bins("Age", [20.1, 30.3, 40.7, 50], BinCoding.Thermometer, missingIsZero: true),
        TableColumn.Number("Income", -1000, 90_000.5, amplitude: 100),
        TableColumn.Bins("Income", [10_000, 20_000.25], BinCoding.OneHot),
        TableColumn.Bins("Children", [1, 2, 4], BinCoding.Ordinal),
        TableColumn.Categories("Children", ["0", "1", "2"], unknownIsZero: true),
        TableColumn.Flag("Member"),
        TableColumn.Categories("Job", ["clerk", "nurse", "farmer"], unknownIsZero: true, missingIsZero: true, amplitude: 90),
        TableColumn.Cross("Member", "Job"),
    ];

    private readonly MLContext _ml = new(1);
    private readonly TempFolder _folder = new();
    private readonly TableRow[] _rows = TableRow.Create(400);

    public static TheoryData<bool> WithAndWithoutText { get; } = [false, true];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(WithAndWithoutText))]
    public void EncodeTable_Rows_GivesTheCoresCodesAndSaysWhatMadeThem(bool withText)
    {
        var view = _ml.Data.LoadFromEnumerable(_rows);
        using var setup = Core(withText);
        var transformer = Step(withText).Fit(view);

        var encoded = transformer.Transform(view);

        Assert.Equal(setup.Encoder.Dimension, transformer.Dimension);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, transformer.Dimension), encoded.Schema["Features"].Type);
        Assert.Equal(Codes(setup.Encoder), Views.Codes(encoded));
        var binding = EncoderAnnotation.TryGet(encoded.Schema["Features"])!;
        Assert.Equal((setup.Declaration, setup.Encoder.Fingerprint), (binding.Declaration, binding.Fingerprint));
        Assert.Equal(Guarantee.Exact, transformer.GetGuarantee().Guarantee);
    }

    [Theory]
    [MemberData(nameof(WithAndWithoutText))]
    public void EncodeTable_SavedAndLoaded_GivesTheSameColumn(bool withText)
    {
        var view = _ml.Data.LoadFromEnumerable(_rows);
        var transformer = Step(withText).Fit(view);
        _ml.Model.SaveSafely(transformer, view.Schema, _folder["steps.zip"]);

        var loaded = new MLContext(2).Model.Load(_folder["steps.zip"], out _);

        using var disposable = loaded as IDisposable;
        var (before, after) = (transformer.Transform(view), loaded.Transform(view));
        Assert.Equal(before.Schema["Features"].Type, after.Schema["Features"].Type);
        Assert.Equal(before.Schema.Where(c => !c.IsHidden).Select(c => c.Name).Order(), after.Schema.Where(c => !c.IsHidden).Select(c => c.Name).Order());
        Assert.Equal(Views.Codes(before), Views.Codes(after));
        Assert.Equal(Guarantee.Exact, loaded.GetGuarantee(view.Schema).Guarantee);

        // ML.NET names the assembly of each step by its full name: a host needs LegoNet only where texts are hashed.
        using var zip = ZipFile.OpenRead(_folder["steps.zip"]);
        Assert.Equal(withText, zip.Entries.Any(entry => NamesLegoNet(entry)));
    }

    private static bool NamesLegoNet(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var content = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        return content.IndexOf("LegoNet.MLNet, Version="u8) >= 0 || content.IndexOf(Encoding.Unicode.GetBytes("LegoNet.MLNet, Version=")) >= 0;
    }

    [Fact]
    public void EncodeTable_NumbersAboutEveryEdge_AreCodedAlikeBySavedSteps()
    {
        // The decimal number that a float32 stands for decides, not its exact value: 0.7f is below 0.7.
        TableColumn[] columns =
        [
            TableColumn.Number("Age", 0.1, 0.7),
            TableColumn.Bins("Age", [0.1, 0.3, 0.7]),
            TableColumn.Number("Income", -0.1, 0.1),
            TableColumn.Bins("Income", [0.1]),
        ];
        var near = new List<TableRow>();
        for (var i = -40; i <= 840; i++)
        {
            var (single, wide) = (i / 1000f, i / 1000d);
            near.Add(new() { Age = single, Income = wide });
            near.Add(new() { Age = MathF.BitIncrement(single), Income = Math.BitIncrement(wide) });
            near.Add(new() { Age = MathF.BitDecrement(single), Income = Math.BitDecrement(wide) });
        }

        near.Add(new() { Age = float.MaxValue, Income = double.MinValue });
        near.Add(new() { Age = -0f, Income = -0d });
        var view = _ml.Data.LoadFromEnumerable(near);
        var transformer = _ml.Transforms.EncodeTable("Features", columns).Fit(view);
        _ml.Model.SaveSafely(transformer, view.Schema, _folder["steps.zip"]);
        var loaded = new MLContext(2).Model.Load(_folder["steps.zip"], out _);

        using var disposable = (IDisposable)loaded;
        Assert.Equal(Views.Codes(transformer.Transform(view)), Views.Codes(loaded.Transform(view)));
        var seven = Views.Codes(transformer.Transform(_ml.Data.LoadFromEnumerable(new[] { new TableRow { Age = 0.7f } })))[0];
        Assert.Equal((127, 64), (seven[0], seven[4]));
    }

    [Theory]
    [InlineData(float.NaN, 5, "clerk", "column \"Age\" has no value")]
    [InlineData(float.PositiveInfinity, 5, "clerk", "column \"Age\" does not hold a number")]
    [InlineData(30, 5, "", "column \"Job\" has no value")]
    [InlineData(30, 5, "pilot", "column \"Job\" holds a category that is not declared")]
    [InlineData(30, 9, "clerk", "column \"Children\" holds a category that is not declared")]
    public void EncodeTable_ValueThatIsNotDeclared_FailsNativelyAndWhenLoaded(float age, int children, string job, string message)
    {
        TableColumn[] columns =
        [
            TableColumn.Number("Age", 0, 99),
            TableColumn.Categories("Job", ["clerk"]),
            TableColumn.Categories("Children", ["5"]),
            TableColumn.Cross("Job", "Children"),
        ];
        var good = _ml.Data.LoadFromEnumerable(new[] { new TableRow { Age = 30, Job = "clerk", Children = 5 } });
        var bad = _ml.Data.LoadFromEnumerable(new[] { new TableRow { Age = age, Job = job, Children = children } });
        var transformer = _ml.Transforms.EncodeTable("Features", columns).Fit(good);
        _ml.Model.SaveSafely(transformer, good.Schema, _folder["steps.zip"]);
        var loaded = new MLContext(2).Model.Load(_folder["steps.zip"], out _);

        using var disposable = (IDisposable)loaded;
        Assert.Equal(Views.Codes(transformer.Transform(good)), Views.Codes(loaded.Transform(good)));
        var e = Assert.Throws<InvalidOperationException>(() => Views.Codes(transformer.Transform(bad)));
        Assert.Contains($"Row 0: {message}", e.Message, StringComparison.Ordinal);
        var graph = Assert.ThrowsAny<Exception>(() => Views.Codes(loaded.Transform(bad)));
        Assert.Contains("a_column_is_missing_a_value_or_holds_a_category_that_is_not_declared", graph.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WithAndWithoutText))]
    public void EncodeTable_TrainedPipeline_ForgetsVerifiesAndServesAZip(bool withText)
    {
        var view = _ml.Data.LoadFromEnumerable(_rows);
        var pipeline = _ml.Transforms.DeclareKeys("Label", ["low", "high"])
            .Append(Step(withText))
            .Append(_ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
            {
                SubjectColumnName = nameof(TableRow.Person),
                IdColumnName = nameof(TableRow.Id),
                ModelPath = _folder["model"],
                Adapters = 4,
                Active = 2,
            })).Fit(view);
        using var model = pipeline.LastTransformer;
        var test = _ml.Data.LoadFromEnumerable(TableRow.Create(200, seed: 2));

        Assert.Equal("Exact", pipeline.GetGuarantee(view.Schema).ToString());
        Assert.InRange(_ml.MulticlassClassification.Evaluate(pipeline.Transform(test)).MicroAccuracy, withText ? 0.95 : 0.8, 1);
        Assert.Equal(2, model.Forget("person-3").Records);
        Assert.True(model.Verify(TestContext.Current.CancellationToken).IsExact);

        _ml.Model.SaveSafely(pipeline, view.Schema, _folder["scorer.zip"]);
        var loaded = new MLContext(2).Model.Load(_folder["scorer.zip"], out _);
        using var engine = _ml.Model.CreatePredictionEngine<TableRow, Scored>(loaded);
        using var native = _ml.Model.CreatePredictionEngine<TableRow, Scored>(pipeline, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.All(_rows.Take(50), row => Assert.Equal(native.Predict(row).Probability, engine.Predict(row).Probability, 1e-5f));
    }

    [Fact]
    public void EncodeTable_KeptWithItsModel_AddsAndCorrectsRowsAsItDid()
    {
        var token = TestContext.Current.CancellationToken;
        var (first, later) = (_ml.Data.LoadFromEnumerable(_rows[..300]), _ml.Data.LoadFromEnumerable(_rows[300..]));
        using var whole = Fit("whole", _ml.Data.LoadFromEnumerable(_rows)).LastTransformer;
        using (var part = Fit("part", first))
        {
            _ml.Model.SaveLegoNet(part, first.Schema);
        }

        using var kept = _ml.Model.LoadLegoNet(_folder["part"], new LegoNetLoadOptions { TagKeyPath = _folder["one.key"] });
        kept.Add(later, cancellationToken: token);
        Assert.Equal(whole.Model.RootDigest, kept.Model.RootDigest);
        _rows[310].Job = "nurse";
        kept.Correct(_ml.Data.LoadFromEnumerable(_rows[310..311]), cancellationToken: token);

        Assert.True(kept.Verify(token).IsExact);
        Assert.True(kept.VerifyData(_ml.Data.LoadFromEnumerable(_rows), cancellationToken: token).IsExact);
    }

    private TransformerChain<LegoNetTransformer> Fit(string name, IDataView view) => _ml.Transforms.DeclareKeys("Label", ["low", "high"])
        .Append(Step(true))
        .Append(_ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
        {
            SubjectColumnName = nameof(TableRow.Person),
            IdColumnName = nameof(TableRow.Id),
            ModelPath = _folder[name],
            TagKeyPath = _folder["one.key"],
            Adapters = 4,
            Active = 2,
        })).Fit(view);

    [Fact]
    public void EncodeTable_ColumnsThatDoNotFit_AreNamed()
    {
        var view = _ml.Data.LoadFromEnumerable(_rows);
        Refused("table column 'Nobody'", TableColumn.Number("Nobody", 0, 1));
        Refused("table column 'Job': expected Single, Double or a whole number", TableColumn.Number("Job", 0, 1));
        Refused("table column 'Age': expected Text, Boolean or a whole number, got Single", TableColumn.Categories("Age", ["1"]));
        Refused("table column 'Member': expected a whole number, got Boolean", TableColumn.Flag("Member"), TableColumn.Number("Member", 0, 1));

        void Refused(string message, params TableColumn[] columns)
        {
            var step = _ml.Transforms.EncodeTable("Features", columns);
            var e = Assert.Throws<ArgumentOutOfRangeException>(() => step.Fit(view));
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentOutOfRangeException>(() => step.GetOutputSchema(Shape()));
        }
    }

    [Fact]
    public void EncodeTable_BadOptions_AreRefusedWhenTheStepIsCreated()
    {
        Assert.Throws<ArgumentException>("Columns", () => _ml.Transforms.EncodeTable("Features"));
        Assert.Throws<ArgumentException>("Columns", () => _ml.Transforms.EncodeTable("Features", TableColumn.Cross("Job", "Member")));
        Assert.Throws<ArgumentNullException>("Columns", () => _ml.Transforms.EncodeTable(new EncodeTableEstimator.Options { Columns = null! }));
        Assert.Throws<ArgumentException>(
            "TextColumns", () => _ml.Transforms.EncodeTable(new EncodeTableEstimator.Options { TextColumns = ["Title", "Title"] }));
        Assert.Contains("NaN", Marks("", "-1").Message, StringComparison.Ordinal);
        Assert.Contains("empty text", Marks("?").Message, StringComparison.Ordinal);

        ArgumentException Marks(params string[] marks) => Assert.Throws<ArgumentException>(
            "MissingMarks", () => _ml.Transforms.EncodeTable(new EncodeTableEstimator.Options { Columns = s_columns, MissingMarks = marks }));
    }

    [Fact]
    public void EncodeTable_OutputShape_IsThatOfTheColumn()
    {
        var step = _ml.Transforms.EncodeTable("Features", TableColumn.Number("Age", 0, 99), TableColumn.Flag("Member"));
        var column = Shapes.Find(step.GetOutputSchema(Shape()), "Features")!.Value;
        Assert.Equal((SchemaShape.Column.VectorKind.Vector, (DataViewType)NumberDataViewType.Single), (column.Kind, column.ItemType));
    }

    private SchemaShape Shape() => new([Shapes.Single(_ml, "Age"), Shapes.Text(_ml, "Job"), Shapes.Boolean(_ml, "Member")]);

    private EncodeTableEstimator Step(bool withText) => _ml.Transforms.EncodeTable(new EncodeTableEstimator.Options
    {
        Columns = s_columns,
        TextColumns = withText ? [nameof(TableRow.Title), nameof(TableRow.Body)] : [],
        Text = new HashingOptions { Dimension = 100 },
    });

    private static EncoderSetup Core(bool withText)
    {
        var table = $$"""{"type":"tabular","columns":[{{string.Join(',', s_columns.Select(column => column.Json))}}]}""";
        const string Text = """{"type":"hashing","columns":["Title","Body"],"dimension":100}""";
        var json = withText ? $$"""{"type":"composite","parts":[{{Text}},{{table}}]}""" : table;
        return EncoderRegistry.Create(StrictJson.Parse(json, "test"), new EncoderSettings());
    }

    private List<sbyte[]> Codes(ICodeEncoder encoder)
    {
        string[] names = ["Age", "Income", "Children", "Member", "Job", "Title", "Body"];
        return [.. _rows.Select(row =>
        {
            string[] fields =
            [
                float.IsNaN(row.Age) ? "" : FormattableString.Invariant($"{row.Age}"),
                FormattableString.Invariant($"{row.Income}"),
                FormattableString.Invariant($"{row.Children}"),
                row.Member ? "true" : "false",
                row.Job,
                row.Title,
                row.Body,
            ];
            var code = new sbyte[encoder.Dimension];
            encoder.Encode([new SourceRecord("", "", null, new TableRowInput(names, fields), "")], code);
            return code;
        })];
    }

    private sealed class Scored
    {
        public float Probability { get; set; }
    }
}
