using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace LegoNet.TestSupport;

/// <summary>
/// Slurm on this machine alone, without services: a controller, one node with two processors, and munge, in a folder and on ports of their
/// own. A fixture: it starts with the first test that asks for it, and leaves nothing running.
/// </summary>
internal sealed class SlurmCluster : IDisposable
{
    /// <summary>The indexes of an array end below this number.</summary>
    public const int MaxArraySize = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, Process> _daemons = [];
    private TempFolder? _folder;
    private string? _missing;

    /// <summary>slurm.conf, the value of SLURM_CONF for everything that is to use this cluster.</summary>
    public string Configuration => _folder!["slurm.conf"];

    /// <summary>Skips the running test where Slurm is missing or does not run; else the cluster is up.</summary>
    public void Require()
    {
        if (_folder is null && _missing is null)
        {
            _missing = OperatingSystem.IsLinux() ? Programs() ?? Start() : "Slurm's daemons run on Linux.";
        }

        Assert.SkipWhen(_missing is not null, _missing ?? "");
    }

    /// <summary>Runs a program that talks to the cluster.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its exit status, and what it wrote, errors included.</returns>
    public (int Status, string Output) Run(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder!.Path };
        start.Environment["SLURM_CONF"] = Configuration;
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = new StringBuilder();
        void Keep(string? line)
        {
            lock (output)
            {
                output.Append(line).Append(line is null ? "" : "\n");
            }
        }

        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} does not end: {output}");
        }

        process.WaitForExit();
        return (process.ExitCode, output.ToString());
    }

    /// <summary>Kills the controller, as a crash of its machine does.</summary>
    public void KillController() => Kill("slurmctld");

    /// <summary>Starts the controller again. It goes on with the state that it saved.</summary>
    public void StartController()
    {
        StartDaemon("slurmctld", "-D", "-f", Configuration);
        WaitUntil(() => Run("scontrol", "ping").Output.Contains("UP", StringComparison.Ordinal), "the controller to answer");
    }

    /// <summary>When the controller last saved its jobs.</summary>
    public DateTime StateSaved => File.GetLastWriteTimeUtc(_folder![Path.Combine("state", "job_state")]);

    /// <summary>Waits until no job is left in the queue.</summary>
    public void WaitUntilIdle(TimeSpan limit) => WaitUntil(() => Run("squeue", "--noheader") is (0, ""), "the queue to become empty", limit);

    /// <summary>Waits; the test fails where it is in vain.</summary>
    public void WaitUntil(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (clock.Elapsed > (limit ?? s_patience))
            {
                Assert.Fail($"Waited {clock.Elapsed.TotalSeconds:0} s in vain for {what}.\n{Run("squeue").Output}{LogEnd("slurmctld")}\n{LogEnd("slurmd")}");
            }

            Thread.Sleep(100);
        }
    }

    public void Dispose()
    {
        if (_folder is null)
        {
            return;
        }

        // Nothing may start what is killed below again.
        foreach (var daemon in _daemons.Keys.Order(StringComparer.Ordinal).Reverse().ToArray())
        {
            Kill(daemon);
        }

        KillJobs();
        _folder.Dispose();
    }

    private static string? Programs()
    {
        string[] missing = [.. new[] { "sbatch", "slurmctld", "slurmd", "munged" }.Where(p => Find(p) is null)];
        return missing.Length == 0 ? null : $"Slurm is not here ({string.Join(", ", missing)}); install slurm-wlm, no service needs to run.";
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin"])
        .Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);

    [SupportedOSPlatform("linux")]
    private string? Start()
    {
        _folder = new TempFolder();
        // munge looks at who could put another socket into its folder.
        const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(_folder.Path, Closed | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        foreach (var name in new[] { "state", "spool", "munge" })
        {
            Directory.CreateDirectory(_folder[name], Closed | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        var key = _folder.Write("munge/key", Encoding.ASCII.GetBytes(new string('k', 1024)));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _folder.Write("slurm.conf", ConfigurationText());
        try
        {
            StartDaemon(
                "munged", "--foreground", $"--key-file={key}", $"--socket={_folder["munge/socket"]}", $"--pid-file={_folder["munge/pid"]}",
                $"--seed-file={_folder["munge/seed"]}", $"--log-file={_folder["munge/log"]}", "--num-threads=2");
            WaitForStart("munged", () => File.Exists(_folder["munge/socket"]));
            StartDaemon("slurmctld", "-D", "-f", Configuration);
            StartDaemon("slurmd", "-D", "-f", Configuration);
            WaitForStart("slurmd", () => Run("sinfo", "--noheader", "--format=%t") is (0, var state) && state.Trim() == "idle");
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    private string ConfigurationText()
    {
        var host = Run("hostname", "-s").Output.Trim();
        var user = Environment.UserName;
        var (controller, node) = (FreePort(), FreePort());
        // Jobs that go back into the queue wait for cred_expire and a second more; Slurm's own value is two minutes.
        return $"""
            ClusterName=legonet
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={controller}
            SlurmdPort={node}
            SlurmUser={user}
            SlurmdUser={user}
            AuthType=auth/munge
            AuthInfo=socket={_folder!["munge/socket"]},cred_expire=5
            CredType=cred/munge
            StateSaveLocation={_folder["state"]}
            SlurmdSpoolDir={_folder["spool"]}
            SlurmctldPidFile={_folder["slurmctld.pid"]}
            SlurmdPidFile={_folder["slurmd.pid"]}
            SlurmctldLogFile={_folder["slurmctld.log"]}
            SlurmdLogFile={_folder["slurmd.log"]}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core_Memory
            AccountingStorageType=accounting_storage/none
            JobAcctGatherType=jobacct_gather/none
            MpiDefault=none
            ReturnToService=2
            KillWait=2
            MaxArraySize={MaxArraySize}
            SchedulerParameters=sched_interval=1,bf_interval=1
            GresTypes=gpu
            NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=3200 State=UNKNOWN
            PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP

            """;
    }

    private void StartDaemon(string name, params IEnumerable<string> arguments)
    {
        // The shell becomes the daemon; what that says before it has a log goes to a file.
        string[] all = ["-c", "out=$1; shift; exec \"$@\" >>\"$out\" 2>&1 </dev/null", "sh", _folder![$"{name}.out"], Find(name)!, .. arguments];
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _folder.Path };
        start.Environment["SLURM_CONF"] = Configuration;
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        _daemons[name] = Process.Start(start)!;
    }

    private void WaitForStart(string name, Func<bool> isUp)
    {
        var clock = Stopwatch.StartNew();
        while (!isUp())
        {
            if (_daemons[name].HasExited || clock.Elapsed > s_patience)
            {
                throw new InvalidOperationException($"Slurm does not run here: {name} did not come up. {LogEnd(name)}");
            }

            Thread.Sleep(100);
        }
    }

    private void Kill(string name)
    {
        if (_daemons.Remove(name, out var process))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }
    }

    // Jobs are no children of the node's daemon. They all have this cluster's configuration in their environment.
    private void KillJobs()
    {
        var mark = $"SLURM_CONF={Configuration}";
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), out _)))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Split('\0').Contains(mark))
                {
                    using var process = Process.GetProcessById(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
                    process.Kill();
                    process.WaitForExit(s_patience);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
            {
                // It ended by itself.
            }
        }
    }

    private string LogEnd(string name) => string.Join(' ', new[] { $"{name}.out", $"{name}.log" }.Select(f => _folder![f]).Where(File.Exists)
        .SelectMany(f => File.ReadLines(f).TakeLast(3)));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
