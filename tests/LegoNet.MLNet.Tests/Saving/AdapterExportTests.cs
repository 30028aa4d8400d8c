using LegoNet.Ensembles;
using LegoNet.MLNet.Tests.Adapters;
using LegoNet.MLNet.Tests.Support;
using LegoNet.Onnx;
using LegoNet.Onnx.Export;
using LegoNet.Specs;
using Microsoft.ML.OnnxRuntime;

namespace LegoNet.MLNet.Tests.Saving;

public sealed class AdapterExportTests : IDisposable
{
    private const int Rows = 400;

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(TrainerCases.All), MemberType = typeof(TrainerCases))]
    public void Write_AdaptersByMlNet_ScoresAsTheModel(string adapter, LearningTask task)
    {
        // Few records: some adapters have one class only, and are constants.
        var definition = PointModels.Definition(adapter, task);
        using var model = LegoNetModel.Train(_folder["model"], definition, PointModels.Records(definition, 60), cancellationToken: Cancelled);
        sbyte[] codes = [.. PointModels.Records(definition, Rows, 500).SelectMany(r => r.Code.ToArray())];
        var expected = new double[Rows * model.Scorer.Outputs];
        model.Scorer.Score(codes, expected);

        ModelExport.Write(model, _folder["model.onnx"], new OnnxExportOptions { Input = OnnxInput.Features });

        using var options = OrtRuntimeOptions();
        using var session = new InferenceSession(_folder["model.onnx"], options);
        using var input = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(codes, c => c / 127f), [Rows, PointModels.Dimension]);
        using var run = new RunOptions();
        string[] outputs = task is LearningTask.Multiclass or LearningTask.Binary ? ["ScoreDouble", "PredictedIndex"] : ["ScoreDouble"];
        using var values = session.Run(run, ["Features"], [input], outputs);
        var actual = values[0].GetTensorDataAsSpan<double>().ToArray();
        Assert.Equal(expected.Length, actual.Length);
        Assert.True(expected.Distinct().Count() > 10, "The model tells points apart.");
        var trees = adapter.Contains("fast", StringComparison.Ordinal);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(!trees || expected[i] == actual[i], "Trees score the same to the last bit.");
            Assert.Equal(expected[i], actual[i], 1e-11 * Math.Max(1, Math.Abs(expected[i])));
        }

        for (var row = 0; row < Rows && outputs.Length == 2; row++)
        {
            var prediction = model.Scorer.Predict(codes.AsSpan(row * PointModels.Dimension, PointModels.Dimension));
            Assert.Equal(prediction.Index, values[1].GetTensorDataAsSpan<long>()[row]);
        }
    }

    private static SessionOptions OrtRuntimeOptions()
        => new() { IntraOpNumThreads = 2, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
}
