using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace LegoNet.Cluster.Stores;

/// <summary>Quartz's scheduler on the store.</summary>
internal sealed class StoreScheduler : IAsyncDisposable
{
    private readonly StandaloneSchedulerFactory _factory;

    private StoreScheduler(StandaloneSchedulerFactory factory, IScheduler scheduler) => (_factory, Scheduler) = (factory, scheduler);

    public IScheduler Scheduler { get; }

    /// <summary>Creates a scheduler, and the tables where they are missing. It takes no tasks before it is started.</summary>
    /// <param name="database">The store.</param>
    /// <param name="options">What it may take.</param>
    /// <param name="tasks">Does the tasks; null where the scheduler is never started.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="LegoNetException">The tables are another version's, or may not be created.</exception>
    public static async Task<StoreScheduler> CreateAsync(
        StoreDatabase database, StoreWorkerOptions options, StoreTasks? tasks, CancellationToken cancellationToken)
    {
        var factory = QuartzSchedulerBuilder.Create(quartz =>
        {
            Configure(quartz, database, options);
            if (tasks is not null)
            {
                quartz.Services.AddSingleton(tasks);
            }
        }).Build();
        try
        {
            return new StoreScheduler(factory, await factory.GetScheduler(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is SchedulerException || StoreDatabase.IsOfTheStore(e))
        {
            await factory.DisposeAsync().ConfigureAwait(false);
            throw LegoNetException.BadInput(
                $"{database.Address}: the tables in the schema \"{StoreDatabase.Schema}\" can be neither used nor created "
                + $"({e.GetBaseException().Message.TrimEnd('.')}); let this user create them, or drop the schema where no run is under way.",
                e);
        }
    }

    public ValueTask DisposeAsync() => _factory.DisposeAsync();

    private static void Configure(IQuartzBuilder quartz, StoreDatabase database, StoreWorkerOptions options)
    {
        var times = options.Times;
        quartz.ConfigureScheduler(scheduler =>
        {
            scheduler.InstanceName = StoreDatabase.Cluster;
            scheduler.InstanceId = options.Name;
            // What another worker has scheduled is seen when this one looks next.
            scheduler.IdleWaitTime = TimeSpan.FromSeconds(1);
            // It would add to a trigger's data where the process is traced.
            scheduler.PropagateTraceContext = false;
        });
        quartz.UseTimeProvider(database.Clock);
        quartz.UseDefaultThreadPool(options.Tasks);
        switch (options.Encoding)
        {
            case WorkerEncoding.Never:
                quartz.RefuseExecutionGroups(RunJobs.EncodeGroup);
                break;
            case WorkerEncoding.Only:
                quartz.ServeExecutionGroups(RunJobs.EncodeGroup);
                break;
        }

        quartz.UsePersistentStore(store =>
        {
            store.ConfigureStore(o =>
            {
                o.TablePrefix = StoreDatabase.Prefix;
                o.StoreJobDataAsStrings = true;
                o.DbRetryInterval = times.CheckIn;
            });
            store.UsePostgres(source => source.DataSourceFactory = _ => database.Source);
            store.UseClustering(cluster => (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (times.CheckIn, times.CheckInGrace));
            store.ProvisionSchema();
        });
    }
}
