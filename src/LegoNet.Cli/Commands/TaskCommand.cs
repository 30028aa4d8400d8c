using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Runs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet task --run DIR --index I</summary>
internal static class TaskCommand
{
    public static Command Create(CommandHost host)
    {
        var (run, threads) = (RunArguments.Run(), Arguments.Threads());
        var index = new Option<int>("--index") { Description = "The task's number, from 0.", Required = true };
        index.Validators.Add(Arguments.RequireNumber(0));
        var command = new Command("task", "Do one task of a run. Doing it again changes nothing, so a scheduler may try as often as it likes.")
        {
            run, index, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var opened = TaskRuns.Open(parsed.GetValue(run)!, RunArguments.Options(parsed, threads, context));
            var task = parsed.GetValue(index);
            var outcome = opened.RunTask(task, context.Progress, context.CancellationToken);
            var stage = opened.Stages.Last(s => s.First <= task).Name;
            var text = outcome switch
            {
                TaskOutcome.Done => $"Task {task} ({stage}) is done, {context.Seconds:F1} s.",
                TaskOutcome.DoneBefore => $"Task {task} ({stage}) was done before.",
                TaskOutcome.NotReady => $"Task {task} ({stage}) has to wait: a task of an earlier stage is not done yet.",
                _ => $"Task {task} ({stage}) is another process's just now.",
            };
            return new CommandResult(
                new JsonObject { ["task"] = task, ["stage"] = stage, ["outcome"] = outcome.ToString(), ["seconds"] = Math.Round(context.Seconds, 3) },
                text,
                outcome is TaskOutcome.Done or TaskOutcome.DoneBefore ? ExitCodes.Done : ExitCodes.Busy);
        }, onIOFailure: ExitCodes.TryAgain, onCancel: RunArguments.Cancelled);
        return command;
    }
}
