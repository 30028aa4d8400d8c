using System.Formats.Tar;
using System.IO.Compression;
using LegoNet.Data;

namespace LegoNet.Onnx.Tests;

/// <summary>A real image encoder and real images, where they are.</summary>
internal static class RealImages
{
    public static string MobileNet => SharedData.Need("encoders/mobilenetv1_encoder.onnx");

    /// <summary>The first CIFAR-10 images of the archive, as encoded files.</summary>
    public static IReadOnlyList<SourceRecord> Cifar(int count)
    {
        using var archive = new TarReader(new GZipStream(File.OpenRead(SharedData.Need("images/cifar10-jpg.tar.gz")), CompressionMode.Decompress));
        var records = new List<SourceRecord>();
        while (records.Count < count && archive.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } stream && entry.Name.EndsWith(".jpg", StringComparison.Ordinal))
            {
                using var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                records.Add(new SourceRecord(entry.Name, entry.Name, null, new ImageFileInput(bytes.ToArray()), entry.Name));
            }
        }

        return records;
    }
}
