namespace LegoNet.Cli.Tests.Architecture.Samples.Disk;

/// <summary>Touches the disk in several ways. Is compiled, never called.</summary>
internal static class Storeroom
{
    public static byte[] Plain(string path) => File.ReadAllBytes(path);

    public static async Task<string> WaitingAsync(string path) => await File.ReadAllTextAsync(path);

    public static IEnumerable<string> Lazy(string path)
    {
        yield return path;
        foreach (var file in Directory.GetFiles(path))
        {
            yield return file;
        }
    }

    public static Func<long> InLambda(string path) => () => new FileInfo(path).Length;

    public static StreamReader ByName(string path) => new(path);

    public static StreamReader OfStream(Stream stream) => new(stream);

    public static string OnlyNames(string folder) => Path.Combine(folder, Path.GetFileName(folder));

    public static Func<string, bool> AsDelegate() => File.Exists;
}
