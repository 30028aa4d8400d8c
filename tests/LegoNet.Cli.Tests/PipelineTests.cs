using System.Text.RegularExpressions;
using LegoNet.Cli.Tests.Support;
using LegoNet.Data;
using LegoNet.Demo;
using LegoNet.Encoders;
using LegoNet.Onnx;
using LegoNet.Pipelines;

namespace LegoNet.Cli.Tests;

/// <summary>Every ready pipeline can be read, and trains on its first records.</summary>
public sealed partial class PipelineTests
{
    private const int Records = 200;

    public static TheoryData<string> Pipelines
        => [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "pipelines"), "*.json")
            .Select(f => Path.GetFileName(f))
            .Where(f => f != "spec.schema.json")
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Load_ReadyPipeline_ReadsEveryMember(string name)
    {
        GeneratedImages.Register();

        var pipeline = PipelineSpec.Load(Repository.Pipeline(name));

        Assert.Equal(Path.GetFileNameWithoutExtension(name), pipeline.Name);
        Assert.NotNull(pipeline.OpenSource());
        Assert.True(!pipeline.HasTest || pipeline.OpenTest() is not null);
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    [Trait("Category", "RealData")]
    public void Train_ReadyPipelineOnItsFirstRecords_TrainsAndVerifies(string name)
    {
        if (NamesData(Repository.Pipeline(name)))
        {
            SharedData.Require();
        }

        using var folder = new TempFolder();
        var cancellation = TestContext.Current.CancellationToken;
        GeneratedImages.Register();
        OnnxEncoderFactory.Register();
        var pipeline = PipelineSpec.Load(name == "vectors.json" ? VectorsInFolder(name, folder) : CardInFolder(name, folder));
        using var setup = pipeline.CreateEncoder("cpu", cancellationToken: cancellation);
        var source = new FirstRecords(pipeline.OpenSource(), Records);
        var records = RecordEncoder.Encode(source, setup.Encoder, 2, cancellationToken: cancellation);
        using var model = LegoNetModel.Train(folder["model"], pipeline.Freeze(setup), records, cancellationToken: cancellation);

        Assert.Equal(Records, model.RecordCount);
        Assert.True(model.Verify(cancellationToken: cancellation).IsExact);
        var first = RecordEncoder.Encode(new FirstRecords(pipeline.OpenSource(), 1), setup.Encoder, 1, cancellationToken: cancellation).Single();
        var prediction = model.Scorer.Predict(first.Code);
        Assert.NotEmpty(prediction.Label);
    }

    private static bool NamesData(string file) => File.ReadAllText(file).Contains("LEGONET_DATA", StringComparison.Ordinal);

    // The spec for features computed elsewhere, with features that were.
    private static string VectorsInFolder(string name, TempFolder folder)
    {
        var classes = GeneratedImageSource.ClassNames(GeneratedImageSource.DemoSet);
        var random = new Random(1);
        Directory.CreateDirectory(folder["vectors"]);
        Points.Npy(folder, "vectors/train", [.. Enumerable.Range(0, Records).Select(i => new Point(
            $"s{i % 20}", $"r{i}", classes[i % classes.Count], [.. Enumerable.Range(0, 192).Select(_ => (float)(random.NextDouble() * 255))]))]);
        return folder.Write(name, File.ReadAllText(Repository.Pipeline(name)).Replace("${LEGONET_VECTORS:-./vectors}", "vectors", StringComparison.Ordinal));
    }

    // The same spec with a calibration on a few references, made in the test's folder: the real one takes its time.
    private static string CardInFolder(string name, TempFolder folder)
    {
        var file = Repository.Pipeline(name);
        var text = File.ReadAllText(file);
        if (!text.Contains("\"calibrate\"", StringComparison.Ordinal))
        {
            return file;
        }

        text = text.Replace("${LEGONET_DATA:-../../shared/data}", SharedData.Folder.Replace('\\', '/'), StringComparison.Ordinal)
            .Replace("reference-64px-jpg.tar.gz\"", "reference-64px-jpg.tar.gz\", \"include\": \"**/*00.JPEG\"", StringComparison.Ordinal);
        text = CardPath().Replace(text, $"\"card\": \"{folder.Path.Replace('\\', '/')}/pipeline.card.json\"");
        text = KeyCount().Replace(text, "\"keys\": 32,");
        text = RoutingSize().Replace(text, "\"adapters\": 32, \"active\": 8");
        Assert.DoesNotContain("${", text, StringComparison.Ordinal);
        return folder.Write(name, text);
    }

    [GeneratedRegex("\"card\": \"[^\"]*\"")]
    private static partial Regex CardPath();

    [GeneratedRegex("\"keys\": [0-9]+,")]
    private static partial Regex KeyCount();

    [GeneratedRegex("\"adapters\": [0-9]+, \"active\": [0-9]+")]
    private static partial Regex RoutingSize();

    private sealed class FirstRecords(IRecordSource source, int count) : IRecordSource
    {
        public string Name => source.Name;

        public long? Count => count;

        public bool IdsArePositions => source.IdsArePositions;

        public IEnumerable<SourceRecord> Read(CancellationToken cancellationToken) => source.Read(cancellationToken).Take(count);
    }
}
