using Microsoft.ML;
using Microsoft.ML.Data;

namespace Examples.After;

/// <summary>Whether a customer renews: the half of the model that programs use, in the shape in which Model Builder writes it.</summary>
public static partial class RenewalModel
{
    private static readonly string s_modelPath = Path.GetFullPath("RenewalModel.mlnet");

    /// <summary>The engine that <see cref="Predict"/> uses, for one thread at a time.</summary>
    public static readonly Lazy<PredictionEngine<ModelInput, ModelOutput>> PredictEngine = new(() => CreatePredictEngine(s_modelPath), true);

    /// <summary>A row to score.</summary>
    public class ModelInput
    {
        [LoadColumn(0)]
        [ColumnName("id")]
        public string Id { get; set; } = "";

        [LoadColumn(1)]
        [ColumnName("customer")]
        public string Customer { get; set; } = "";

        [LoadColumn(2)]
        [ColumnName("plan")]
        public string Plan { get; set; } = "";

        [LoadColumn(3)]
        [ColumnName("region")]
        public string Region { get; set; } = "";

        [LoadColumn(4)]
        [ColumnName("months")]
        public float Months { get; set; }

        [LoadColumn(5)]
        [ColumnName("spend")]
        public float Spend { get; set; }

        [LoadColumn(6)]
        [ColumnName("autopay")]
        public bool Autopay { get; set; }

        [LoadColumn(7)]
        [ColumnName("message")]
        public string Message { get; set; } = "";

        [LoadColumn(8)]
        [ColumnName("outcome")]
        public string Outcome { get; set; } = "";
    }

    /// <summary>What is predicted of a row.</summary>
    public class ModelOutput
    {
        [ColumnName("PredictedLabel")]
        public string PredictedLabel { get; set; } = "";

        [ColumnName("Score")]
        public float[] Score { get; set; } = [];
    }

    /// <summary>Scores one row.</summary>
    public static ModelOutput Predict(ModelInput input) => PredictEngine.Value.Predict(input);

    /// <summary>Loads the saved model.</summary>
    public static PredictionEngine<ModelInput, ModelOutput> CreatePredictEngine(string modelPath)
    {
        var mlContext = new MLContext();
        var mlModel = mlContext.Model.Load(modelPath, out _);
        return mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(mlModel);
    }
}
