using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Cluster;
using LegoNet.Cluster.Stores;
using LegoNet.Runs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet worker --store ADDRESS --runs DIR</summary>
internal static class WorkerCommand
{
    private static readonly Dictionary<string, WorkerEncoding> s_encodings = new(StringComparer.Ordinal)
    {
        ["yes"] = WorkerEncoding.Too,
        ["no"] = WorkerEncoding.Never,
        ["only"] = WorkerEncoding.Only,
    };

    public static Command Create(CommandHost host)
    {
        var store = StoreArguments.Store();
        var runs = new Option<string>("--runs")
        {
            Description = "The folder of the run directories, as this machine sees it. Runs that are elsewhere are left to other workers.",
            HelpName = "DIR",
            Required = true,
        };
        var tasks = new Option<int>("--tasks") { Description = "Tasks at a time.", DefaultValueFactory = _ => 1 };
        tasks.Validators.Add(Arguments.RequireNumber(1, 256));
        var threads = new Option<int>("--threads") { Description = "Threads of each task (default: its share of the processors). No result depends on it." };
        threads.Validators.Add(Arguments.RequireNumber(1, 1024));
        var encode = new Option<string>("--encode")
        {
            Description = "Whether it takes tasks that run the encoder: yes; no, where other workers have a GPU; "
                + "only, where this one's GPU is too dear for other tasks.",
            DefaultValueFactory = _ => "yes",
        };
        encode.AcceptOnlyFromAmong([.. s_encodings.Keys]);
        var untilIdle = new Option<bool>("--until-idle") { Description = "End once nothing is left to do, instead of waiting for the next run." };
        var command = new Command("worker", "Do tasks of any run that `legonet work --store` submits, until stopped. Start as many as there are machines.")
        {
            store, runs, tasks, threads, encode, untilIdle,
        };
        host.Bind(command, (parsed, context) =>
        {
            var address = StoreArguments.Address(parsed, store)
                ?? throw LegoNetException.BadInput($"Name the store with --store, or in the environment variable {StoreAddress.Variable}.");
            var atATime = parsed.GetValue(tasks);
            var each = parsed.GetValue(threads) is > 0 and var given ? given : Math.Max(1, Environment.ProcessorCount / atATime);
            var logger = new NoteLogger(context);
            var folder = new RunFolder(parsed.GetValue(runs)!, directory => TaskRuns.Open(directory, new RunOptions { Threads = each, Logger = logger }));
            var options = new StoreWorkerOptions
            {
                Tasks = atATime,
                Encoding = s_encodings[parsed.GetValue(encode)!],
                UntilIdle = parsed.GetValue(untilIdle),
            };
            new StoreWorker(address, folder, options, context.Note).RunAsync(context.CancellationToken).GetAwaiter().GetResult();
            return new CommandResult(new JsonObject { ["seconds"] = Math.Round(context.Seconds, 3) }, $"Worked for {context.Seconds:F0} s.");
        },
            talks: true);
        return command;
    }
}
