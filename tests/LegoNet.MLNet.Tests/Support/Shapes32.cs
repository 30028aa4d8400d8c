using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Demo;
using LegoNet.Encoders;
using LegoNet.Onnx;

namespace LegoNet.MLNet.Tests.Support;

/// <summary>The image encoder that is shipped with the project, and images for it.</summary>
internal static class Shapes32
{
    /// <summary>The card's path.</summary>
    public static string Card { get; } = Repository.Model("shapes32.card.json");

    /// <summary>Drawn images, [32, 32, 3] intensities each.</summary>
    public static byte[][] Pixels(int count)
        => [.. new GeneratedImageSource(GeneratedImageSource.DemoSet, GeneratedImageSource.TestSplit, count, count, 7).Read(CancellationToken.None)
            .Select(record => ((PixelInput)record.Input).Pixels.ToArray())];

    /// <summary>An image as a PNG file.</summary>
    public static byte[] Png(byte[] pixels) => PngWriter.Rgb(GeneratedImageSource.Side, GeneratedImageSource.Side, pixels);

    /// <summary>What the core's encoder gives for the images.</summary>
    public static List<sbyte[]> Codes(byte[][] images)
    {
        using var setup = Open();
        var codes = new List<sbyte[]>();
        foreach (var batch in images.Chunk(setup.Encoder.BatchSize))
        {
            var rows = new sbyte[batch.Length * setup.Encoder.Dimension];
            var records = batch.Select(p => new SourceRecord("", "", null, new PixelInput(p, GeneratedImageSource.Side, GeneratedImageSource.Side, 3), ""));
            setup.Encoder.Encode([.. records], rows);
            codes.AddRange(rows.Chunk(setup.Encoder.Dimension));
        }

        return codes;
    }

    public static EncoderSetup Open()
    {
        var declaration = StrictJson.Parse($$"""{"type":"onnx","card":{{System.Text.Json.JsonSerializer.Serialize(Card)}}}""", "test");
        return new OnnxEncoderFactory().Create(declaration, new EncoderSettings { Device = "cpu" });
    }
}
