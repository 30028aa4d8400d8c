using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Tests.Saving;

/// <summary>A host that serves a saved model with ML.NET alone. It uses no type of LegoNet, so none of its assemblies is loaded.</summary>
internal static class PlainHost
{
    /// <summary>Names the saved model.</summary>
    public const string ModelVariable = "LEGONET_TEST_HOST_MODEL";

    /// <summary>Names the file of rows: features, separated by spaces.</summary>
    public const string RowsVariable = "LEGONET_TEST_HOST_ROWS";

    /// <summary>
    /// Names the file that receives a line per row: predicted label, probability, scores; then one line per assembly of LegoNet that was loaded.
    /// </summary>
    public const string ResultVariable = "LEGONET_TEST_HOST_RESULT";

    public static int Run(string model, string rows, string result)
    {
        // The native libraries of this folder are found as those of the program are, by its dependencies file.
        var ml = new MLContext();
        var loaded = ml.Model.Load(model, out var schema);
        using var engine = ml.Model.CreatePredictionEngine<HostRow, HostPrediction>(loaded);
        using var writer = new StreamWriter(result);
        foreach (var line in File.ReadLines(rows))
        {
            var prediction = engine.Predict(new HostRow { Features = [.. line.Split(' ').Select(v => float.Parse(v, CultureInfo.InvariantCulture))] });
            writer.WriteLine(string.Join(' ', [prediction.PredictedLabel, Text(prediction.Probability), .. prediction.Score.Select(Text)]));
        }

        var names = AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetName().Name!);
        foreach (var assembly in names.Where(a => a.StartsWith("LegoNet", StringComparison.Ordinal) && !a.EndsWith(".Tests", StringComparison.Ordinal)))
        {
            writer.WriteLine(assembly);
        }

        return 0;
    }

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private sealed class HostRow
    {
        [VectorType(8)]
        public float[] Features { get; set; } = [];

        /// <summary>Asked for by the schema that the model was saved with.</summary>
        public string Category { get; set; } = "";
    }

    private sealed class HostPrediction
    {
        public uint PredictedLabel { get; set; }

        public float Probability { get; set; }

        public float[] Score { get; set; } = [];
    }
}
