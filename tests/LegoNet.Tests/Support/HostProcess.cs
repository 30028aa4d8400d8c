using System.Diagnostics;
using LegoNet.TestHost;

namespace LegoNet.Tests.Support;

/// <summary>A child process that runs the test host.</summary>
internal sealed class HostProcess : IDisposable
{
    // Of a process that SIGKILL ended: 128 and the signal's number on Unix, −1 on Windows.
    private static readonly int s_killed = OperatingSystem.IsWindows() ? -1 : 137;

    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    /// <summary>Starts the host.</summary>
    /// <param name="interruptAt">The file change at which it is interrupted; null for none.</param>
    /// <param name="interruption">How, as <see cref="InterruptedFiles"/> names it.</param>
    /// <param name="arguments">What it does.</param>
    public static HostProcess Start(int? interruptAt, string interruption, params string[] arguments)
        => Start(interruptAt, interruption, null, arguments);

    /// <summary>Starts the host with one of the runtime's settings switched off.</summary>
    /// <param name="off">The setting's variable; null for none.</param>
    /// <param name="arguments">What it does.</param>
    public static HostProcess StartWithout(string? off, params string[] arguments) => Start(null, "", off, arguments);

    private static HostProcess Start(int? interruptAt, string interruption, string? off, string[] arguments)
    {
        // Under `dotnet test` the process is the test project's own; its host need not be named dotnet.
        var info = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "LegoNet.TestHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        info.Environment.Remove(InterruptedFiles.AtVariable);
        if (interruptAt is { } at)
        {
            info.Environment[InterruptedFiles.AtVariable] = at.ToString();
            info.Environment[InterruptedFiles.KindVariable] = interruption;
        }

        if (off is not null)
        {
            info.Environment[off] = "0";
        }

        return new HostProcess(Process.Start(info)!);
    }

    public int Id => _process.Id;

    /// <summary>The next line that it says; null when it has ended.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>Answers, or ends its wait.</summary>
    public void WriteLine() => _process.StandardInput.WriteLine();

    /// <summary>Kills it, as nothing can catch.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for its end, whatever it still says.</summary>
    /// <returns>True when it ran to its end; false when it was killed. Any other end fails the test.</returns>
    public bool Wait()
    {
        string? last = null;
        while (ReadLine() is { } line)
        {
            last = line;
        }

        _process.WaitForExit();
        Assert.False(last?.StartsWith("failed", StringComparison.Ordinal) == true, last);
        Assert.True(_process.ExitCode == 0 || _process.ExitCode == s_killed, $"ended with exit code {_process.ExitCode}, neither done nor killed");
        return _process.ExitCode == 0;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }
}
