using LegoNet.Adapters;
using LegoNet.Calibration;
using LegoNet.Onnx.Export;
using LegoNet.Onnx.Runtime;
using LegoNet.Onnx.Treatments;
using LegoNet.Specs;
using Microsoft.ML.OnnxRuntime;

namespace LegoNet.Onnx.Tests.Export;

public class OnnxExporterTests
{
    public enum Kind
    {
        Linear,
        Trees,
        Mixed,
        Constant,
    }

    [Theory]
    [InlineData(LearningTask.Multiclass, 5, 0, Kind.Linear)]
    [InlineData(LearningTask.Multiclass, 3, 7, Kind.Linear)]
    [InlineData(LearningTask.Multiclass, 4, 16, Kind.Linear)]
    [InlineData(LearningTask.Binary, 2, 3, Kind.Linear)]
    [InlineData(LearningTask.Multilabel, 6, 5, Kind.Linear)]
    [InlineData(LearningTask.Regression, 1, 5, Kind.Linear)]
    [InlineData(LearningTask.Multiclass, 5, 0, Kind.Trees)]
    [InlineData(LearningTask.Multiclass, 3, 7, Kind.Trees)]
    [InlineData(LearningTask.Binary, 2, 3, Kind.Trees)]
    [InlineData(LearningTask.Multilabel, 6, 5, Kind.Trees)]
    [InlineData(LearningTask.Regression, 1, 5, Kind.Trees)]
    [InlineData(LearningTask.Multiclass, 4, 6, Kind.Mixed)]
    [InlineData(LearningTask.Regression, 1, 5, Kind.Mixed)]
    [InlineData(LearningTask.Multiclass, 4, 6, Kind.Constant)]
    public void Export_FromCodes_ScoresAsThePlainScorer(LearningTask task, int classes, int empty, Kind kind)
    {
        var scorer = Scorer(task, classes, empty, d: 24, n: 16, k: 3, seed: classes + empty, kind: kind);
        var codes = Codes(3000, 24, seed: 5);

        // Duplicated keys and codes of few distinct values: similarities tie all the time.
        var outputs = Run(scorer, codes, null);

        Compare(scorer, codes, outputs);
    }

    [Theory]
    [InlineData(LearningTask.Multiclass, 5, 0, 3, Kind.Linear)]
    [InlineData(LearningTask.Multiclass, 5, 7, 1, Kind.Linear)]
    [InlineData(LearningTask.Multiclass, 4, 16, 3, Kind.Linear)]
    [InlineData(LearningTask.Binary, 2, 7, 3, Kind.Linear)]
    [InlineData(LearningTask.Multilabel, 6, 5, 3, Kind.Linear)]
    [InlineData(LearningTask.Multilabel, 1, 5, 1, Kind.Linear)]
    [InlineData(LearningTask.Multiclass, 3, 7, 4, Kind.Trees)]
    [InlineData(LearningTask.Binary, 2, 3, 1, Kind.Trees)]
    [InlineData(LearningTask.Multilabel, 6, 5, 3, Kind.Trees)]
    [InlineData(LearningTask.Multiclass, 4, 6, 3, Kind.Mixed)]
    [InlineData(LearningTask.Multilabel, 4, 6, 4, Kind.Mixed)]
    [InlineData(LearningTask.Multiclass, 4, 6, 3, Kind.Constant)]
    [InlineData(LearningTask.Multilabel, 4, 6, 3, Kind.Constant)]
    public void Export_WithAnotherRule_ScoresAsThePlainScorer(LearningTask task, int classes, int empty, int k, Kind kind)
    {
        foreach (var ensemble in (EnsembleRule[])[EnsembleRule.Agreement, EnsembleRule.Probabilities])
        {
            var scorer = Scorer(task, classes, empty, d: 24, n: 16, k: k, seed: classes + empty, kind: kind, ensemble: ensemble);
            var codes = Codes(1000, 24, seed: 6);
            Compare(scorer, codes, Run(scorer, codes, null));
        }
    }

