using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using LegoNet.Cli;
using LegoNet.Cli.Commands;

namespace LegoNet.Benchmarks;

/// <summary>One run of a program as a process of its own.</summary>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="PeakAnonymous">
/// The most anonymous memory (not backed by a file: heaps and stacks) that was seen resident, in bytes, looked at every few milliseconds;
/// null where the system does not tell.
/// </param>
/// <param name="Output">What it printed on standard output.</param>
internal sealed record ChildProcess(double Seconds, long? PeakAnonymous, string Output)
{
    private const string Field = "RssAnon:";
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    /// <summary>The one JSON object that --json promises.</summary>
    public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

    /// <summary>Runs `legonet` with --json.</summary>
    /// <exception cref="LegoNetException">It failed; the message is its own.</exception>
    public static ChildProcess Tool(IEnumerable<string> arguments, CancellationToken cancellationToken)
        => Run([.. Command(typeof(Tool).Assembly), .. arguments, "--json"], cancellationToken);

    /// <summary>Runs the benchmarks with --json.</summary>
    /// <inheritdoc cref="Tool"/>
    public static ChildProcess Itself(IEnumerable<string> arguments, CancellationToken cancellationToken)
        => Run([.. Command(typeof(BenchProgram).Assembly), .. arguments, "--json"], cancellationToken);

    /// <summary>What starts a program that lies beside this one, in the way in which this one was started.</summary>
    public static string[] Command(Assembly program)
    {
        var native = Path.ChangeExtension(program.Location, OperatingSystem.IsWindows() ? ".exe" : null);
        return Path.GetFileNameWithoutExtension(Environment.ProcessPath) != "dotnet" && File.Exists(native) ? [native] : ["dotnet", program.Location];
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <exception cref="LegoNetException">It failed; the message is its own, where it printed one as JSON.</exception>
    public static ChildProcess Run(string[] command, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var started = Stopwatch.GetTimestamp();
        using var process = Start(info);
        using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        long? peak = null;
        while (!process.WaitForExit(s_interval))
        {
            peak = Math.Max(peak ?? 0, Anonymous(process.Id) ?? peak ?? 0);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var text = output.GetAwaiter().GetResult();
        cancellationToken.ThrowIfCancellationRequested();
        if (process.ExitCode != ExitCodes.Done)
        {
            var said = text.StartsWith('{') ? (string?)JsonNode.Parse(text)!["error"] : null;
            throw LegoNetException.BadInput(said ?? $"{string.Join(' ', command)}: ended with exit code {process.ExitCode}.");
        }

        return new ChildProcess(seconds, peak is > 0 ? peak : null, text);
    }

    private static Process Start(ProcessStartInfo info)
    {
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception e)
        {
            throw LegoNetException.BadInput($"{info.FileName}: cannot be started.", e);
        }
    }

    private static long? Anonymous(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
            return line is null ? null : long.Parse(line.AsSpan(Field.Length).Trim(" \tkB"), CultureInfo.InvariantCulture) << 10;
        }
        catch (IOException)
        {
            return null; // It has ended, or the system has no such file.
        }
    }
}
