using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Support;

/// <summary>Generated data: three overlapping clouds, one for each category.</summary>
internal static class Rows
{
    /// <summary>The categories in the order of their keys (not sorted).</summary>
    public static readonly string[] Categories = ["red", "green", "blue"];

    /// <summary>A range that holds all features.</summary>
    public static readonly FeatureRange Range = FeatureRange.Within(4);

    /// <summary>Rows of persons with three records each.</summary>
    public static List<Row> Create(int count, int seed = 1)
    {
        var random = new Random(seed);
        var rows = new List<Row>(count);
        for (var i = 0; i < count; i++)
        {
            var category = random.Next(Categories.Length);
            var features = new float[Row.Dimension];
            for (var j = 0; j < features.Length; j++)
            {
                var noise = random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f;
                features[j] = (j % Categories.Length == category ? 0.8f : 0) + noise;
            }

            rows.Add(new Row
            {
                Person = $"person-{i / 3}",
                Name = $"record-{i}",
                Category = Categories[category],
                Flag = category == 2,
                Amount = MathF.Round(10 * (features[0] - features[1] + (0.3f * random.NextSingle()))) / 10,
                Features = features,
            });
        }

        return rows;
    }

    public static IDataView View(MLContext ml, IEnumerable<Row> rows) => ml.Data.LoadFromEnumerable(rows);

    /// <summary>Maps the category to a key whose values are declared in the given order.</summary>
    public static IEstimator<ITransformer> Key(MLContext ml, params string[] order)
        => Declare(ml, nameof(Row.Category), order.Length == 0 ? Categories : order);

    /// <summary>Maps a column to the key column "Label" with declared values.</summary>
    public static IEstimator<ITransformer> Declare(MLContext ml, string column, IEnumerable<string> values)
        => ml.Transforms.Conversion.MapValueToKey("Label", column, keyData: ml.Data.LoadFromEnumerable(values.Select(c => new KeyRow { Value = c })));

    /// <summary>A view with the key column "Label".</summary>
    public static IDataView Keyed(MLContext ml, IEnumerable<Row> rows, params string[] order)
    {
        var view = View(ml, rows);
        return Key(ml, order).Fit(view).Transform(view);
    }

    /// <summary>Options for <see cref="Row"/>s with small models.</summary>
    public static LegoNetMulticlassTrainer.Options Multiclass(TempFolder? folder = null, string name = "model") => new()
    {
        SubjectColumnName = nameof(Row.Person),
        IdColumnName = nameof(Row.Name),
        FeatureRange = Range,
        Adapters = 5,
        Active = 2,
        Adapter = AdapterOptions.Ridge(1000),
        Threads = 2,
        ModelPath = folder?[name],
        TagKeyPath = folder?["one.key"],
    };

    private sealed class KeyRow
    {
        public string Value { get; set; } = "";
    }
}
