using System.Diagnostics;
using Npgsql;

namespace LegoNet.Cli.Tests.Support;

/// <summary>A store with processes of the tool at it: `legonet worker` and `legonet work --store`.</summary>
internal sealed class ToolStore : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly PostgresServer _server;
    private readonly string _runs;
    private readonly string _database;
    private readonly List<BackgroundProcess> _workers = [];

    /// <param name="server">The server that receives the store.</param>
    /// <param name="runs">The folder that workers look at.</param>
    public ToolStore(PostgresServer server, string runs)
    {
        (_server, _runs, Address) = (server, Directory.CreateDirectory(runs).FullName, server.CreateDatabase());
        _database = new NpgsqlConnectionStringBuilder(Address).Database!;
    }

    public string Address { get; }

    /// <summary>How many jobs stand in the store, and how many of them workers are at.</summary>
    public int Jobs => Count("job_details") + Count("fired_triggers");

    /// <summary>How many of the jobs are tasks.</summary>
    public int Tasks => Count("job_details WHERE job_name NOT IN ('run', 'finish')");

    /// <summary>Starts a worker.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="more">More options of the command.</param>
    public BackgroundProcess StartWorker(ChildOptions options, params string[] more)
    {
        var worker = Legonet.Start(Of(options), ["worker", "--runs", _runs, .. more]);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Starts a worker, and waits until it is ready.</summary>
    public BackgroundProcess Work(ChildOptions options, params string[] more)
    {
        var worker = StartWorker(options, more);
        Until(() => worker.Said.Contains("waits for tasks", StringComparison.Ordinal) || worker.HasEnded, "the worker is ready");
        return worker;
    }

    public BackgroundProcess Work(params string[] more) => Work(new ChildOptions(), more);

    /// <summary>Starts `legonet work --store`.</summary>
    public BackgroundProcess StartSubmission(string run, params string[] more)
        => Legonet.Start(Of(new ChildOptions()), ["work", "--run", run, "--store", .. more]);

    /// <summary>Has the workers do a run, and waits for its end.</summary>
    public ToolRun Submit(string run, params string[] more)
        => Legonet.RunChild(Of(new ChildOptions { Timeout = TimeSpan.FromMinutes(30) }), ["work", "--run", run, "--store", .. more]);

    /// <summary>Waits, and fails where that is in vain.</summary>
    public void Until(Func<bool> condition, string what)
    {
        for (var clock = Stopwatch.StartNew(); !condition(); Thread.Sleep(100))
        {
            Assert.True(clock.Elapsed < s_patience, $"waited in vain until {what}\n{string.Join('\n', _workers.Select(w => w.Said))}");
        }
    }

    /// <summary>Nothing is left of any run; and the workers stop.</summary>
    public void AssertEmpty()
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(_runs));
        Until(() => Jobs == 0, "the store is empty");
        _workers.ForEach(worker => worker.Stop());
        Assert.Equal(0, Jobs + Count("triggers"));
    }

    public void Dispose() => _workers.ForEach(worker => worker.Dispose());

    private ChildOptions Of(ChildOptions options)
        => options with { Environment = new Dictionary<string, string>(options.Environment) { ["LEGONET_STORE"] = Address } };

    private int Count(string table) => int.Parse(_server.Query(_database, $"SELECT count(*) FROM legonet.qrtz_{table}"));
}
