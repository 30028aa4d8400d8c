using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LegoNet.Cluster;
using LegoNet.Cluster.Stores;
using LegoNet.Runs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet work --run DIR [--workers N | --store ADDRESS]</summary>
internal static class WorkCommand
{
    public static Command Create(CommandHost host)
    {
        var run = RunArguments.Run();
        var workers = new Option<int>("--workers")
        {
            Description = "Processes that work at the same time (default: one for each processor, as far as there is memory for them).",
        };
        workers.Validators.Add(Arguments.RequireNumber(1, 1024));
        var threads = new Option<int>("--threads") { Description = "Threads of each worker (default: its share of the processors)." };
        threads.Validators.Add(Arguments.RequireNumber(1, 1024));
        var tasksOnly = new Option<bool>("--tasks-only") { Description = "Do the tasks, and leave the finish to somebody else." };
        var store = StoreArguments.Store();
        var command = new Command("work", "Do what is left of a run, with processes on this machine or by the workers of a store, and finish it.")
        {
            run, workers, threads, tasksOnly, store,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(store) is not null && (result.GetResult(workers) ?? result.GetResult(threads) ?? result.GetResult(tasksOnly)) is { } other)
            {
                result.AddError($"With --store the store's workers do the tasks: leave out {((OptionResult)other).Option.Name}.");
            }
        });
        host.Bind(command, (parsed, context) =>
        {
            var directory = parsed.GetValue(run)!;
            if (parsed.GetResult(store) is not null)
            {
                var address = StoreArguments.Address(parsed, store)
                    ?? throw LegoNetException.BadInput($"Say after --store where the store is, or in the environment variable {StoreAddress.Variable}.");
                return StoreWork.Work(TaskRuns.Open(directory, new RunOptions { Logger = new NoteLogger(context) }), address, context);
            }

            var count = parsed.GetValue(workers) is > 0 and var given ? given : Math.Max(1, Environment.ProcessorCount);
            var each = parsed.GetValue(threads) is > 0 and var named ? named : Math.Max(1, Environment.ProcessorCount / count);
            var opened = TaskRuns.Open(directory, new RunOptions { Threads = each, Logger = new NoteLogger(context) });
            if (count == 1)
            {
                RunWorker.Work(opened, context.Progress, context.CancellationToken);
            }
            else
            {
                new LocalWorkers(() => Worker(opened.Path, each)).Work(opened, count, context.Progress, context.CancellationToken);
            }

            return parsed.GetValue(tasksOnly)
                ? new CommandResult(new JsonObject { ["run"] = opened.Path }, $"All tasks of {opened.Path} are done, {context.Seconds:F1} s.")
                : FinishCommand.Finish(opened, context);
        });
        return command;
    }

    // This program again, as it was started.
    private static ProcessStartInfo Worker(string run, int threads)
    {
        var program = Environment.ProcessPath!;
        var info = new ProcessStartInfo(program);
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            info.ArgumentList.Add(typeof(WorkCommand).Assembly.Location);
        }

        foreach (var argument in (ReadOnlySpan<string>)
            ["work", "--run", run, "--workers", "1", "--threads", threads.ToString(CultureInfo.InvariantCulture), "--tasks-only"])
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }
}