    [Theory]
    [InlineData(LearningTask.Multiclass)]
    [InlineData(LearningTask.Multilabel)]
    public void Export_OfVoicesWithoutAnOpinion_SaysNothingEither(LearningTask task)
    {
        // All weights 0: agreement would divide 0 by 0.
        foreach (var ensemble in Enum.GetValues<EnsembleRule>())
        {
            var scorer = new OnnxScorer
            {
                Task = task,
                CodeDimension = 4,
                RouteLength = 1,
                Keys = [1, 0, 0, 0],
                Adapters = [new LinearAdapter([0, 0, 0, 0, 0.5f / 127, 0, 0, 0, 0, 0.5f / 127], 2)],
                Prior = [1, 2],
                Classes = ["a", "b"],
                Ensemble = ensemble,
            };
            Compare(scorer, new sbyte[8], Run(scorer, new sbyte[8], null));
        }
    }

    [Fact]
    public void Export_OfVoicesThatAreCertainOfALabel_KeepsHowCertain()
    {
        // Logits of 60 and 40: as float64, both probabilities are 1.
        var scorer = new OnnxScorer
        {
            Task = LearningTask.Multilabel,
            CodeDimension = 1,
            RouteLength = 2,
            Keys = [1, 1],
            Adapters = [new LinearAdapter([0, 60.5f / 127], 1), new LinearAdapter([0, 40.5f / 127], 1)],
            Prior = [0],
            Classes = ["a"],
            Ensemble = EnsembleRule.Probabilities,
        };
        Assert.Equal(40.5 + Math.Log(2), Run(scorer, new sbyte[1], null).Scores[0], 1e-5);
    }

    [Theory]
    [InlineData(LearningTask.Multiclass, 5, Kind.Linear)]
    [InlineData(LearningTask.Binary, 2, Kind.Trees)]
    [InlineData(LearningTask.Regression, 1, Kind.Trees)]
    public void Export_FromFeatures_ScoresAsFromCodes(LearningTask task, int classes, Kind kind)
    {
        using var folder = new TempFolder();
        var calibration = new CodeCalibration(new double[24], [.. Enumerable.Repeat(1.0, 24)]);
        var scorer = Scorer(task, classes, 5, d: 24, n: 16, k: 3, seed: classes, calibration, kind: kind);
        var codes = Codes(500, 24, seed: 2);
        var export = new OnnxExportOptions { Input = OnnxInput.Features, InputName = "my.features", OutputPrefix = "out:" };
        OnnxExporter.Export(scorer, folder["model.onnx"], export);
        using var options = OrtRuntime.Options();
        using var session = new InferenceSession(folder["model.onnx"], options);
        Assert.Equal(["my.features"], session.InputNames);

        // The last two rows lie beyond what a code can be, and count as the nearest code.
        var features = Array.ConvertAll(codes, code => code / 127f);
        features.AsSpan(498 * 24, 24).Fill(1.3f);
        features.AsSpan(499 * 24, 24).Fill(-7);
        codes.AsSpan(498 * 24, 24).Fill(127);
        codes.AsSpan(499 * 24, 24).Fill(-127);
        using var input = OrtValue.CreateTensorValueFromMemory(features, [500, 24]);

        Compare(scorer, codes, Read(session, "my.features", input, task, "out:"));
    }

