using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LegoNet.TestSupport;

/// <summary>A process that runs beside a test, which listens to it and may pause or kill it.</summary>
internal sealed partial class BackgroundProcess : IDisposable
{
    // What Linux and macOS agree on.
    private const int Terminate = 15;
    private static readonly (int Pause, int Resume) s_signals = OperatingSystem.IsMacOS() ? (17, 19) : (19, 18);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly List<(bool IsError, string Text)> _lines = [];
    private readonly Action<BackgroundProcess, string>? _onError;
    private bool _isDisposed;

    /// <summary>Starts it.</summary>
    /// <param name="info">The program, and its arguments and environment.</param>
    /// <param name="onError">Hears each line on standard error.</param>
    public BackgroundProcess(ProcessStartInfo info, Action<BackgroundProcess, string>? onError = null)
    {
        _onError = onError;
        (info.RedirectStandardOutput, info.RedirectStandardError) = (true, true);
        _process = Process.Start(info)!;
        _process.OutputDataReceived += (_, e) => Add(isError: false, e.Data);
        _process.ErrorDataReceived += (_, e) => Add(isError: true, e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it has said on standard output, each line with its end.</summary>
    public string Output => Text(line => !line.IsError);

    /// <summary>What it has said on standard error, each line with its end.</summary>
    public string Error => Text(line => line.IsError);

    /// <summary>What it has said, in the order in which it was heard.</summary>
    public string Said => Text(_ => true);

    /// <summary>Kills it with all that it has started, as nothing can catch.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Stands it still until <see cref="Resume"/>.</summary>
    public void Pause() => Signal(s_signals.Pause);

    public void Resume() => Signal(s_signals.Resume);

    /// <summary>Tells it to stop (SIGTERM), and waits.</summary>
    public void Stop()
    {
        Signal(Terminate);
        WaitForEnd();
    }

    /// <summary>Ends its standard input, which must have been redirected, and waits.</summary>
    public void EndInput()
    {
        _process.StandardInput.Close();
        WaitForEnd();
    }

    /// <summary>Sends it a signal, if it has not ended.</summary>
    public void Signal(int number)
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, number);
        }
    }

    /// <summary>Waits for its end, and for the rest of what it says.</summary>
    /// <returns>Whether it ended in time.</returns>
    public bool WaitForEnd(TimeSpan time)
    {
        if (!_process.WaitForExit(time))
        {
            return false;
        }

        _process.WaitForExit(); // Without a time limit it also waits for the rest of both streams.
        return true;
    }

    public void Dispose()
    {
        if (!_isDisposed && !_process.HasExited)
        {
            Kill();
        }

        _isDisposed = true;
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    private void WaitForEnd() => Assert.True(WaitForEnd(s_patience), $"It does not end.\n{Said}");

    private void Add(bool isError, string? text)
    {
        if (text is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Add((isError, text));
        }

        if (isError)
        {
            _onError?.Invoke(this, text);
        }
    }

    private string Text(Func<(bool IsError, string Text), bool> chosen)
    {
        lock (_lines)
        {
            return string.Concat(_lines.Where(chosen).Select(line => line.Text + Environment.NewLine));
        }
    }
}
