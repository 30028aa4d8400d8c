using System.Globalization;
using LegoNet.Cli.Tests.Support;
using LegoNet.Data;
using LegoNet.Data.Sources;
using LegoNet.Encoders;
using LegoNet.Pipelines;
using Microsoft.ML.OnnxRuntime;

namespace LegoNet.Cli.Tests;

/// <summary>`legonet export` against `legonet score`: the graph in ONNX Runtime and the native scorer give the same answers.</summary>
public sealed class ExportScoringTests(TrainedModels models)
{
    private const int Records = 400;

    [Theory]
    [InlineData("multiclass")]
    [InlineData("binary")]
    [InlineData("multilabel")]
    [InlineData("regression")]
    public void Export_OfVectorModel_AnswersAsScoreDoes(string task)
    {
        using var folder = new TempFolder();
        var model = Points.Train(folder, "model", Points.Draw(300, task), task);
        var test = Points.Draw(Records, task, seed: 2);
        Legonet.Run("export", model, "--out", folder["model.onnx"]).Succeeds();

        var native = Native(folder, model, folder.Write("test.csv", Points.Csv(test)));
        using var session = new InferenceSession(folder["model.onnx"]);
        using var input = OrtValue.CreateTensorValueFromMemory([.. test.SelectMany(p => p.Values)], [Records, Points.Dimension]);
        Compare(task, native, session, "encoding", input);
    }

    [Theory]
    [InlineData("multiclass", """{ "trainer": "auto" }""")]
    [InlineData("binary", """{ "trainer": "auto" }""")]
    [InlineData("multilabel", """{ "trainer": "auto" }""")]
    [InlineData("regression", """{ "trainer": "auto" }""")]
    [InlineData("multiclass", """{ "trainer": "softmax", "lambda": 0.01 }, "ensemble": "probabilities" """)]
    [InlineData("multilabel", """{ "trainer": "softmax", "lambda": 0.01 }, "ensemble": "probabilities" """)]
    public void Export_OfAdaptersThatChoose_AnswersAsScoreDoes(string task, string adapter)
    {
        using var folder = new TempFolder();
        var model = Points.Train(folder, "model", Points.Draw(300, task), task, adapter: adapter);
        var test = Points.Draw(Records, task, seed: 2);
        Legonet.Run("export", model, "--out", folder["model.onnx"]).Succeeds();

        var native = Native(folder, model, folder.Write("test.csv", Points.Csv(test)));
        using var session = new InferenceSession(folder["model.onnx"]);
        using var input = OrtValue.CreateTensorValueFromMemory([.. test.SelectMany(p => p.Values)], [Records, Points.Dimension]);
        Compare(task, native, session, "encoding", input);
    }

