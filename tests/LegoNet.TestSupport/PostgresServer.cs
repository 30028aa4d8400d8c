using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LegoNet.TestSupport;

/// <summary>A PostgreSQL server of the tests' own, in a temporary folder and on a free port of this machine alone.</summary>
internal sealed class PostgresServer : IDisposable
{
    // PostgreSQL refuses to run as root; its packages bring this account.
    private const string Account = "postgres";
    private const string Debian = "/usr/lib/postgresql";

    private readonly TempFolder? _folder;
    private int _databases;

    /// <summary>Creates and starts the server, where there is one.</summary>
    public PostgresServer()
    {
        if (Programs is null)
        {
            return;
        }

        _folder = new TempFolder();
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        if (IsRoot)
        {
            Run("chown", Account, _folder.Path);
        }

        RunAsOwner("initdb", "-D", Data, "-U", Account, "-A", "trust", "--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C");
        Start();
    }

    /// <summary>The folder of PostgreSQL's programs; null where there is none.</summary>
    public static string? Programs { get; } = Find();

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_folder!.Path, "data");

    /// <summary>Skips the test where there is no PostgreSQL.</summary>
    public static void Require()
        => Assert.SkipWhen(Programs is null, $"There is no PostgreSQL here; install the package postgresql (programs in {Debian}/*/bin).");

    /// <summary>Creates a database that nobody uses yet.</summary>
    /// <returns>Its address: Host=…;Port=…;Database=….</returns>
    public string CreateDatabase()
    {
        Require();
        var name = $"test{Interlocked.Increment(ref _databases)}";
        Query(Account, $"CREATE DATABASE {name}");
        return $"Host=127.0.0.1;Port={Port};Database={name};Username={Account}";
    }

    /// <summary>Runs statements.</summary>
    /// <returns>The rows, a line each.</returns>
    public string Query(string database, string statements)
        => RunAsOwner("psql", "-h", "127.0.0.1", "-p", $"{Port}", "-U", Account, "-d", database, "-v", "ON_ERROR_STOP=1", "-qAt", "-c", statements);

    /// <summary>Starts it, and waits until it answers.</summary>
    public void Start()
        => RunAsOwner(
            "pg_ctl",
            "-D",
            Data,
            "-l",
            Path.Combine(_folder!.Path, "log"),
            "-w",
            "-o",
            $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=200",
            "start");

    /// <summary>Stops it, whoever is connected.</summary>
    public void Stop() => RunAsOwner("pg_ctl", "-D", Data, "-m", "fast", "-w", "stop");

    /// <summary>Ends it as a crash does: nobody is told, and the next start recovers.</summary>
    public void Kill() => RunAsOwner("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");

    public void Dispose()
    {
        if (_folder is not null)
        {
            Kill();
            _folder.Dispose();
        }
    }

    private static string? Find()
    {
        var versions = Directory.Exists(Debian)
            ? Directory.EnumerateDirectories(Debian).OrderByDescending(f => int.TryParse(Path.GetFileName(f), out var v) ? v : 0)
            : Enumerable.Empty<string>();
        return versions.Select(f => Path.Combine(f, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(f => File.Exists(Path.Combine(f, "initdb")));
    }

    private static string RunAsOwner(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        return IsRoot ? Run("setpriv", [$"--reuid={Account}", $"--regid={Account}", "--clear-groups", path, .. arguments]) : Run(path, arguments);
    }

    // What it says must not reach this process's own output: there the test runner's results go by.
    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{output.Result}{error.Result}");
        return output.Result;
    }
}
