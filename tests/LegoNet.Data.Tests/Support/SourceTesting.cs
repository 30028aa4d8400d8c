using System.IO.Compression;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;

namespace LegoNet.Data.Tests.Support;

internal static class SourceTesting
{
    public static IRecordSource Create(TempFolder folder, string json)
        => SourceRegistry.Create(StrictJson.Parse(json, "spec.json"), new SourceContext(folder.Path, _ => null));

    public static List<SourceRecord> ReadAll(IRecordSource source) => [.. source.Read(TestContext.Current.CancellationToken)];

    public static List<SourceRecord> ReadAll(TempFolder folder, string json) => ReadAll(Create(folder, json));

    /// <summary>Reads a source that must fail, and returns the sentence.</summary>
    public static string Failure(TempFolder folder, string json) => Failure(() => ReadAll(folder, json));

    public static string Failure(Action action)
    {
        var e = Assert.Throws<LegoNetException>(action);
        Assert.Equal(LegoNetError.BadInput, e.Error);
        Assert.EndsWith(".", e.Message);
        Assert.DoesNotContain("\n", e.Message);
        return e.Message;
    }

    public static byte[] Gzip(ReadOnlySpan<byte> bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }

    public static string Text(SourceRecord record) => Assert.IsType<TextInput>(record.Input).Text;

    public static float[] Vector(SourceRecord record) => Assert.IsType<VectorInput>(record.Input).Values.ToArray();
}
