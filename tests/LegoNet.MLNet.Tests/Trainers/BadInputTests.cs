using LegoNet.MLNet.Tests.Support;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Trainers;

/// <summary>What is wrong with a view is said in ML.NET's own kind of exception, with the column's name, and never with a value.</summary>
public sealed class BadInputTests
{
    private const string Secret = "Erika Mustermann";

    private static readonly MLContext s_ml = new(1);

    // Name, what to do to a good row, the column that must be named.
    private static readonly Dictionary<string, (Action<Wild> Spoil, string Column)> s_values = new()
    {
        ["missing label"] = (r => r.Label = "", "Label"),
        ["label that is not declared"] = (r => r.Label = "violet", "Label"),
        ["missing subject"] = (r => r.Subject = "", "Subject"),
        ["missing id"] = (r => r.Id = "", "Id"),
        ["NaN"] = (r => r.Features[1] = float.NaN, "Features"),
        ["infinity"] = (r => r.Features[2] = float.PositiveInfinity, "Features"),
        ["target beyond the range"] = (r => r.Amount = 10.5f, "Amount"),
        ["target below the range"] = (r => r.Amount = -1, "Amount"),
        ["missing target"] = (r => r.Amount = float.NaN, "Amount"),
    };

    // Name, columns to be used instead of the good ones, the column that must be named, and what is expected there.
    private static readonly Dictionary<string, (Action<LegoNetOptions> Change, string Column, string Expected)> s_columns = new()
    {
        ["missing features"] = (o => o.FeatureColumnName = "Nowhere", "Nowhere", "Could not find feature column"),
        ["missing label"] = (o => o.LabelColumnName = "Nowhere", "Nowhere", "Could not find label column"),
        ["missing subject"] = (o => o.SubjectColumnName = "Nowhere", "Nowhere", "Could not find subject column"),
        ["missing id"] = (o => o.IdColumnName = "Nowhere", "Nowhere", "Could not find id column"),
        ["variable-length vector"] = (o => o.FeatureColumnName = "Open", "Open", "known-size Vector<Single>"),
        ["vector of doubles"] = (o => o.FeatureColumnName = "Doubles", "Doubles", "known-size Vector<Single>"),
        ["scalar features"] = (o => o.FeatureColumnName = "Amount", "Amount", "known-size Vector<Single>"),
        ["wrong label"] = (o => o.LabelColumnName = "Subject", "Subject", "label column"),
        ["subject of Single"] = (o => o.SubjectColumnName = "Amount", "Amount", "Text or a whole number"),
        ["id is a vector"] = (o => o.IdColumnName = "Features", "Features", "Text or a whole number"),
        ["id is a key"] = (o => o.IdColumnName = "Key", "Key", "Text or a whole number"),
    };

    public static TheoryData<string> BadValues => [.. s_values.Keys];

    public static TheoryData<string> BadColumns => [.. s_columns.Keys];