    [Theory]
    [InlineData(LearningTask.Multiclass, 5, Kind.Linear)]
    [InlineData(LearningTask.Multiclass, 5, Kind.Trees)]
    [InlineData(LearningTask.Binary, 2, Kind.Linear)]
    [InlineData(LearningTask.Regression, 1, Kind.Mixed)]
    public void Export_ByRows_GivesWhatTheBatchGives(LearningTask task, int classes, Kind kind)
    {
        using var folder = new TempFolder();
        var scorer = Scorer(task, classes, 5, d: 24, n: 16, k: 3, seed: classes, kind: kind);
        var codes = Codes(200, 24, seed: 3);

        // Slot 1 stands for no declared class.
        int[] classOfSlot = task == LearningTask.Multiclass ? [3, -1, 0, 4, 2, 1] : [];
        string[] names = [.. classOfSlot.Select(c => $"slot of {c}")];
        var export = new OnnxExportOptions { Input = OnnxInput.Features, OutputPrefix = "p/", Rows = new OnnxRowOutputs(classOfSlot, names) };
        OnnxExporter.Export(scorer, folder["model.onnx"], export);
        using var options = OrtRuntime.Options();
        using var session = new InferenceSession(folder["model.onnx"], options);
        var whole = Run(scorer, codes, null);

        for (var r = 0; r < 200; r++)
        {
            using var input = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(codes[(r * 24)..((r + 1) * 24)], code => code / 127f), [1, 24]);
            using var run = new RunOptions();
            using var values = session.Run(run, ["Features"], [input], session.OutputNames);
            var byName = session.OutputNames.Zip(values).ToDictionary(p => p.First, p => p.Second.GetTensorDataAsSpan<float>().ToArray());
            switch (task)
            {
                case LearningTask.Multiclass:
                    var chosen = (int)whole.Index[r];
                    Assert.Equal([.. classOfSlot.Select(c => c < 0 ? 0f : whole.Second[(r * classes) + c])], byName["p/Score"]);
                    Assert.Equal([Array.IndexOf(classOfSlot, chosen), whole.Second[(r * classes) + chosen]], byName["p/Choice"]);
                    break;
                case LearningTask.Binary:
                    Assert.Equal([(float)(whole.Scores[(2 * r) + 1] - whole.Scores[2 * r])], byName["p/Margin"]);
                    break;
                default:
                    Assert.Equal([whole.Second[r]], byName["p/Value"]);
                    break;
            }
        }
    }

    [Fact]
    public void Export_ByRowsOfAMultilabelModel_IsRefused()
    {
        using var folder = new TempFolder();
        var scorer = Scorer(LearningTask.Multilabel, 3, 0, d: 4, n: 2, k: 1, seed: 1);
        Assert.Throws<ArgumentException>(() => OnnxExporter.Export(scorer, folder["model.onnx"], new OnnxExportOptions { Rows = OnnxRowOutputs.WithoutSlots }));
    }

    [Fact]
    public void Export_WithTheInputCalledLikeAnOutput_IsRefused()
    {
        using var folder = new TempFolder();
        var scorer = Scorer(LearningTask.Binary, 2, 0, d: 4, n: 2, k: 1, seed: 1);
        var e = Assert.Throws<LegoNetException>(() => OnnxExporter.Export(scorer, folder["model.onnx"], new OnnxExportOptions { InputName = "Score" }));
        Assert.Contains("\"Score\"", e.Message, StringComparison.Ordinal);
        OnnxExporter.Export(scorer, folder["model.onnx"], new OnnxExportOptions { InputName = "Score", OutputPrefix = "my" });
    }

    [Fact]
    public void Export_OfTreesTiedBetweenClasses_PredictsTheLowerClass()
    {
        // Classes 1 and 2 have the same trees, so many that the runtime splits them among its threads, at another place for each class.
        var random = new Random(4);
        AdapterTree[] trees = [.. Enumerable.Range(0, 300).Select(_ => RandomTrees.Tree(random, 0, 5, 4))];
        var ofClasses = Enumerable.Range(0, 3).SelectMany(
            c => trees.Take(c == 0 ? 100 : 300).Select(t => AdapterTree.Create(c, t.Features, t.Thresholds, t.Left, t.Right, t.Leaves)));
        var adapter = new TreeAdapter([-100, 0.1, 0.1], [.. ofClasses]);
        var scorer = new OnnxScorer
        {
            Task = LearningTask.Multiclass,
            CodeDimension = 4,
            RouteLength = 1,
            Keys = [1, 0, 0, 0],
            Adapters = [adapter],
            Prior = [0, 0, 0],
            Classes = ["a", "b", "c"],
        };

        using var folder = new TempFolder();
        OnnxExporter.Export(scorer, folder["model.onnx"]);
        using var options = OrtRuntime.Options(threads: 4);
        using var session = new InferenceSession(folder["model.onnx"], options);
        for (var i = 0; i < 50; i++)
        {
            using var input = OrtValue.CreateTensorValueFromMemory(Codes(3, 4, i).AsSpan(4, 4).ToArray(), [1, 4]);
            Assert.Equal([1L], Read(session, "code", input, scorer.Task).Index);
        }
    }

    [Fact]
    public void Export_OfTreesPastTwoGibibytes_IsRefusedBeforeWriting()
    {
        using var folder = new TempFolder();
        var random = new Random(1);

        // 30,000 adapters share one here; the graph would hold each: 30,000 · 60 · 60 nodes.
        var adapter = new TreeAdapter([0], [.. Enumerable.Range(0, 60).Select(_ => RandomTrees.Tree(random, 0, 60, 4))]);
        var scorer = new OnnxScorer
        {
            Task = LearningTask.Regression,
            CodeDimension = 4,
            RouteLength = 1,
            Keys = new short[30_000 * 4],
            Adapters = [.. Enumerable.Repeat(adapter, 30_000)],
            Prior = [0],
            Target = new RegressionTarget(0, 1, 0.5),
        };

        var e = Assert.Throws<LegoNetException>(() => OnnxExporter.Export(scorer, folder["big.onnx"]));

        Assert.Contains("2048 MiB", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Export_OfTreesThatLookBeyondTheCode_IsRefused()
    {
        using var folder = new TempFolder();
        var good = Scorer(LearningTask.Regression, 1, 0, 4, 2, 1, seed: 1);
        var tree = AdapterTree.Create(0, [4], [0], [-1], [-2], [1, 2]);
        var scorer = new OnnxScorer
        {
            Task = good.Task,
            CodeDimension = 4,
            RouteLength = 1,
            Keys = good.Keys,
            Adapters = [new TreeAdapter([0], [tree]), null],
            Prior = good.Prior,
            Target = good.Target,
        };

        Assert.Throws<ArgumentException>(() => OnnxExporter.Export(scorer, folder["model.onnx"]));
    }

    [Fact]
    public void Export_WithTiedScores_PredictsTheLowerClass()
    {
        var adapter = new float[3 * 5];
        adapter[(1 * 5) + 4] = 1;
        adapter[(2 * 5) + 4] = 1;
        var scorer = new OnnxScorer
        {
            Task = LearningTask.Multiclass,
            CodeDimension = 4,
            RouteLength = 1,
            Keys = [1, 0, 0, 0],
            Adapters = [new LinearAdapter(adapter, 3)],
            Prior = [0, 0, 0],
            Classes = ["a", "b", "c"],
        };

        var outputs = Run(scorer, new sbyte[8], null);

        Assert.Equal([1L, 1L], outputs.Index);
        Assert.Equal(["b", "b"], outputs.Labels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Export_FromEncodings_QuantisesAsTheCalibration(bool projected)
    {
        const int D = 20, d = 12;
        var random = new Random(3);
        var to = projected ? d : D;
        double[] mean = [.. Enumerable.Range(0, D).Select(_ => random.NextDouble() - 0.5)];
        double[] sigma = [.. Enumerable.Range(0, to).Select(j => j == 2 ? 0 : 0.25 + random.NextDouble())];
        float[] projection = projected ? [.. Enumerable.Range(0, D * d).Select(_ => (float)(random.NextDouble() - 0.5))] : [];
        var calibration = new CodeCalibration(mean, sigma, projection);
        var scorer = Scorer(LearningTask.Multiclass, 4, 2, to, 8, 2, seed: 9, calibration);
        const int Rows = 2000;
        var encodings = new float[Rows * D];
        for (var i = 0; i < encodings.Length; i++)
        {
            encodings[i] = (float)((random.NextDouble() - 0.5) * 12);
        }

        var outputs = Run(scorer, null, encodings);

        var codes = new sbyte[Rows * to];
        for (var i = 0; i < Rows; i++)
        {
            calibration.Quantise(encodings.AsSpan(i * D, D), codes.AsSpan(i * to, to));
        }

        Compare(scorer, codes, outputs);
    }

    [Fact]
    public void Export_FromEncodingsOnTheHalves_RoundsHalvesToEven()
    {
        // Step 1 per unit and mean 0: encodings j + ½ lie exactly between two codes.
        var calibration = new CodeCalibration(new double[4], [31.75, 31.75, 31.75, 31.75]);
        float[] encodings = [0.5f, 1.5f, -0.5f, -2.5f, 126.5f, 127.5f, 900f, -900f];
        var scorer = new OnnxScorer
        {
            Task = LearningTask.Multilabel,
            CodeDimension = 4,
            RouteLength = 1,
            Keys = [0, 0, 0, 0],
            Adapters = [new LinearAdapter([1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0], 4)],
            Prior = new double[4],
            Classes = ["a", "b", "c", "d"],
            Calibration = calibration,
        };

        var outputs = Run(scorer, null, encodings);

        Assert.Equal([0, 2, 0, -2, 126, 127, 127, -127], outputs.Scores);
    }

    [Theory]
    [InlineData(11, false, EnsembleRule.Scores)]
    [InlineData(11, false, EnsembleRule.Agreement)]
    [InlineData(11, false, EnsembleRule.Probabilities)]
    [InlineData(13, true, EnsembleRule.Probabilities)]
    [InlineData(15, false, EnsembleRule.Scores)]
    [InlineData(17, true, EnsembleRule.Agreement)]
    [InlineData(18, false, EnsembleRule.Scores)]
    [InlineData(21, true, EnsembleRule.Scores)]
    [InlineData(21, true, EnsembleRule.Agreement)]
    [InlineData(21, true, EnsembleRule.Probabilities)]
    public void Export_WithEncoder_ScoresAsEncoderThenScorer(long opset, bool rank4, EnsembleRule ensemble)
    {
        using var folder = new TempFolder();
        var encoder = folder.Write("encoder.onnx", TinyEncoders.Image(opset, rank4));
        var calibration = new CodeCalibration(new double[6], [0.2, 0.2, 0.2, 0.2, 0.2, 0.2]);
        var scorer = Scorer(LearningTask.Multiclass, 3, 1, 6, 8, 2, seed: 4, calibration, new ImageTreatment(4, 4, true, [1], [0]), ensemble: ensemble);
        OnnxExporter.Export(scorer, folder["model.onnx"], new OnnxExportOptions { EncoderPath = encoder });

        const int Rows = 500;
        var random = new Random(1);
        var pixels = new float[Rows * 48];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (float)((random.NextDouble() * 2) - 1);
        }

        using var options = OrtRuntime.Options();
        using var plain = new InferenceSession(encoder, options);
        using var whole = new InferenceSession(folder["model.onnx"], options);
        Assert.Equal([-1, 3, 4, 4], whole.InputMetadata["pixels"].Dimensions);
        Assert.Equal(["batch", "", "", ""], whole.InputMetadata["pixels"].SymbolicDimensions);
        Assert.Equal("batch", whole.OutputMetadata["Score"].SymbolicDimensions[0]);
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [Rows, 3, 4, 4]);
        using var run = new RunOptions();
        using var encodings = plain.Run(run, ["pixels"], [input], ["features"]);
        var codes = new sbyte[Rows * 6];
        for (var i = 0; i < Rows; i++)
        {
            calibration.Quantise(encodings[0].GetTensorDataAsSpan<float>().Slice(i * 6, 6), codes.AsSpan(i * 6, 6));
        }

        Compare(scorer, codes, Read(whole, "pixels", input, scorer.Task));
    }

    [Fact]
    public void Export_WithMobileNetInside_PredictsAsEncoderThenScorer()
    {
        using var folder = new TempFolder();
        var treatment = new ImageTreatment(64, 64, linear: true, [1 / 127.5], [-1]);
        var records = RealImages.Cifar(48);
        double[] sigma = [.. Enumerable.Repeat(0.6, 1024)];
        var scorer = Scorer(LearningTask.Multiclass, 10, 3, 1024, 32, 4, seed: 8, new CodeCalibration(sigma, sigma), treatment);
        OnnxExporter.Export(scorer, folder["model.onnx"], new OnnxExportOptions { EncoderPath = RealImages.MobileNet });
        using var encoder = new OnnxEncoder(RealImages.MobileNet, treatment, 16, "cpu");
        using var codes = new OnnxCodeEncoder(encoder, scorer.Calibration!, "test");
        using var reader = new ImageReader(treatment);
        using var options = OrtRuntime.Options();
        using var session = new InferenceSession(folder["model.onnx"], options);

        var expected = new sbyte[48 * 1024];
        var tensor = new float[48 * 3 * 64 * 64];
        for (var i = 0; i < 48; i++)
        {
            codes.Encode([records[i]], expected.AsSpan(i * 1024, 1024));
            reader.Read(records[i], tensor.AsSpan(i * 3 * 64 * 64, 3 * 64 * 64));
        }

        using var input = OrtValue.CreateTensorValueFromMemory(tensor, [48, 3, 64, 64]);
        Compare(scorer, expected, Read(session, session.InputNames.Single(), input, scorer.Task));
    }

    [Fact]
    public void Export_Twice_GivesTheSameBytes()
    {
        using var folder = new TempFolder();
        var scorer = Scorer(LearningTask.Multiclass, 5, 2, 24, 16, 3, seed: 1);

        OnnxExporter.Export(scorer, folder["a.onnx"]);
        OnnxExporter.Export(scorer, folder["b.onnx"]);

        Assert.Equal(File.ReadAllBytes(folder["a.onnx"]), File.ReadAllBytes(folder["b.onnx"]));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void Export_WithOldOpset_SaysWhatIsNeeded()
    {
        using var folder = new TempFolder();
        var message = Refused(folder, TinyEncoders.Image(opset: 9));
        Assert.Contains("opset 9", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_WithTensorNameTaken_NamesIt()
    {
        using var folder = new TempFolder();
        Assert.Contains("\"Score\"", Refused(folder, TinyEncoders.Image(outputName: "Score")), StringComparison.Ordinal);
    }

    [Fact]
    public void Export_WithAnotherEncoder_IsRefused()
    {
        using var folder = new TempFolder();
        Assert.Contains("another encoder", Refused(folder, TinyEncoders.Image(), sha256: new string('0', 64)), StringComparison.Ordinal);
    }

    [Fact]
    public void Export_WithEncodingsOfAnotherLength_IsRefused()
    {
        using var folder = new TempFolder();
        Assert.Contains("length 5", Refused(folder, TinyEncoders.Vector(4, 5)), StringComparison.Ordinal);
    }

    [Fact]
    public void Export_WithFileThatIsNoModel_IsRefused()
    {
        using var folder = new TempFolder();
        Assert.Contains("not an ONNX model", Refused(folder, "not a model at all"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Export_ToAFolderThatIsMissing_IsBadInput()
    {
        using var folder = new TempFolder();
        var e = Assert.Throws<LegoNetException>(() => OnnxExporter.Export(Scorer(LearningTask.Binary, 2, 0, 4, 2, 1, seed: 1), folder["no/where.onnx"]));
        Assert.Equal(LegoNetError.BadInput, e.Error);
    }

    [Fact]
    public void Export_PastTwoGibibytes_IsRefusedBeforeWriting()
    {
        using var folder = new TempFolder();

        // 300 adapters share one array here; the graph would hold each: 300 · 1000 · 2001 float32.
        var adapter = new LinearAdapter(new float[1000 * 2001], 1000);
        var scorer = new OnnxScorer
        {
            Task = LearningTask.Multilabel,
            CodeDimension = 2000,
            RouteLength = 1,
            Keys = new short[300 * 2000],
            Adapters = [.. Enumerable.Repeat(adapter, 300)],
            Prior = new double[1000],
            Classes = [.. Enumerable.Range(0, 1000).Select(c => $"c{c}")],
        };

        var e = Assert.Throws<LegoNetException>(() => OnnxExporter.Export(scorer, folder["big.onnx"]));

        Assert.Contains("2048 MiB", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static string Refused(TempFolder folder, byte[] encoder, string? sha256 = null)
    {
        var calibration = new CodeCalibration(new double[6], [1, 1, 1, 1, 1, 1]);
        var good = Scorer(LearningTask.Binary, 2, 0, 6, 2, 1, seed: 1, calibration);
        var scorer = new OnnxScorer
        {
            Task = good.Task,
            CodeDimension = good.CodeDimension,
            RouteLength = good.RouteLength,
            Keys = good.Keys,
            Adapters = good.Adapters,
            Prior = good.Prior,
            Classes = good.Classes,
            Calibration = calibration,
            EncoderSha256 = sha256,
        };
        var path = folder.Write("encoder.onnx", encoder);
        var e = Assert.Throws<LegoNetException>(() => OnnxExporter.Export(scorer, folder["model.onnx"], new OnnxExportOptions { EncoderPath = path }));
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        return e.Message;
    }

    private static OnnxScorer Scorer(
        LearningTask task,
        int classes,
        int empty,
        int d,
        int n,
        int k,
        int seed,
        CodeCalibration? calibration = null,
        InputTreatment? treatment = null,
        Kind kind = Kind.Linear,
        EnsembleRule ensemble = EnsembleRule.Scores)
    {
        var random = new Random(seed);
        var keys = new short[n * d];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (short)random.Next(-32767, 32768);
        }

        // The last key repeats the first, so their similarities tie for every code.
        keys.AsSpan(0, d).CopyTo(keys.AsSpan((n - 1) * d));
        var adapters = new IAdapter?[n];
        for (var a = 0; a < n; a++)
        {
            adapters[a] = kind switch
            {
                Kind.Linear => Linear(),
                Kind.Mixed when a % 2 == 0 => Linear(),
                Kind.Constant => RandomTrees.Adapter(random, classes, 0, d),
                _ => RandomTrees.Adapter(random, classes, 12, d),
            };
        }

        LinearAdapter Linear() => new([.. Enumerable.Range(0, classes * (d + 1)).Select(_ => (float)((random.NextDouble() - 0.5) / 64))], classes);

        for (var e = 0; e < empty; e++)
        {
            adapters[(e * 5) % n] = null;
        }

        for (var a = 0; a < n && empty == n; a++)
        {
            adapters[a] = null;
        }

        return new OnnxScorer
        {
            Task = task,
            CodeDimension = d,
            RouteLength = k,
            Keys = keys,
            Adapters = adapters,
            Prior = [.. Enumerable.Range(0, classes).Select(c => (0.25 * c) + 0.125)],
            Classes = task == LearningTask.Regression ? [] : [.. Enumerable.Range(0, classes).Select(c => $"class {c}")],
            Target = task == LearningTask.Regression ? new RegressionTarget(10, 50, 0.5) : null,
            Temperature = 0.3,
            Ensemble = ensemble,
            Calibration = calibration,
            Treatment = treatment,
        };
    }

    private static sbyte[] Codes(int rows, int d, int seed)
    {
        var random = new Random(seed);
        var codes = new sbyte[rows * d];
        for (var i = 0; i < codes.Length; i++)
        {
            // Every third row has entries −1, 0, 1 only, and one row is all zeros: all similarities tie.
            codes[i] = (i / d) == 7 ? (sbyte)0 : (i / d) % 3 == 0 ? (sbyte)random.Next(-1, 2) : (sbyte)random.Next(-127, 128);
        }

        return codes;
    }

    private static Result Run(OnnxScorer scorer, sbyte[]? codes, float[]? encodings)
    {
        using var folder = new TempFolder();
        OnnxExporter.Export(scorer, folder["model.onnx"]);
        using var options = OrtRuntime.Options();
        using var session = new InferenceSession(folder["model.onnx"], options);
        using var input = codes is not null
            ? OrtValue.CreateTensorValueFromMemory(codes, [codes.Length / scorer.CodeDimension, scorer.CodeDimension])
            : OrtValue.CreateTensorValueFromMemory(
                encodings!,
                [encodings!.Length / scorer.Calibration!.EncodingDimension, scorer.Calibration.EncodingDimension]);
        return Read(session, codes is not null ? "code" : "encoding", input, scorer.Task);
    }

    private static Result Read(InferenceSession session, string inputName, OrtValue input, LearningTask task, string prefix = "")
    {
        using var run = new RunOptions();
        using var values = session.Run(run, [inputName], [input], session.OutputNames);
        var byName = session.OutputNames.Zip(values).ToDictionary(p => p.First[prefix.Length..], p => p.Second);
        return new Result(
            byName["ScoreDouble"].GetTensorDataAsSpan<double>().ToArray(),
            byName["Score"].GetTensorDataAsSpan<float>().ToArray(),
            byName[task == LearningTask.Regression ? "Prediction" : "Probability"].GetTensorDataAsSpan<float>().ToArray(),
            task is LearningTask.Multiclass or LearningTask.Binary ? byName["PredictedIndex"].GetTensorDataAsSpan<long>().ToArray() : [],
            task is LearningTask.Multiclass or LearningTask.Binary ? byName["PredictedLabel"].GetStringTensorAsArray() : [],
            task == LearningTask.Multilabel ? byName["PredictedLabels"].GetTensorDataAsSpan<bool>().ToArray() : []);
    }

    /// <summary>The ensemble's rule in the plainest words.</summary>
    private static double[] Combine(OnnxScorer scorer, double[][] voices)
    {
        var labels = scorer.Task == LearningTask.Multilabel;
        double[] Mean(IEnumerable<double[]> rows)
            => [.. Enumerable.Range(0, scorer.Prior.Length).Select(y => rows.Average(row => row[y]))];

        switch (scorer.Ensemble)
        {
            case EnsembleRule.Agreement:
                double[][] centred = [.. voices.Select(v => Array.ConvertAll(v, s => s - (labels ? 0.5 : v.Average())))];
                var mean = Mean(centred);
                var square = mean.Sum(s => s * s);
                var agreement = square == 0 ? 1 : Math.Min(2, centred.Average(v => v.Sum(s => s * s)) / square);
                return Array.ConvertAll(mean, s => (labels ? 0.5 : 0) + (agreement * s));
            case EnsembleRule.Probabilities when labels:
                var present = Mean(voices.Select(v => Array.ConvertAll(v, s => 1 / (1 + Math.Exp(-(s - 0.5) / scorer.Temperature)))));
                var absent = Mean(voices.Select(v => Array.ConvertAll(v, s => 1 / (1 + Math.Exp((s - 0.5) / scorer.Temperature)))));
                return [.. present.Zip(absent, (p, q) => 0.5 + (scorer.Temperature * Math.Log(p / q)))];
            case EnsembleRule.Probabilities:
                var probabilities = Mean(voices.Select(v =>
                {
                    var total = v.Sum(s => Math.Exp((s - v.Max()) / scorer.Temperature));
                    return Array.ConvertAll(v, s => Math.Exp((s - v.Max()) / scorer.Temperature) / total);
                }));
                return Array.ConvertAll(probabilities, p => scorer.Temperature * Math.Log(p));
            default:
                return Mean(voices);
        }
    }

    /// <summary>The scorer in the plainest words: whole-number similarities, a sort, a rule in float64.</summary>
    private static void Compare(OnnxScorer scorer, sbyte[] codes, Result actual)
    {
        int d = scorer.CodeDimension, c = scorer.Prior.Length, rows = codes.Length / d;
        Assert.Equal(rows * c, actual.Scores.Length);
        var abstained = 0;
        for (var r = 0; r < rows; r++)
        {
            var code = codes.AsSpan(r * d, d).ToArray();
            int[] route = [.. Enumerable.Range(0, scorer.Adapters.Count)
                .OrderByDescending(a => Enumerable.Range(0, d).Sum(j => (long)code[j] * scorer.Keys[(a * d) + j]))
                .ThenBy(a => a)
                .Take(scorer.RouteLength)
                .Where(a => scorer.Adapters[a] is not null)];
            double[][] voices =
            [
                .. route.Select(a => Enumerable.Range(0, c).Select(y => scorer.Adapters[a] is TreeAdapter trees
                    ? RandomTrees.Score(trees, y, code)
                    : Enumerable.Range(0, d + 1).Sum(
                        j => (double)((LinearAdapter)scorer.Adapters[a]!).Weights[(y * (d + 1)) + j] * (j == d ? 127 : code[j]))).ToArray()),
            ];
            abstained += route.Length == 0 ? 1 : 0;
            var scores = route.Length == 0 ? scorer.Prior : Combine(scorer, voices);
            var top = 0;
            double total = scores.Sum(s => Math.Exp((s - scores.Max()) / scorer.Temperature));
            for (var y = 0; y < c; y++)
            {
                var at = (r * c) + y;
                top = scores[y] > scores[top] ? y : top;
                Assert.Equal(scores[y], actual.Scores[at], 1e-12);
                Assert.Equal((float)actual.Scores[at], actual.Floats[at]);
                switch (scorer.Task)
                {
                    case LearningTask.Regression:
                        Assert.Equal(Math.Clamp(10 + (0.5 * scores[y]), 10, 50), actual.Second[at], 1e-5);
                        break;
                    case LearningTask.Multilabel:
                        Assert.Equal(1 / (1 + Math.Exp(-(scores[y] - 0.5) / scorer.Temperature)), actual.Second[at], 1e-6);
                        Assert.Equal(scores[y] >= 0.5, actual.Chosen[at]);
                        break;
                    default:
                        Assert.Equal(Math.Exp((scores[y] - scores.Max()) / scorer.Temperature) / total, actual.Second[at], 1e-6);
                        break;
                }
            }

            if (scorer.Task is LearningTask.Multiclass or LearningTask.Binary)
            {
                Assert.Equal(top, actual.Index[r]);
                Assert.Equal(scorer.Classes[top], actual.Labels[r]);
            }
        }

        // The cases with many empty adapters must really reach the prior.
        Assert.True(abstained > 0 || scorer.Adapters.Count(a => a is null) <= scorer.RouteLength + 2);
    }

    private sealed record Result(double[] Scores, float[] Floats, float[] Second, long[] Index, string[] Labels, bool[] Chosen);
}
