namespace LegoNet.Cli;

/// <summary>How this program was started, so that others can be started like it.</summary>
internal static class ThisProgram
{
    /// <summary>The program's full path, and what comes before its arguments.</summary>
    public static IReadOnlyList<string> Words { get; } = Environment.ProcessPath is not { } program ? ["legonet"]
        : Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? [program, typeof(ThisProgram).Assembly.Location]
        : [program];
}
