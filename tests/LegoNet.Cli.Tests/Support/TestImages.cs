using LegoNet.Data;
using LegoNet.Demo;

namespace LegoNet.Cli.Tests.Support;

/// <summary>Image files made here: drawn ones, and the plainest JPEG there is.</summary>
internal static class TestImages
{
    /// <summary>A grey baseline JPEG, 32 × 32: every block's code is two bits, "no difference" and "end of block".</summary>
    public static byte[] GreyJpeg()
    {
        using var file = new MemoryStream();
        file.Write([0xFF, 0xD8]);
        file.Write([0xFF, 0xDB, 0, 67, 0]);
        file.Write([.. Enumerable.Repeat((byte)16, 64)]);
        file.Write([0xFF, 0xC0, 0, 11, 8, 0, 32, 0, 32, 1, 1, 0x11, 0]);
        file.Write([0xFF, 0xC4, 0, 20, 0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.Write([0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.Write([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]);
        file.Write([0, 0, 0, 0]); // 16 blocks of two bits.
        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }

    /// <summary>Writes generated images into folders named by their labels.</summary>
    public static void WriteFolder(TempFolder folder, string name, GeneratedImageSource source)
    {
        foreach (var record in source.Read(TestContext.Current.CancellationToken))
        {
            var png = PngWriter.Rgb(GeneratedImageSource.Side, GeneratedImageSource.Side, ((PixelInput)record.Input).Pixels.Span);
            folder.Write($"{name}/{record.Label}/{record.Id.Replace('/', '-')}.png", png);
        }
    }
}
