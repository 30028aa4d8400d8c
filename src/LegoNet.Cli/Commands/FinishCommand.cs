using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Files;
using LegoNet.Runs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet finish --run DIR</summary>
internal static class FinishCommand
{
    public static Command Create(CommandHost host)
    {
        var (run, threads, receipt, force) = (RunArguments.Run(), Arguments.Threads(), Receipts.Argument(), Outputs.Force());
        var command = new Command("finish", "Commit what the tasks of a run have made, and remove the run directory.") { run, threads, receipt, force };
        host.Bind(
            command,
            (parsed, context) =>
            {
                using var file = Receipts.Prepare(parsed.GetValue(receipt), parsed.GetValue(force), new ModelOptions());
                return Finish(TaskRuns.Open(parsed.GetValue(run)!, RunArguments.Options(parsed, threads, context)), context, file);
            },
            onIOFailure: ExitCodes.TryAgain);
        return command;
    }

    /// <summary>Finishes a run whose tasks are done, and says what came of it.</summary>
    public static CommandResult Finish(ITaskRun run, CommandContext context, OutputFile? receipt)
    {
        var result = run.Finish(context.Progress, context.CancellationToken);
        if (result.Receipt is { } signed)
        {
            return Receipts.Show(signed, context, receipt);
        }

        if (run is ScoreRun { Scoring: var scores })
        {
            return ScoreCommand.Result(result.Output, scores.Records, scores.Root, context);
        }

        using var made = LegoNetModel.Open(result.Output);
        return new CommandResult(
            new JsonObject
            {
                ["model"] = made.Path,
                ["records"] = made.RecordCount,
                ["root"] = made.RootDigest,
                ["seconds"] = Math.Round(context.Seconds, 3),
            },
            $"Finished {made.Path}: {Plural.Of(made.RecordCount, "record")}, {Plural.Of(made.Spec.Adapters, "adapter")}, {context.Seconds:F1} s.\n"
                + $"root {made.RootDigest}");
    }
}