    [Theory]
    [InlineData("mlnet:lbfgs")]
    [InlineData("mlnet:fasttree")]
    public void Export_OfAdaptersByMLNet_AnswersAsScoreDoes(string trainer)
    {
        Assert.SkipUnless(MLNetBuild.Found, "This build has no ML.NET.");
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(200)));
        var spec = folder.Write("spec.json", Points.Spec().Replace(
            """{ "trainer": "ridge", "lambda": 1000 }""", $$"""{ "trainer": "{{trainer}}" }""", StringComparison.Ordinal));
        Legonet.Run("train", spec, "--out", folder["model"]).Succeeds();
        Legonet.Run("export", folder["model"], "--out", folder["model.onnx"]).Succeeds();

        var test = Points.Draw(Records, seed: 2);
        var native = Native(folder, folder["model"], folder.Write("test.csv", Points.Csv(test)));
        using var session = new InferenceSession(folder["model.onnx"]);
        using var input = OrtValue.CreateTensorValueFromMemory([.. test.SelectMany(p => p.Values)], [Records, Points.Dimension]);
        Compare("multiclass", native, session, "encoding", input);
    }

    [Fact]
    public void ExportAtFeatures_OfVectorModel_AnswersAsScoreDoes()
    {
        using var folder = new TempFolder();
        var path = Points.Train(folder, "model", Points.Draw(300, "multiclass"), "multiclass");
        var test = Points.Draw(Records, "multiclass", seed: 2);
        Assert.Equal("Features", (string)Legonet.Run("export", path, "--out", folder["model.onnx"], "--features", "--json").Succeeds().Json["input"]!);
        Legonet.Refuses(2, "export", path, "--out", folder["no.onnx"], "--features", "--with-encoder");

        var native = Native(folder, path, folder.Write("test.csv", Points.Csv(test)));
        using var model = LegoNetModel.Open(path);
        var code = new sbyte[Points.Dimension];
        var features = test.SelectMany(p =>
        {
            model.Calibration!.Quantise([.. p.Values], code);
            return Array.ConvertAll(code, c => c / 127f);
        }).ToArray();
        using var session = new InferenceSession(folder["model.onnx"]);
        using var input = OrtValue.CreateTensorValueFromMemory(features, [Records, Points.Dimension]);
        Compare("multiclass", native, session, "Features", input);
    }

    [Fact]
    public void Export_OfTextModel_AnswersFromCodesAsScoreDoes()
    {
        using var folder = new TempFolder();
        string[] words = ["ant", "bee", "cat", "dog", "eel", "fox"];
        var random = new Random(4);
        var lines = Enumerable.Range(0, Records)
            .Select(i => (
                Label: i % 3,
                Text: string.Join(' ', Enumerable.Range(0, 5).Select(_ => words[(random.Next(4) + (i % 3 * 2)) % 6]))))
            .ToArray();
        folder.Write("texts.csv", "id,label,text\n" + string.Concat(lines.Select((l, i) => $"t{i},c{l.Label},{l.Text}\n")));
        var spec = folder.Write("spec.json", """
            {
              "task": "multiclass", "classes": ["c0", "c1", "c2"],
              "source": { "type": "text", "path": "texts.csv", "id": "id", "label": "label" },
              "encoder": { "type": "hashing", "dimension": 64 },
              "routing": { "adapters": 7, "active": 2 },
              "adapter": { "trainer": "ridge", "lambda": 100 }
            }
            """);
        Legonet.Run("train", spec, "--out", folder["model"]).Succeeds();
        Assert.Equal("code", (string)Legonet.Run("export", folder["model"], "--out", folder["model.onnx"], "--json").Succeeds().Json["input"]!);
        Legonet.Refuses(3, "export", folder["model"], "--out", folder["with.onnx"], "--with-encoder");
        Assert.False(File.Exists(folder["with.onnx"]));

        var native = Native(folder, folder["model"], folder["texts.csv"]);
        using var model = LegoNetModel.Open(folder["model"]);
        using var setup = EncoderRegistry.Open(model);
        var source = SourcePath.Infer(folder["texts.csv"], setup.InputKind);
        var encoded = RecordEncoder.Encode(source, setup.Encoder, 1, cancellationToken: TestContext.Current.CancellationToken);
        sbyte[] codes = [.. encoded.SelectMany(r => r.Code)];
        using var session = new InferenceSession(folder["model.onnx"]);
        using var input = OrtValue.CreateTensorValueFromMemory(codes, [Records, 64]);
        Compare("multiclass", native, session, "code", input);
    }

    [Fact]
    public void ExportWithEncoder_OfImageModel_AnswersAsScoreDoesOnNearlyEveryImage()
    {
        const int Images = 2000;
        using var model = models.CopyImages();
        var source = TrainedModels.TestImageSource(Images);
        var spec = model.Folder.Write("test.json", $$"""{ "type": "generated", "split": "test", "records": {{Images}}, "subjects": 5, "seed": 9 }""");
        Legonet.Run("export", model.Path, "--out", model.Folder["model.onnx"], "--with-encoder").Succeeds();

        var native = Native(model.Folder, model.Path, spec);
        using var session = new InferenceSession(model.Folder["model.onnx"]);
        var pixels = new float[Images * 3 * 32 * 32];
        var at = 0;
        foreach (var record in source.Read(TestContext.Current.CancellationToken))
        {
            // From bytes [H, W, 3] to values from −1 to 1, [3, H, W].
            var rgb = ((PixelInput)record.Input).Pixels.ToArray();
            for (var c = 0; c < 3; c++)
            {
                for (var p = 0; p < 32 * 32; p++)
                {
                    pixels[at++] = (float)((rgb[(p * 3) + c] * 0.00784313725490196) - 1);
                }
            }
        }

        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [Images, 3, 32, 32]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, session.InputNames, [input], ["PredictedLabel"]);
        var labels = outputs[0].GetStringTensorAsArray();

        Assert.Equal(Images, native.Length);
        Assert.InRange(native.Zip(labels).Count(p => p.First[2] == p.Second), Images * 999 / 1000, Images);
    }

    [Fact]
    public void Export_BadInput_IsRefused()
    {
        using var model = models.CopyPoints();
        Assert.Contains("nowhere", model.Refuses(3, "export", model.Path, "--out", model.Folder["nowhere/model.onnx"]), StringComparison.Ordinal);
        Assert.Contains(model.Path, model.Refuses(3, "export", model.Path, "--out", model.Folder["model.onnx"], "--with-encoder"), StringComparison.Ordinal);
        Assert.Contains("nowhere", Legonet.Refuses(3, "export", model.Folder["nowhere"], "--out", model.Folder["model.onnx"]), StringComparison.Ordinal);
        using var images = models.CopyImages();
        var broken = images.Folder.Write("broken.onnx", "no");
        Assert.Contains(
            "broken.onnx",
            images.Refuses(3, "export", images.Path, "--out", images.Folder["m.onnx"], "--with-encoder", "--encoder", broken),
            StringComparison.Ordinal);
        Assert.False(File.Exists(images.Folder["m.onnx"]) || File.Exists(model.Folder["model.onnx"]));
    }

    private static string[][] Native(TempFolder folder, string model, string data)
    {
        Legonet.Run("score", model, "--data", data, "--out", folder["scores.csv"]).Succeeds();
        return [.. File.ReadAllLines(folder["scores.csv"])[1..].Select(l => l.Split(','))];
    }

    private static void Compare(string task, string[][] native, InferenceSession session, string inputName, OrtValue input)
    {
        Assert.Equal(Records, native.Length);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [inputName], [input], session.OutputNames);
        var named = session.OutputNames.Zip(outputs).ToDictionary(p => p.First, p => p.Second);
        switch (task)
        {
            case "regression":
                var predictions = named["Prediction"].GetTensorDataAsSpan<float>().ToArray();
                Assert.All(native.Zip(predictions), p => Assert.Equal(double.Parse(p.First[2], CultureInfo.InvariantCulture), p.Second, 1e-4));
                Assert.True(predictions.Distinct().Count() > Records / 2);
                break;
            case "multilabel":
                var flags = named["PredictedLabels"].GetTensorDataAsSpan<bool>().ToArray();
                Assert.Equal(native.Select(l => l[2]), flags.Chunk(Points.Classes.Length).Select(f => string.Join('|', Points.Classes.Where((_, c) => f[c]))));
                Assert.Contains(native, l => l[2].Contains('|', StringComparison.Ordinal));
                break;
            default:
                Assert.Equal(native.Select(l => l[2]), named["PredictedLabel"].GetStringTensorAsArray());
                Assert.True(native.Select(l => l[2]).Distinct().Count() > 1);
                break;
        }
    }
}
