using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;

namespace LegoNet.Cluster.Stores;

/// <summary>The database below Quartz: its connections, its clock, the schema of the tables, and what is asked of them in one look.</summary>
internal sealed class StoreDatabase : IAsyncDisposable
{
    /// <summary>The schema that holds Quartz's tables, so that they are beside nobody else's and go with one command.</summary>
    public const string Schema = "legonet";

    /// <summary>What Quartz puts before its tables' names.</summary>
    public const string Prefix = Schema + ".qrtz_";

    /// <summary>The name that all schedulers of one cluster have.</summary>
    public const string Cluster = "legonet";

    // Any number that all agree on: PostgreSQL's own IF NOT EXISTS does not keep two sessions from colliding.
    private const long SchemaLock = 0x4C65676F4E6574;

    private const string TriggerOfJob = $"""
        SELECT 1 FROM {Prefix}triggers t WHERE t.sched_name = j.sched_name AND t.job_name = j.job_name AND t.job_group = j.job_group
        """;

    // A job that cannot be created, because this version does not know it, leaves its trigger in error.
    private const string IsParked = $"EXISTS ({TriggerOfJob} AND t.trigger_state IN ('PAUSED', 'PAUSED_BLOCKED', 'ERROR'))";

    // Of a job that has begun the trigger may be gone.
    private const string IsLive = $"""
        (NOT {IsParked} AND (EXISTS ({TriggerOfJob}) OR EXISTS (
            SELECT 1 FROM {Prefix}fired_triggers f WHERE f.sched_name = j.sched_name AND f.job_name = j.job_name AND f.job_group = j.job_group)))
        """;

    private readonly Action<string> _note;
    private bool _lost;

    private StoreDatabase(StoreAddress address, Action<string> note)
    {
        (Address, _note) = (address, note);
        Source = NpgsqlDataSource.Create(address.ConnectionString);
    }

    public StoreAddress Address { get; }

    public NpgsqlDataSource Source { get; }

    public StoreClock Clock { get; } = new();

    /// <summary>Whether the store did not answer when it was last asked.</summary>
    public bool IsLost => Volatile.Read(ref _lost);

    /// <summary>Connects, and makes the schema where it is missing.</summary>
    /// <exception cref="LegoNetException">The database does not answer, or may not be used.</exception>
    public static async Task<StoreDatabase> OpenAsync(StoreAddress address, Action<string> note, CancellationToken cancellationToken)
    {
        var database = new StoreDatabase(address, note);
        try
        {
            await database.CreateSchemaAsync(cancellationToken).ConfigureAwait(false);
            await database.SetClockAsync(cancellationToken).ConfigureAwait(false);
            return database;
        }
        catch (Exception e)
        {
            await database.DisposeAsync().ConfigureAwait(false);
            if (IsOfTheStore(e))
            {
                throw Unusable(address, e);
            }

            throw;
        }
    }

    /// <summary>Whether an exception says that the database does not answer, or not now.</summary>
    public static bool IsOfTheStore(Exception e) => e is NpgsqlException or SocketException or TimeoutException;

    /// <summary>What a user is told of a store that cannot be used.</summary>
    public static LegoNetException Unusable(StoreAddress address, Exception e)
        => LegoNetException.BadInput($"{address}: the store cannot be used ({Cause(e)}); see that PostgreSQL runs there and lets this user in.", e);

    /// <summary>Says once that the store is lost.</summary>
    public void Lost(Exception e)
    {
        if (!Interlocked.Exchange(ref _lost, true))
        {
            _note($"{Address}: the store does not answer ({Cause(e)}); waiting for it.");
        }
    }

    /// <summary>Says once that the store is back.</summary>
    public void Answered()
    {
        if (Interlocked.Exchange(ref _lost, false))
        {
            _note($"{Address}: the store answers again.");
        }
    }

