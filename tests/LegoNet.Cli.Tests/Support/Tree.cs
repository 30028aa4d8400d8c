using System.Security.Cryptography;

namespace LegoNet.Cli.Tests.Support;

/// <summary>Every file of a directory by its content, for comparisons as `diff -r` makes them.</summary>
internal static class Tree
{
    /// <summary>Names and digests, sorted; with an ending of its own for every folder, so that empty ones count.</summary>
    public static string[] Read(string directory, bool ledger = true)
    {
        var entries = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Select(path => $"{Name(path)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}")
            .Concat(Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories).Select(path => Name(path) + "/"));
        return [.. entries.Where(e => ledger || !e.StartsWith("ledger/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

        string Name(string path) => Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/');
    }

    /// <summary>Asserts that two model directories are byte for byte equal, the ledger aside.</summary>
    public static void AssertSameModel(string expected, string actual)
    {
        var (left, right) = (Read(expected, ledger: false), Read(actual, ledger: false));
        Assert.NotEmpty(left);
        Assert.True(left.SequenceEqual(right), "The models differ:\n" + string.Join('\n', left.Except(right).Select(e => "- " + e).Concat(right.Except(left).Select(e => "+ " + e))));
    }

    public static void Copy(string from, string to)
    {
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
}
