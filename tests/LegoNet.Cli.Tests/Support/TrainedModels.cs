using LegoNet.Data;
using LegoNet.Demo;

[assembly: AssemblyFixture(typeof(LegoNet.Cli.Tests.Support.TrainedModels))]

namespace LegoNet.Cli.Tests.Support;

/// <summary>Models that are trained once; each test works on a copy.</summary>
public sealed class TrainedModels : IDisposable
{
    public const int ImageRecords = 1100; // More than a segment holds, so that the trie has an interior node.

    private readonly TempFolder _folder = new();
    private readonly Lazy<string> _points;
    private readonly Lazy<string> _images;

    /// <summary>Prepares; a model is trained when first asked for.</summary>
    public TrainedModels()
    {
        _points = new Lazy<string>(() => Points.Train(_folder, "points", Drawn));
        _images = new Lazy<string>(() =>
        {
            var model = _folder["images"];
            Legonet.Run("train", _folder.Write("images.json", ImageSpec()), "--out", model, "--copy-encoder").Succeeds();
            return model;
        });
    }

    internal static Point[] Drawn { get; } = Points.Draw(400);

    /// <summary>The demo pipeline made small.</summary>
    internal static string ImageSpec(int records = ImageRecords, int subjects = 40) => $$"""
        {
          "task": "multiclass",
          "classes": ["boat", "car", "cup", "fish", "flower", "house", "key", "sun", "tree", "umbrella"],
          "source": { "type": "generated", "records": {{records}}, "subjects": {{subjects}} },
          "test": { "type": "generated", "split": "test", "records": 300, "subjects": 20 },
          "encoder": { "type": "onnx", "card": "{{Path.Combine(AppContext.BaseDirectory, "models", "shapes32.card.json").Replace('\\', '/')}}" },
          "routing": { "adapters": 16, "active": 4, "keys": "public" },
          "adapter": { "trainer": "ridge", "lambda": 10000 }
        }
        """;

    /// <summary>A record of the image model.</summary>
    internal static SourceRecord ImageRecord { get; }
        = new GeneratedImageSource(GeneratedImageSource.DemoSet, GeneratedImageSource.TrainSplit, ImageRecords, 40, 1)
            .Read(CancellationToken.None).First();

    /// <summary>A copy of a multiclass model over the records of <see cref="Drawn"/>.</summary>
    internal TestModel CopyPoints() => new(_points.Value);

    /// <summary>A copy of a model over generated images, with a copy of its encoder inside.</summary>
    internal TestModel CopyImages() => new(_images.Value);

    internal static GeneratedImageSource TestImageSource(int records = 12) => new(GeneratedImageSource.DemoSet, GeneratedImageSource.TestSplit, records, 5, 9);

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
