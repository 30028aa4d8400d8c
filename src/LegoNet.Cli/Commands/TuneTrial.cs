using System.Text.Json.Nodes;
using LegoNet.Ensembles;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>One choice of `legonet tune`, and what came of it.</summary>
/// <param name="Adapter">The spec's "adapter", as JSON.</param>
/// <param name="Adapters">n.</param>
/// <param name="Active">k.</param>
/// <param name="Quality">Accuracy, micro F1 for sets of labels, or the negative of a regression's error: more is better.</param>
/// <param name="Calibration">The calibration error; null where the task has none.</param>
/// <param name="ForgetSeconds">Forecast of a forget of one record, in the model that was tried.</param>
internal sealed record TuneTrial(string Adapter, int Adapters, int Active, double Quality, double? Calibration, double ForgetSeconds)
{
    /// <summary>What the quality is called.</summary>
    public static string Measure(LearningTask task) => task switch
    {
        LearningTask.Regression => "rootMeanSquaredError",
        LearningTask.Multilabel => "microF1",
        _ => "accuracy",
    };

    /// <summary>What an evaluation says.</summary>
    public static (double Quality, double? Calibration) Read(Evaluation evaluation, LearningTask task) => task switch
    {
        LearningTask.Regression => (-evaluation.RootMeanSquaredError, null),
        LearningTask.Multilabel => (evaluation.MicroF1, null),
        _ => (evaluation.Accuracy, evaluation.CalibrationError),
    };

    /// <summary>The measure as it is shown and written: an error is positive.</summary>
    public double Measured(LearningTask task) => Math.Round(task == LearningTask.Regression ? -Quality : Quality, 6);

    /// <summary>The trainer and its options in a few words.</summary>
    public string Named
    {
        get
        {
            var adapter = JsonNode.Parse(Adapter)!.AsObject();
            return string.Join(' ', adapter.Select(m => m.Key == "trainer" ? (string)m.Value! : $"{(m.Key == "lambda" ? "λ" : m.Key)} {m.Value!.ToString()}"));
        }
    }

    /// <summary>The trial for --json.</summary>
    public JsonObject ToJson(LearningTask task, TuneTrial chosen) => new()
    {
        ["adapter"] = JsonNode.Parse(Adapter),
        ["adapters"] = Adapters,
        ["active"] = Active,
        [Measure(task)] = Measured(task),
        ["expectedCalibrationError"] = Calibration,
        ["forgetSeconds"] = Math.Round(ForgetSeconds, 4),
        ["chosen"] = this == chosen,
    };
}
