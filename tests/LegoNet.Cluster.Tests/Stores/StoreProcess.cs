using System.Diagnostics;
using LegoNet.TestHost;

namespace LegoNet.Cluster.Tests.Stores;

/// <summary>A worker in a process of its own, which can be killed.</summary>
internal sealed class StoreProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];

    private StoreProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Add;
        process.ErrorDataReceived += Add;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a worker.</summary>
    /// <param name="store">The store.</param>
    /// <param name="runs">The folder of runs.</param>
    /// <param name="before">A program that starts it, with its arguments.</param>
    public static StoreProcess Start(string store, string runs, params string[] before)
    {
        string[] command = [.. before, "dotnet", Path.Combine(AppContext.BaseDirectory, "LegoNet.TestHost.dll"), "worker", store, runs];
        var info = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // A clock that goes on as it should, from a wrong time.
        info.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        return new StoreProcess(Process.Start(info)!);
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>What it has said.</summary>
    public string Said
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Kills it, as nothing can catch.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Tells it to stop, and waits.</summary>
    public void Stop()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
    }

    private void Add(object sender, DataReceivedEventArgs line)
    {
        lock (_lines)
        {
            _lines.Add(line.Data ?? "");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
