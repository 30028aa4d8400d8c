namespace LegoNet.Cli.Tests.Architecture;

/// <summary>Finds calls that touch the disk without going through the file layer.</summary>
internal static class DiskAccess
{
    private static readonly HashSet<string> s_diskTypes =
    [
        "System.IO.File",
        "System.IO.Directory",
        "System.IO.FileStream",
        "System.IO.FileInfo",
        "System.IO.DirectoryInfo",
        "System.IO.FileSystemInfo",
        "System.IO.FileSystemWatcher",
        "System.IO.DriveInfo",
        "System.IO.RandomAccess",
        "System.IO.MemoryMappedFiles.MemoryMappedFile",
        "System.IO.Compression.ZipFile",
    ];

    // These open a file where they are given its name, and none where they are given a stream.
    private static readonly HashSet<string> s_readersAndWriters = ["System.IO.StreamReader", "System.IO.StreamWriter"];

    /// <summary>Each place outside a namespace that touches the disk: Type.Method → File.Member.</summary>
    public static IEnumerable<string> FindOutside(CompiledAssembly compiled, string fileLayer)
        => compiled.Calls
            .Where(c => c.FromNamespace != fileLayer && TouchesDisk(c))
            .Select(c => $"{c.FromNamespace}.{c.From} → {c.ToType.Split('.')[^1]}.{c.ToMember}")
            .Distinct()
            .Order(StringComparer.Ordinal);

    private static bool TouchesDisk(OutsideCall call)
        => s_diskTypes.Contains(call.ToType)
            || (s_readersAndWriters.Contains(call.ToType) && call.ToMember == ".ctor" && call.FirstParameter == "System.String");
}