    /// <summary>Sets the clock by the store's.</summary>
    public async Task SetClockAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var asked = Stopwatch.GetTimestamp();
        var store = (DateTime)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        Clock.Set(store, asked, Stopwatch.GetTimestamp());
    }

    /// <summary>How a run stands.</summary>
    public async Task<RunState> StateOfAsync(string digest, CancellationToken cancellationToken)
    {
        const string Query = $"""
            SELECT j.job_name, {IsLive}, {IsParked}, (
                SELECT count(*) FROM {Prefix}scheduler_state s WHERE s.sched_name = @cluster AND s.last_checkin_time > @since)
            FROM (SELECT @cluster AS sched_name, @run AS job_name, @digest AS job_group) one
            LEFT JOIN {Prefix}job_details j ON j.sched_name = one.sched_name AND j.job_group = one.job_group
            """;
        await using var command = Command(Query);
        command.Parameters.AddWithValue("run", RunJobs.Registration);
        command.Parameters.AddWithValue("digest", digest);
        command.Parameters.AddWithValue("since", (Clock.GetUtcNow() - TimeSpan.FromMinutes(1)).Ticks);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var (registered, workers) = (false, 0L);
        HashSet<int> live = [];
        HashSet<int> idle = [];
        List<int> parked = [];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            workers = reader.GetInt64(3);
            var name = await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false) ? null : reader.GetString(0);
            if (name == RunJobs.Registration)
            {
                registered = true;
            }
            else if (TaskTurn.TaskOf(name) is { } task)
            {
                ICollection<int> those = reader.GetBoolean(1) ? live : reader.GetBoolean(2) ? parked : idle;
                those.Add(task);
            }
        }

        return new RunState(registered, live, [.. parked.Order()], idle, (int)workers);
    }

    /// <summary>The runs of which no task waits or is worked on, by their digests.</summary>
    public async Task<IReadOnlyList<string>> StandingRunsAsync(CancellationToken cancellationToken)
    {
        const string Query = $"""
            SELECT r.job_group FROM {Prefix}job_details r WHERE r.sched_name = @cluster AND r.job_name = @run AND NOT EXISTS (
                SELECT 1 FROM {Prefix}job_details j WHERE j.sched_name = r.sched_name AND j.job_group = r.job_group AND {IsLive})
            """;
        await using var command = Command(Query);
        command.Parameters.AddWithValue("run", RunJobs.Registration);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        List<string> digests = [];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            digests.Add(reader.GetString(0));
        }

        return digests;
    }

    /// <summary>Whether any task of a run waits, is worked on or failed for good.</summary>
    public async Task<bool> HasTasksAsync(string digest, CancellationToken cancellationToken)
    {
        const string Query = $"""
            SELECT EXISTS (
                SELECT 1 FROM {Prefix}job_details j WHERE j.sched_name = @cluster AND j.job_group = @digest AND ({IsLive} OR {IsParked}))
            """;
        await using var command = Command(Query);
        command.Parameters.AddWithValue("digest", digest);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Whether any task of any run waits or is worked on.</summary>
    public async Task<bool> HasWorkAsync(CancellationToken cancellationToken)
    {
        await using var command = Command($"SELECT EXISTS (SELECT 1 FROM {Prefix}job_details j WHERE j.sched_name = @cluster AND {IsLive})");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Takes a worker that has ended off the list, which Quartz leaves to those that look for the dead.</summary>
    public async Task RemoveWorkerAsync(string name)
    {
        const string Query = $"""
            DELETE FROM {Prefix}scheduler_state s WHERE s.sched_name = @cluster AND s.instance_name = @name
            AND NOT EXISTS (SELECT 1 FROM {Prefix}fired_triggers f WHERE f.sched_name = s.sched_name AND f.instance_name = s.instance_name)
            """;
        await using var command = Command(Query);
        command.Parameters.AddWithValue("name", name);
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    // Its own message of an inner cause says more: "Failed to connect to 127.0.0.1:5432" does not say why.
    private static string Cause(Exception e)
    {
        var cause = e is NpgsqlException { InnerException: { } inner } ? $"{e.Message}: {inner.Message}" : e.GetBaseException().Message;
        return cause.TrimEnd('.');
    }

    private NpgsqlCommand Command(string text)
    {
        var command = Source.CreateCommand(text);
        command.Parameters.AddWithValue("cluster", Cluster);
        return command;
    }

    // An account that may not create a schema does not have to where somebody has created it.
    private async Task CreateSchemaAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (var hold = new NpgsqlCommand("SELECT pg_advisory_xact_lock(@lock)", connection, transaction))
        {
            hold.Parameters.AddWithValue("lock", SchemaLock);
            await hold.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await using var look = new NpgsqlCommand($"SELECT to_regnamespace('{Schema}') IS NULL", connection, transaction);
        if ((bool)(await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!)
        {
            await using var create = new NpgsqlCommand($"CREATE SCHEMA {Schema}", connection, transaction);
            await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }
}
