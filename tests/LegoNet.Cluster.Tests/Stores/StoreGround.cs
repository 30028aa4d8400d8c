using LegoNet.Cluster.Stores;
using LegoNet.TestHost;
using Npgsql;

namespace LegoNet.Cluster.Tests.Stores;

/// <summary>A store and a folder of runs, with workers in this process.</summary>
internal sealed class StoreGround : IAsyncDisposable
{
    /// <summary>Times for workers that do not die, however busy the machine is.</summary>
    public static StoreTimes Patient { get; } = FileRun.Times with { CheckInGrace = TimeSpan.FromMinutes(1) };

    private readonly TempFolder _folder = new();
    private readonly List<(Task Worker, CancellationTokenSource Stop)> _workers = [];
    private readonly List<string> _notes = [];

    public StoreGround(PostgresServer server) => Store = server.CreateDatabase();

    public string Store { get; }

    public StoreAddress Address => StoreAddress.Parse(Store);

    /// <summary>How long a run may take, and a worker to end.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(4);

    public string Folder => _folder.Path;

    /// <summary>What workers and submissions said.</summary>
    public string Notes
    {
        get
        {
            lock (_notes)
            {
                return string.Join('\n', _notes);
            }
        }
    }

    public FileRun Plan(int milliseconds, params (string Name, int Count)[] stages)
        => FileRun.Create(Path.Combine(_folder.Path, $"run-{Guid.NewGuid():N}"), milliseconds, stages);

    /// <summary>Starts a worker.</summary>
    /// <returns>Stops it, and waits for its end.</returns>
    public Func<Task> Work(StoreWorkerOptions? options = null, string? folder = null, int tries = 3)
    {
        var stop = new CancellationTokenSource();
        var chosen = (options ?? new StoreWorkerOptions()) with { Times = Patient with { Tries = tries } };
        var worker = new StoreWorker(Address, new RunFolder(folder ?? _folder.Path, FileRun.Open), chosen, Note);
        var work = Task.Run(() => worker.RunAsync(stop.Token));
        _workers.Add((work, stop));
        return async () =>
        {
            await stop.CancelAsync();
            await work.WaitAsync(Patience);
        };
    }

    /// <summary>Starts a worker in a process of its own, which stops when its input ends.</summary>
    /// <param name="before">A program that starts it, with its arguments.</param>
    public BackgroundProcess WorkElsewhere(params string[] before) => StoreProcess.Start(before, "worker", Store, _folder.Path);

    /// <summary>Submits a run from a process of its own, which ends when the run is finished.</summary>
    public BackgroundProcess SubmitElsewhere(FileRun run) => StoreProcess.Start([], "submit", Store, run.Path);

    /// <summary>Submits a run, and waits for its end.</summary>
    /// <param name="run">The run.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="leave">Leaves the run to the workers.</param>
    /// <returns>Whether it was finished here.</returns>
    public async Task<bool> SubmitAsync(FileRun run, IProgress<LegoNetProgress>? progress = null, CancellationTokenSource? leave = null)
    {
        var submission = new StoreRun(Address, run, Note) { Times = FileRun.Times };
        try
        {
            return await Task.Run(() => submission.RunAsync(planned => planned.Finish(), progress, leave?.Token ?? CancellationToken.None)).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{string.Join('\n', await ReadAllAsync())}\n{Notes}");
        }
    }

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var waited = 0; !condition(); waited++)
        {
            Assert.True(waited < 240 * 20, $"waited in vain until {what}");
            await Task.Delay(50);
        }
    }

    /// <summary>What stands in the tables of the store: table, column and value, bytes as text.</summary>
    public async Task<List<(string Table, string Column, string Value)>> ReadAllAsync()
    {
        await using var source = NpgsqlDataSource.Create(Store);
        List<(string, string, string)> all = [];
        foreach (var table in await ColumnAsync(source, "SELECT tablename FROM pg_tables WHERE schemaname = 'legonet' ORDER BY 1"))
        {
            await using var command = source.CreateCommand($"SELECT * FROM legonet.{table}");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    if (!await reader.IsDBNullAsync(i))
                    {
                        var value = reader.GetValue(i);
                        all.Add((table, reader.GetName(i), value is byte[] bytes ? System.Text.Encoding.UTF8.GetString(bytes) : value.ToString()!));
                    }
                }
            }
        }

        return all;
    }

    /// <summary>The names of the jobs in the store.</summary>
    public List<string> ReadNames() => [.. ReadAllAsync().GetAwaiter().GetResult().Where(c => c.Column == "job_name").Select(c => c.Value)];

    /// <summary>Fails where the store has anything but the names of Quartz's locks.</summary>
    public async Task AssertEmptyAsync()
    {
        var left = (await ReadAllAsync()).Where(cell => cell.Table != "qrtz_locks").ToArray();
        Assert.True(left.Length == 0, $"{string.Join('\n', left)}\n{Notes}");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();

        _folder.Dispose();
    }

    /// <summary>Stops all workers of this process.</summary>
    public async Task StopAsync()
    {
        foreach (var (worker, stop) in _workers)
        {
            await stop.CancelAsync();
            try
            {
                await worker.WaitAsync(Patience);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"A worker does not end.\n{Notes}");
            }
        }
    }

    private static async Task<List<string>> ColumnAsync(NpgsqlDataSource source, string query)
    {
        await using var command = source.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> column = [];
        while (await reader.ReadAsync())
        {
            column.Add(reader.GetString(0));
        }

        return column;
    }

    private void Note(string line)
    {
        lock (_notes)
        {
            _notes.Add(line);
        }
    }
}
