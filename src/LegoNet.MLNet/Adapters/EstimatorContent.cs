using System.IO.Compression;
using Microsoft.ML;

namespace LegoNet.MLNet.Adapters;

/// <summary>A fitted transformer as ML.NET saves it, without what differs from one save to the next: the zip's entries, sorted, without times.</summary>
/// <param name="Entries">Names and contents, by ordinal of the names.</param>
internal sealed record EstimatorContent(IReadOnlyList<(string Name, byte[] Bytes)> Entries)
{
    /// <summary>Saves a transformer.</summary>
    public static EstimatorContent Save(MLContext ml, ITransformer transformer)
    {
        using var stream = new MemoryStream();
        ml.Model.Save(transformer, null, stream);
        stream.Position = 0;
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
        return new EstimatorContent([.. zip.Entries.OrderBy(e => e.FullName, StringComparer.Ordinal).Select(e => (e.FullName, Read(e)))]);
    }

    /// <summary>Loads the transformer.</summary>
    public ITransformer Load(MLContext ml)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in Entries)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        stream.Position = 0;
        return ml.Model.Load(stream, out _);
    }

    /// <summary>True when another content is the same, byte for byte.</summary>
    public bool SameAs(EstimatorContent other)
        => Entries.Count == other.Entries.Count
            && Entries.Zip(other.Entries, (a, b) => a.Name == b.Name && a.Bytes.AsSpan().SequenceEqual(b.Bytes)).All(same => same);

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
