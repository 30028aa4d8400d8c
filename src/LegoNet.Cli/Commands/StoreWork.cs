using System.Text.Json.Nodes;
using LegoNet.Cluster.Stores;
using LegoNet.Files;
using LegoNet.Runs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet work --run DIR --store ADDRESS</summary>
internal static class StoreWork
{
    /// <summary>Hands a run to the workers of a store, waits, and finishes it.</summary>
    public static CommandResult Work(ITaskRun run, StoreAddress store, CommandContext context, OutputFile? receipt)
    {
        CommandResult? finished = null;
        try
        {
            // A line under a live bar would be overdrawn; a stage that counts nothing is shown everywhere.
            new StoreRun(
                store,
                run,
                line => context.Progress.Report(new LegoNetProgress(line, 0, null)),
                () => TaskRuns.Open(run.Path, new RunOptions { Logger = new NoteLogger(context) }))
                .RunAsync(planned => finished = FinishCommand.Finish(planned, context, receipt), context.Progress, context.CancellationToken)
                .GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return new CommandResult(
                new JsonObject { ["run"] = run.Path, ["finished"] = false },
                $"{run.Path}: the workers of {store} go on with it, and finish it; the same command waits for them again.",
                ExitCodes.Cancelled);
        }

        return finished ?? new CommandResult(new JsonObject { ["run"] = run.Path, ["finished"] = true }, $"{run.Path} is finished, by a worker of {store}.");
    }
}