    [Theory]
    [MemberData(nameof(BadValues))]
    public void Fit_BadValue_NamesColumnAndRowButNoValue(string name)
    {
        var (spoil, column) = s_values[name];
        var rows = Enumerable.Range(0, 12).Select(Wild.Good).ToList();
        spoil(rows[7]);
        var view = Keyed(rows);
        var e = Assert.Throws<InvalidOperationException>(() => (column == "Amount" ? Regression() : (IEstimator<ITransformer>)Multiclass()).Fit(view));
        Assert.Contains($"'{column}'", e.Message, StringComparison.Ordinal);
        Assert.Contains("Row 7", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("violet", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("10.5", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadColumns))]
    public void Fit_BadColumn_IsASchemaMismatch(string name)
    {
        var (change, column, expected) = s_columns[name];
        var view = Keyed([.. Enumerable.Range(0, 12).Select(Wild.Good)]);
        var multiclass = new LegoNetMulticlassTrainer.Options();
        var regression = new LegoNetRegressionTrainer.Options { LabelColumnName = "Amount", Target = new RegressionTarget(0, 10, 1) };
        foreach (var (options, fit) in (IEnumerable<(LegoNetOptions, Func<ITransformer>)>)
        [
            (multiclass, () => s_ml.MulticlassClassification.Trainers.LegoNet(multiclass).Fit(view)),
            (regression, () => s_ml.Regression.Trainers.LegoNet(regression).Fit(view)),
        ])
        {
            (options.SubjectColumnName, options.IdColumnName, options.FeatureRange) = ("Subject", "Id", Rows.Range);
            change(options);
            var e = Assert.Throws<ArgumentOutOfRangeException>(fit);
            Assert.Contains($"'{column}'", e.Message, StringComparison.Ordinal);
            Assert.Contains(expected, e.Message, StringComparison.Ordinal);
            Assert.Equal("inputSchema", e.ParamName);
        }
    }

    [Theory]
    [MemberData(nameof(BadColumns))]
    public void GetOutputSchema_BadColumn_IsASchemaMismatch(string name)
    {
        var (change, column, _) = s_columns[name];
        var options = new LegoNetMulticlassTrainer.Options { SubjectColumnName = "Subject", IdColumnName = "Id", FeatureRange = Rows.Range };
        change(options);
        var view = Keyed([Wild.Good(0)]);
        var shape = s_ml.Transforms.CopyColumns("Copy", "Amount").GetOutputSchema(ShapeOf(view));
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => s_ml.MulticlassClassification.Trainers.LegoNet(options).GetOutputSchema(shape));
        Assert.Contains($"'{column}'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("violet", null, "is a class that is not declared")]
    [InlineData("", null, "is missing")]
    [InlineData("violet", "Key", "is a class that is not declared")]
    public void Fit_LabelThatDeclareKeysDoesNotDeclare_IsNamedAsSuch(string label, string? output, string expected)
    {
        // In place, the text stands hidden behind its key; elsewhere beside it.
        var rows = Enumerable.Range(0, 12).Select(Wild.Good).ToList();
        rows[7].Label = label;
        var pipeline = s_ml.Transforms.DeclareKeys(output ?? "Label", ["red", "green"], "Label")
            .Append(s_ml.Transforms.CopyColumns("Copy", "Amount"))
            .Append(s_ml.MulticlassClassification.Trainers.LegoNet(output ?? "Label", featureRange: Rows.Range));
        var e = Assert.Throws<InvalidOperationException>(() => pipeline.Fit(s_ml.Data.LoadFromEnumerable(rows)));
        Assert.StartsWith($"Row 7: the value of label column '{output ?? "Label"}' {expected}", e.Message);
        Assert.DoesNotContain("violet", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_ClassOfTheKeyThatIsNotDeclared_IsNamedAsSuchWithWhatToDo()
    {
        var rows = Enumerable.Range(0, 12).Select(Wild.Good).ToList();
        rows[7].Label = "violet";
        var e = Assert.Throws<InvalidOperationException>(() => Multiclass().Fit(Keyed(rows)));
        Assert.Contains("is a class that is not declared: declare it (DeclareKeys, Classes)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_BinaryLabelOfAnotherType_IsASchemaMismatch()
    {
        var view = Keyed([Wild.Good(0)]);
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => s_ml.BinaryClassification.Trainers.LegoNet("Amount", featureRange: Rows.Range).Fit(view));
        Assert.Contains("label column 'Amount': expected Boolean, got Single", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_TwoRowsOfOneIdentity_NamesNoValue()
    {
        var rows = Enumerable.Range(0, 12).Select(Wild.Good).ToList();
        rows[5].Id = rows[9].Id = "Bericht 7";
        rows[5].Subject = rows[9].Subject = Secret;
        var e = Assert.Throws<LegoNetException>(() => Multiclass().Fit(Keyed(rows)));
        Assert.Contains("row 9", e.Message, StringComparison.Ordinal);
        Assert.Contains("row 5", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Bericht", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_PlainVectorsWithoutCalibration_NamesColumnAndWaysOut()
    {
        var e = Assert.Throws<ArgumentException>(() => s_ml.MulticlassClassification.Trainers.LegoNet().Fit(Keyed([Wild.Good(0)])));
        Assert.All((string[])["'Features'", "Card", "FeatureRange", "encoder"], word => Assert.Contains(word, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_KeyBeyondItsCount_IsMissing()
    {
        // ML.NET turns a key value beyond the declared count into a missing one when rows are read.
        var view = s_ml.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new Counted
        {
            Label = (uint)(i == 7 ? 3 : i % 3),
            Features = new float[3],
        }));
        var e = Assert.Throws<InvalidOperationException>(() => s_ml.MulticlassClassification.Trainers.LegoNet(featureRange: Rows.Range).Fit(view));
        Assert.Contains("'Label'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Transform_BadValue_NamesColumnAndRow()
    {
        using var model = Multiclass().Fit(Keyed([.. Enumerable.Range(0, 12).Select(Wild.Good)]));
        var rows = Enumerable.Range(0, 12).Select(Wild.Good).ToList();
        rows[3].Features[0] = float.NaN;
        var e = Assert.Throws<InvalidOperationException>(() => model.Transform(Keyed(rows)).GetColumn<float>("Probability").ToArray());
        Assert.Contains("Row 3", e.Message, StringComparison.Ordinal);
        Assert.Contains("'Features'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Transform_VectorOfAnotherLength_IsASchemaMismatch()
    {
        using var model = Multiclass().Fit(Keyed([.. Enumerable.Range(0, 12).Select(Wild.Good)]));
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(new CountingView(1, 5)));
        Assert.Contains("'Features'", e.Message, StringComparison.Ordinal);
    }

    private static LegoNetMulticlassTrainer Multiclass()
        => s_ml.MulticlassClassification.Trainers.LegoNet(new LegoNetMulticlassTrainer.Options
        {
            SubjectColumnName = "Subject",
            IdColumnName = "Id",
            FeatureRange = Rows.Range,
            Adapters = 2,
            Active = 1,
            Classes = ["red", "green"],
        });

    private static LegoNetRegressionTrainer Regression()
        => s_ml.Regression.Trainers.LegoNet(
            new RegressionTarget(0, 10, 1),
            "Amount",
            subjectColumnName: "Subject",
            idColumnName: "Id",
            featureRange: Rows.Range,
            adapters: 2,
            active: 1);

    private static IDataView Keyed(List<Wild> rows)
    {
        // "violet" is a value of the key, but not declared; an empty text becomes a missing key.
        var view = s_ml.Data.LoadFromEnumerable(rows);
        var keys = s_ml.Data.LoadFromEnumerable([new KeyRow { Value = "red" }, new KeyRow { Value = "violet" }, new KeyRow { Value = "green" }]);
        return s_ml.Transforms.Conversion.MapValueToKey([new InputOutputColumnPair("Label"), new InputOutputColumnPair("Key", "Label")], keyData: keys)
            .Fit(view).Transform(view);
    }

    private static SchemaShape ShapeOf(IDataView view)
    {
        // ML.NET makes shapes of schemas for its own assemblies only.
        var create = typeof(SchemaShape).GetMethod("Create", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        return (SchemaShape)create.Invoke(null, [view.Schema])!;
    }

    private sealed class KeyRow
    {
        public string Value { get; set; } = "";
    }

    private sealed class Counted
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [VectorType(3)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Wild
    {
        public string Label { get; set; } = "";

        public string Subject { get; set; } = "";

        public string Id { get; set; } = "";

        public float Amount { get; set; }

        [VectorType(3)]
        public float[] Features { get; set; } = [];

        public float[] Open { get; set; } = [];

        [VectorType(3)]
        public double[] Doubles { get; set; } = [];

        public static Wild Good(int i) => new()
        {
            Label = i % 2 == 0 ? "red" : "green",
            Subject = $"{Secret} {i}",
            Id = $"{i}",
            Amount = i % 10,
            Features = [i % 3, -i % 4, 0.5f],
            Open = [1],
            Doubles = [1, 2, 3],
        };
    }
}
