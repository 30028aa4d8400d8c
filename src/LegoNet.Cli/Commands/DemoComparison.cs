namespace LegoNet.Cli.Commands;

/// <summary>How the files of two model directories compare, byte for byte; the ledgers apart, which tell different stories.</summary>
/// <param name="Left">The directory of the model that forgot.</param>
/// <param name="Right">The directory of the model that never saw.</param>
/// <param name="Files">Files of either.</param>
/// <param name="Bytes">Bytes of the files that are equal.</param>
/// <param name="Differences">The names of the others.</param>
internal sealed record DemoComparison(string Left, string Right, int Files, long Bytes, IReadOnlyList<string> Differences)
{
    public bool IsIdentical => Differences.Count == 0;

    public static DemoComparison Of(string left, string right)
    {
        var names = Names(left).Union(Names(right), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var differences = new List<string>();
        long bytes = 0;
        foreach (var name in names)
        {
            var (a, b) = (Path.Combine(left, name), Path.Combine(right, name));
            if (!File.Exists(a) || !File.Exists(b) || !File.ReadAllBytes(a).AsSpan().SequenceEqual(File.ReadAllBytes(b)))
            {
                differences.Add(name);
            }
            else
            {
                bytes += new FileInfo(a).Length;
            }
        }

        return new DemoComparison(left, right, names.Length, bytes, differences);
    }

    private static IEnumerable<string> Names(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder, path))
        .Where(name => !name.StartsWith("ledger", StringComparison.Ordinal));
}
