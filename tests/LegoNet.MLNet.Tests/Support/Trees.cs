namespace LegoNet.MLNet.Tests.Support;

/// <summary>Compares model directories.</summary>
internal static class Trees
{
    /// <summary>The files of a model directory and their bytes, the ledger aside.</summary>
    public static SortedDictionary<string, byte[]> Read(string model, string under = "")
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var root = Path.Combine(model, under);
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/');
            if (!name.StartsWith("ledger/", StringComparison.Ordinal))
            {
                files.Add(name, File.ReadAllBytes(file));
            }
        }

        return files;
    }

    /// <summary>Every byte of two model directories is equal, the ledgers aside.</summary>
    public static void AssertSame(string expected, string actual, string under = "")
    {
        var (one, other) = (Read(expected, under), Read(actual, under));
        Assert.NotEmpty(one);
        Assert.Equal(one.Keys, other.Keys);
        Assert.All(one, file => Assert.True(file.Value.AsSpan().SequenceEqual(other[file.Key]), $"{file.Key} differs"));
    }
}
