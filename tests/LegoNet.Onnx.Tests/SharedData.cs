using System.Formats.Tar;
using System.IO.Compression;
using LegoNet.Data;

namespace LegoNet.Onnx.Tests;

/// <summary>Real data, where it is: the folder named by LEGONET_DATA, else shared/data beside the repository.</summary>
internal static class SharedData
{
    public static string MobileNet => Need("encoders/mobilenetv1_encoder.onnx");

    /// <summary>The first CIFAR-10 images of the archive, as encoded files.</summary>
    public static IReadOnlyList<SourceRecord> Cifar(int count)
    {
        using var archive = new TarReader(new GZipStream(File.OpenRead(Need("images/cifar10-jpg.tar.gz")), CompressionMode.Decompress));
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

    private static string Need(string name)
    {
        var root = Environment.GetEnvironmentVariable("LEGONET_DATA");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); string.IsNullOrEmpty(root) && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LegoNet.MLNet.sln")))
            {
                root = Path.Combine(folder.FullName, "..", "shared", "data");
            }
        }

        var path = Path.Combine(root ?? ".", name);
        Assert.SkipUnless(File.Exists(path), $"The data file {name} is not here; set LEGONET_DATA to the folder that has it.");
        return path;
    }
}
