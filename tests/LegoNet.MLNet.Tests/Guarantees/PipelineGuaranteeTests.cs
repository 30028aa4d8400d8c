using System.IO.Compression;
using LegoNet.Audit;
using LegoNet.MLNet.Tests.Support;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Guarantees;

public class PipelineGuaranteeTests
{
    // Nobody else's text has this word.
    private const string Canary = "zyzzyvaquux";

    private readonly MLContext _ml = new(1);

    [Fact]
    public void Of_DataFreeUpstream_IsExactAndKeepsNoWordOfTheRows()
    {
        var rows = Rows();
        var model = _ml.Transforms.HashText("Features", "Text")
            .Append(_ml.Transforms.DeclareKeys("Label", ["work", "leisure"]))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "Label")).Fit(rows);

        Assert.Equal(Guarantee.Exact, model.GetGuarantee().Guarantee);
        Assert.Empty(model.GetGuarantee(rows.Schema).LearningSteps);
        Assert.Equal("Exact", model.GetGuarantee().ToString());
        Assert.False(SavedZipHas(model, rows.Schema, Canary));
    }

    [Fact]
    public void Of_FeaturizeText_IsApproximateNamesItAndKeepsTheWord()
    {
        var rows = Rows();
        var model = _ml.Transforms.DeclareKeys("Label", ["work", "leisure"]).Append(_ml.Transforms.Text.FeaturizeText("Features", "Text")).Fit(rows);

        var guarantee = model.GetGuarantee(rows.Schema);
        Assert.Equal(Guarantee.Approximate, guarantee.Guarantee);
        var step = Assert.Single(guarantee.LearningSteps);
        Assert.Equal((1, "FeaturizeText"), (step.Position, step.Name));
        Assert.Equal(["Features"], step.Columns);
        Assert.Equal("Approximate: step 2: FeaturizeText (Features): it keeps the words and n-grams of the rows", guarantee.ToString());
        Assert.True(SavedZipHas(model, rows.Schema, Canary));
    }

    [Fact]
    public void Of_StepsThatLearn_NamesThemAll()
    {
        var rows = Numbers();
        var model = _ml.Transforms.Conversion.MapValueToKey("Label", "Name")
            .Append(_ml.Transforms.NormalizeMinMax("Number"))
            .Append(_ml.Transforms.Categorical.OneHotEncoding("Category", "Name"))
            .Append(_ml.Transforms.ReplaceMissingValues("Number"))
            .Append(_ml.Transforms.Concatenate("Features", "Number", "Category"))
            .Append(_ml.MulticlassClassification.Trainers.NaiveBayes()).Fit(rows);

        var steps = model.GetGuarantee(rows.Schema).LearningSteps;
        Assert.Equal([0, 1, 2, 3, 5], steps.Select(step => step.Position));
        Assert.Equal(["Label", "Number", "Category", "Number"], steps.Take(4).Select(step => Assert.Single(step.Columns)));
        Assert.Equal(("MapValueToKey", "OneHotEncoding"), (steps[0].Name, steps[2].Name));
        Assert.Equal("a trained NaiveBayesMulticlass model", steps[4].Name);
        Assert.Contains("PredictedLabel", steps[4].Columns);
        Assert.Equal(steps.Select(step => step.Name), model.GetGuarantee().LearningSteps.Select(step => step.Name));
    }

    [Fact]
    public void ToString_StepsThatKeepTheSame_AreOneSentence()
    {
        var rows = Numbers();
        IEstimator<ITransformer> steps = _ml.Transforms.CopyColumns("N0", "Number");
        for (var i = 0; i < 8; i++)
        {
            steps = steps.Append(_ml.Transforms.NormalizeMinMax($"N{i + 1}", "Number"));
        }

        var guarantee = steps.Append(_ml.Transforms.Conversion.MapValueToKey("Label", "Name")).Fit(rows).GetGuarantee(rows.Schema);

        Assert.Equal(9, guarantee.LearningSteps.Count);
        Assert.Equal(
            "Approximate: steps 2, 3, 4, 5, 6, 7, 8 and 9: a normaliser (N1, N2, N3, N4, N5, N6, N7, N8): its offsets and scales are computed from the rows; "
            + "step 10: MapValueToKey (Label): it may keep the values it met in the rows",
            guarantee.ToString());
    }

    [Fact]
    public void Of_HashedWordBags_IsExactWithASchemaUnlessInvertsAreKept()
    {
        var rows = Rows();
        var plain = _ml.Transforms.Text.ProduceHashedWordBags("Features", "Text", numberOfBits: 10)
            .Append(_ml.Transforms.NormalizeLpNorm("Features")).Fit(rows);
        var ngrams = _ml.Transforms.Text.TokenizeIntoCharactersAsKeys("Characters", "Text")
            .Append(_ml.Transforms.Text.ProduceHashedNgrams("Features", "Characters", numberOfBits: 10)).Fit(rows);
        var inverts = _ml.Transforms.Text.ProduceHashedWordBags("Features", "Text", numberOfBits: 10, maximumNumberOfInverts: -1).Fit(rows);

        Assert.Equal("Exact", plain.GetGuarantee(rows.Schema).ToString());
        Assert.Equal("Exact", ngrams.GetGuarantee(rows.Schema).ToString());
        Assert.False(SavedZipHas(plain, rows.Schema, Canary));
        Assert.Contains("ProduceHashedNgrams", inverts.GetGuarantee(rows.Schema).ToString(), StringComparison.Ordinal);
        Assert.True(SavedZipHas(inverts, rows.Schema, Canary));

        // Without the schema it cannot be told.
        Assert.Contains("input schema", plain.GetGuarantee().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_Trainers_AreNamedByWhatTheyTrainedAndNumberedFromOne()
    {
        var random = new Random(1);
        var rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new Point { Label = i % 2 == 0, Features = [i % 2, random.NextSingle()] }));
        var calibrated = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(rows);
        Assert.StartsWith("Approximate: step 1: a trained LinearBinary model: ", calibrated.GetGuarantee().ToString(), StringComparison.Ordinal);
        var trees = _ml.BinaryClassification.Trainers.FastForest(numberOfTrees: 2, minimumExampleCountPerLeaf: 2).Fit(rows);
        Assert.StartsWith("Approximate: step 1: a trained FastForestBinary model: ", trees.GetGuarantee().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_DataFreeStepsOfMLNet_IsExact()
    {
        var rows = Numbers();
        var model = _ml.Transforms.CopyColumns("Copy", "Name")
            .Append(_ml.Transforms.Text.NormalizeText("Copy"))
            .Append(_ml.Transforms.Text.TokenizeIntoWords("Words", "Copy"))
            .Append(_ml.Transforms.Text.RemoveDefaultStopWords("Words"))
            .Append(_ml.Transforms.Text.TokenizeIntoCharactersAsKeys("Characters", "Copy"))
            .Append(_ml.Transforms.Conversion.ConvertType("Whole", "Number", DataKind.Double))
            .Append(_ml.Transforms.IndicateMissingValues("Missing", "Number"))
            .Append(_ml.Transforms.Expression("Twice", "x : x * 2", "Number"))
            .Append(_ml.Transforms.CustomMapping<In, Out>((_, _) => { }, null))
            .Append(_ml.Transforms.Conversion.MapValue("Mapped", new Dictionary<string, float> { ["a"] = 1 }, "Name"))
            .Append(_ml.Transforms.Concatenate("Features", "Number", "Twice"))
            .Append(_ml.Transforms.NormalizeLpNorm("Features"))
            .Append(_ml.Transforms.DropColumns("Whole"))
            .Append(_ml.Transforms.SelectColumns("Features", "Name")).Fit(rows);
        Assert.Empty(model.GetGuarantee(rows.Schema).LearningSteps);
        Assert.Empty(model.GetGuarantee().LearningSteps);
    }

    [Fact]
    public void Of_HashWithAndWithoutInverts_TellsThemApart()
    {
        var rows = Numbers();
        var plain = _ml.Transforms.Conversion.Hash("Hash", "Name").Fit(rows);
        var inverts = _ml.Transforms.Conversion.Hash("Hash", "Name", numberOfBits: 8, maximumNumberOfInverts: -1).Fit(rows);
        var encoded = _ml.Transforms.Categorical.OneHotHashEncoding("Hash", "Name").Fit(rows);
        var encodedInverts = _ml.Transforms.Categorical.OneHotHashEncoding("Hash", "Name", numberOfBits: 8, maximumNumberOfInverts: -1).Fit(rows);
        Assert.Equal(Guarantee.Exact, plain.GetGuarantee(rows.Schema).Guarantee);
        Assert.Equal(Guarantee.Exact, encoded.GetGuarantee(rows.Schema).Guarantee);
        Assert.Equal("Hash", Assert.Single(inverts.GetGuarantee(rows.Schema).LearningSteps).Name);
        Assert.Equal("OneHotHashEncoding", Assert.Single(encodedInverts.GetGuarantee(rows.Schema).LearningSteps).Name);

        // Without the schema it cannot be told, and what cannot be told is not exact.
        Assert.Equal(Guarantee.Approximate, plain.GetGuarantee().Guarantee);
    }

    [Fact]
    public void Of_ChainsInsideChains_CountsSingleSteps()
    {
        var rows = Numbers();
        var inner = _ml.Transforms.CopyColumns("A", "Name").Append(_ml.Transforms.Conversion.MapValueToKey("B", "Name"));
        var model = _ml.Transforms.CopyColumns("C", "Name").Append(inner).Append(_ml.Transforms.NormalizeMeanVariance("Number")).Fit(rows);
        Assert.Equal([(2, "B"), (3, "Number")], model.GetGuarantee(rows.Schema).LearningSteps.Select(step => (step.Position, step.Columns.Single())));
    }

    [Fact]
    public void Of_UnknownStep_IsApproximate()
    {
        var guarantee = new Unknown().GetGuarantee();
        Assert.Equal(Guarantee.Approximate, guarantee.Guarantee);
        Assert.Equal(nameof(Unknown), Assert.Single(guarantee.LearningSteps).Name);
        Assert.Throws<ArgumentNullException>(() => ((ITransformer)null!).GetGuarantee());
    }

    private bool SavedZipHas(ITransformer model, DataViewSchema schema, string word)
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(model, schema, stream);
        stream.Position = 0;
        using var zip = new ZipArchive(stream);
        Assert.NotEmpty(zip.Entries);
        return zip.Entries.Any(entry =>
        {
            using var content = new MemoryStream();
            using (var entryStream = entry.Open())
            {
                entryStream.CopyTo(content);
            }

            var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
            return bytes.IndexOf(System.Text.Encoding.UTF8.GetBytes(word)) >= 0
                || bytes.IndexOf(System.Text.Encoding.Unicode.GetBytes(word)) >= 0
                || bytes.IndexOf(System.Text.Encoding.BigEndianUnicode.GetBytes(word)) >= 0;
        });
    }

    private IDataView Rows() => _ml.Data.LoadFromEnumerable(new[]
    {
        new NamedText { Subject = "ann", Id = "1", Text = "the report is due on friday", Label = "work" },
        new NamedText { Subject = "bob", Id = "1", Text = $"we met {Canary} at the beach", Label = "leisure" },
        new NamedText { Subject = "ann", Id = "2", Text = "the beach was full on friday", Label = "leisure" },
    });

    private IDataView Numbers()
    {
        In[] rows = [new() { Name = "a", Number = 1 }, new() { Name = "b", Number = float.NaN }, new() { Name = "c", Number = 3 }];
        return _ml.Data.LoadFromEnumerable(rows);
    }

    private sealed class In
    {
        public string Name { get; set; } = "";

        public float Number { get; set; }
    }

    private sealed class Point
    {
        public bool Label { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Out
    {
        public float Custom { get; set; }
    }

    private sealed class Unknown : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public void Save(ModelSaveContext ctx)
        {
        }

        public IDataView Transform(IDataView input) => input;
    }
}
