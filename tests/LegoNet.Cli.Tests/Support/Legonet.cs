using System.Diagnostics;
using LegoNet.Cli.Commands;

namespace LegoNet.Cli.Tests.Support;

/// <summary>Runs the tool: as a process of its own, as users do, or within this one, which is faster.</summary>
internal static class Legonet
{
    private const int Interrupt = 2;
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(2);

    /// <summary>The command that starts the tool as a process, before its arguments.</summary>
    public static IReadOnlyList<string> Command { get; } =
    [
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
        Path.Combine(AppContext.BaseDirectory, "LegoNet.Cli.dll"),
    ];

    /// <summary>Runs the tool within this process.</summary>
    public static ToolRun Run(params string[] args) => RunAnswered(null, args);

    /// <summary>Runs the tool within this process, as if somebody at a terminal typed these lines; null for nobody.</summary>
    public static ToolRun RunAnswered(string? answers, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var input = answers is null ? null : new StringReader(answers);
        var exitCode = Tool.RunAsync(args, output, error, errorIsTerminal: false, input).GetAwaiter().GetResult();
        return new ToolRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs the tool with --json within this process; it must fail with the given exit code and one sentence.</summary>
    public static string Refuses(int exitCode, params string[] args) => Run([.. args, "--json"]).Fails(exitCode);

    /// <summary>Runs the tool as a child process.</summary>
    public static ToolRun RunChild(params string[] args) => RunChild(new ChildOptions(), args);

    /// <summary>Runs the tool as a child process with settings of its own.</summary>
    public static ToolRun RunChild(ChildOptions options, params string[] args)
    {
        var interrupted = 0;
        using var process = new BackgroundProcess(StartInfo(options, args), (child, line) =>
        {
            if (options.InterruptAt is { } start && line.StartsWith(start, StringComparison.Ordinal) && Interlocked.Exchange(ref interrupted, 1) == 0)
            {
                child.Signal(Interrupt);
            }
        });
        var timeout = options.Timeout ?? s_timeout;
        Assert.True(process.WaitForEnd(timeout), $"legonet {string.Join(' ', args)} took longer than {timeout}.\n{process.Said}");
        return new ToolRun(process.ExitCode, process.Output, process.Error);
    }

    /// <summary>Starts the tool as a process that goes on beside the test.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="args">Its arguments.</param>
    public static BackgroundProcess Start(ChildOptions options, params string[] args) => new(StartInfo(options, args));

    private static ProcessStartInfo StartInfo(ChildOptions options, string[] args)
    {
        List<string> command = [.. options.Program ?? Command, .. args];
        if (options.InterruptAt is not null && IgnoresInterrupt())
        {
            command.InsertRange(0, ["env", "--default-signal=INT"]);
        }

        var info = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            WorkingDirectory = options.WorkingDirectory ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in options.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    // A shell starts background jobs with SIGINT ignored; children inherit that, and .NET honours it.
    private static bool IgnoresInterrupt()
    {
        const string Ignored = "SigIgn:";
        return File.Exists("/proc/self/status")
            && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Ignored, StringComparison.Ordinal)) is { } line
            && (Convert.ToUInt64(line[Ignored.Length..].Trim(), 16) >> (Interrupt - 1) & 1) != 0;
    }
}
