using LegoNet.Data.Files;
using LegoNet.Files;

namespace LegoNet.TestSupport;

/// <summary>A model's files in memory.</summary>
internal sealed class MemoryFiles : IFileSink, IFileReader
{
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public void Put(string name, byte[] bytes)
    {
        lock (Files)
        {
            Files[name] = bytes;
        }
    }

    public FileView View(string name, string digest)
    {
        Assert.True(Files.ContainsKey(name), $"{name} is read but not there");
        Assert.Equal(digest, Digests.Of(Files[name]));
        return new FileView((byte[])Files[name].Clone());
    }
}
