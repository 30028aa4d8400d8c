using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using LegoNet.Cli.Commands;

namespace LegoNet.Cli.Benchmarks;

/// <summary>One run of this same tool as a process of its own.</summary>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="PeakAnonymous">
/// The most anonymous memory (not backed by a file: heaps and stacks) that was seen resident, in bytes, looked at every few milliseconds;
/// null where the system does not tell.
/// </param>
/// <param name="Json">What it printed.</param>
internal sealed record ToolProcess(double Seconds, long? PeakAnonymous, JsonObject Json)
{
    private const string Field = "RssAnon:";
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs the tool with --json.</summary>
    /// <exception cref="LegoNetException">It failed; the message is its own.</exception>
    public static ToolProcess Run(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var tool = typeof(Tool).Assembly.Location;
        List<string> command = Assembly.GetEntryAssembly() == typeof(Tool).Assembly && Environment.ProcessPath is { } program && Path.GetFileNameWithoutExtension(program) != "dotnet" ? [program] : ["dotnet", tool];
        command.AddRange(arguments);
        command.Add("--json");
        var info = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(info)!;
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
        var json = text.Length > 0 ? JsonNode.Parse(text)!.AsObject() : [];
        return process.ExitCode == ExitCodes.Done
            ? new ToolProcess(seconds, peak is > 0 ? peak : null, json)
            : throw LegoNetException.BadInput((string?)json["error"] ?? $"legonet {string.Join(' ', command.Skip(1))}: ended with exit code {process.ExitCode}.");
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
