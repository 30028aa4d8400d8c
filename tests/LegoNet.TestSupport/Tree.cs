using System.Security.Cryptography;

namespace LegoNet.TestSupport;

/// <summary>Whole folders, for comparisons as `diff -r` makes them.</summary>
internal static class Tree
{
    /// <summary>Copies a folder; what stands at the target goes first.</summary>
    public static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    /// <summary>Relative names and contents of all files of a model, the ledger aside.</summary>
    public static SortedDictionary<string, byte[]> Files(string model) => new(
        Directory.EnumerateFiles(model, "*", SearchOption.AllDirectories)
            .Where(path => !IsOfLedger(Name(model, path)))
            .ToDictionary(path => Name(model, path), File.ReadAllBytes),
        StringComparer.Ordinal);

    /// <summary>Names and digests, sorted; with an ending of its own for every folder, so that empty ones count.</summary>
    public static string[] Read(string folder, bool ledger = true)
    {
        var entries = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => $"{Name(folder, path)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}")
            .Concat(Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Select(path => Name(folder, path) + "/"));
        return [.. entries.Where(entry => ledger || !IsOfLedger(entry)).Order(StringComparer.Ordinal)];
    }

    /// <summary>What stands in a folder itself: names, sorted.</summary>
    public static string[] Names(string folder)
        => [.. Directory.EnumerateFileSystemEntries(folder).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal)];

    /// <summary>Asserts that two model directories are byte for byte equal, the ledger aside.</summary>
    public static void AssertSameModel(string expected, string actual)
    {
        var (left, right) = (Read(expected, ledger: false), Read(actual, ledger: false));
        Assert.NotEmpty(left);
        var differences = left.Except(right).Select(e => "- " + e).Concat(right.Except(left).Select(e => "+ " + e));
        Assert.True(left.SequenceEqual(right), "The models differ:\n" + string.Join('\n', differences));
    }

    private static string Name(string folder, string path) => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');

    private static bool IsOfLedger(string name) => name.StartsWith("ledger/", StringComparison.Ordinal);
}
