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
    private const string UntilInputEnds = "--until-input-ends";
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(500);

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
        var (receipt, force, store) = (Receipts.Argument(), Outputs.Force(), StoreArguments.Store());
        var untilInputEnds = new Option<bool>(UntilInputEnds) { Hidden = true };
        var command = new Command("work", "Do what is left of a run, with processes on this machine or by the workers of a store, and finish it.")
        {
            run, workers, threads, tasksOnly, store, receipt, force, untilInputEnds,
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
            using var file = Receipts.Prepare(parsed.GetValue(receipt), parsed.GetValue(force), new ModelOptions());
            if (parsed.GetResult(store) is not null)
            {
                var address = StoreArguments.Address(parsed, store)
                    ?? throw LegoNetException.BadInput($"Say after --store where the store is, or in the environment variable {StoreAddress.Variable}.");
                return StoreWork.Work(TaskRuns.Open(directory, new RunOptions { Logger = new NoteLogger(context) }), address, context, file);
            }

            var count = parsed.GetValue(workers) is > 0 and var given ? given
                : Workers(((TaskRun)TaskRuns.Open(directory)).Plan.Memory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Environment.ProcessorCount);
            var each = parsed.GetValue(threads) is > 0 and var named ? named : Math.Max(1, Environment.ProcessorCount / count);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            if (parsed.GetValue(untilInputEnds))
            {
                EndWithInput(ending);
            }

            for (ITaskRun? opened = null; ;)
            {
                var isGone = opened is not null && !TaskRuns.IsRun(directory); // Somebody else finished it meanwhile.
                opened = isGone ? opened! : TaskRuns.Open(directory, new RunOptions { Threads = each, Logger = new NoteLogger(context) });
                try
                {
                    if (!isGone)
                    {
                        Work(opened, count, each, context, ending.Token);
                    }

                    return parsed.GetValue(tasksOnly) ? AllDone(opened, context) : FinishCommand.Finish(opened, context, file);
                }
                catch (LegoNetException e) when (e.Reason == LegoNetReason.Busy)
                {
                    // What a task made was lost, or the model was changed, and tasks are done again; or somebody else is at the finish, or at the model.
                    context.Progress.Report(new LegoNetProgress("waiting for the finish", 0, null));
                    ending.Token.WaitHandle.WaitOne(s_wait);
                    ending.Token.ThrowIfCancellationRequested();
                }
            }
        }, onIOFailure: ExitCodes.TryAgain, onCancel: RunArguments.Cancelled);
        return command;
    }

    // A run that is gone asks for nothing more, and its tasks count as done.
    private static CommandResult AllDone(ITaskRun run, CommandContext context)
    {
        var isGone = ((TaskRun)run).IsGoing;
        return new CommandResult(
            new JsonObject { ["run"] = run.Path, ["gone"] = isGone },
            isGone ? $"{run.Path}: the run is gone, since it was finished or purged, so there is nothing left to do."
            : $"All tasks of {run.Path} are done, {context.Seconds:F1} s.");
    }

    /// <summary>How many processes work where nobody says it.</summary>
    /// <param name="memory">Bytes that a task may use for records.</param>
    /// <param name="available">Bytes of main memory that there are.</param>
    /// <param name="processors">Processors.</param>
    internal static int Workers(long memory, long available, int processors)
        => (int)Math.Clamp(available / (memory + SchedulerFiles.Besides), 1, Math.Max(1, processors));

    private static void Work(ITaskRun run, int workers, int threads, CommandContext context, CancellationToken cancellationToken)
    {
        if (workers == 1)
        {
            RunWorker.Work(run, context.Progress, cancellationToken);
        }
        else
        {
            new LocalWorkers(() => Worker(run.Path, threads)).Work(run, workers, context.Progress, cancellationToken);
        }
    }

    // Whoever started this worker holds its standard input open, and when he dies the system closes it.
    private static void EndWithInput(CancellationTokenSource ending)
    {
        var input = Console.OpenStandardInput();
        var reader = new Thread(() =>
        {
            while (input.ReadByte() >= 0)
            {
            }

            try
            {
                ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The work is done.
            }
        });
        reader.IsBackground = true;
        reader.Start();
    }

    // This program again, as it was started.
    private static ProcessStartInfo Worker(string run, int threads)
    {
        var info = new ProcessStartInfo(ThisProgram.Words[0]);

        // Records come and go by millions. With this much room for them, in bytes, a worker collects garbage less often and spends half the time in the system.
        info.Environment.TryAdd("DOTNET_GCgen0size", "0x4000000");
        string[] work = ["work", "--run", run, "--workers", "1", "--threads", threads.ToString(CultureInfo.InvariantCulture), "--tasks-only", UntilInputEnds];
        foreach (var argument in ThisProgram.Words.Skip(1).Concat(work))
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }
}
