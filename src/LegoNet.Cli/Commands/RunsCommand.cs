using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Runs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet runs [PATH…] [--purge [--of MODEL]]</summary>
internal static class RunsCommand
{
    public static Command Create(CommandHost host)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Run directories, folders that hold some, or models that some are planned for (default: the current folder).",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var purge = new Option<bool>("--purge") { Description = "Remove the runs that are named, with all that their tasks have made." };
        var of = new Option<string?>("--of")
        {
            Description = "With --purge: the model that runs were planned for whose disk is lost for good, so that a forget no longer waits for it.",
            HelpName = "MODEL",
        };
        var command = new Command("runs", "Show how far runs are, who is at them and what is stuck; or remove runs that are given up.") { paths, purge, of };
        command.Validators.Add(result =>
        {
            if (result.GetValue(purge) && result.GetResult(paths) is null or { Tokens.Count: 0 })
            {
                result.AddError("Name the runs to remove: legonet runs DIR --purge.");
            }
            else if (result.GetResult(of) is not null && !result.GetValue(purge))
            {
                result.AddError("--of goes with --purge: legonet runs DIR --purge --of MODEL.");
            }
        });
        host.Bind(command, (parsed, _) =>
        {
            var named = parsed.GetValue(paths) is { Length: > 0 } given ? given : ["."];
            if (parsed.GetValue(of) is { } model)
            {
                return Drop(model, named);
            }

            string[] runs = [.. named.SelectMany(Find).Distinct(StringComparer.Ordinal)];
            return parsed.GetValue(purge) ? Purge(runs) : Show(runs);
        });
        return command;
    }

    /// <summary>A run in one line.</summary>
    public static string Line(RunStatus status)
    {
        var now = status.Done == status.Tasks ? "all tasks done, to be finished" : $"{status.Done:N0} of {Plural.Of(status.Tasks, "task")} done";
        var who = status.IsIdle ? "nobody is" : Plural.Of(status.AtWork.Count, "process", "processes");
        return $"{status.Path}: {status.Kind} {status.Model}, {now}, {who} at it";
    }

    private static CommandResult Show(string[] runs)
    {
        var text = new StringBuilder();
        var shown = new JsonArray();
        foreach (var path in runs)
        {
            RunStatus status;
            try
            {
                status = TaskRuns.StatusOf(path);
            }
            catch (LegoNetException e)
            {
                text.AppendLine(e.Message);
                shown.Add(new JsonObject { ["run"] = path, ["error"] = e.Message });
                continue;
            }

            text.AppendLine(Line(status));
            text.AppendLine($"  plan {status.Digest}");
            foreach (var stage in status.Stages)
            {
                var running = stage.Running > 0 ? $", {stage.Running:N0} under way" : "";
                text.AppendLine($"  {stage.Stage.Name,-8} {stage.Done:N0} of {stage.Stage.Count:N0}{running}");
            }

            foreach (var line in status.AtWork)
            {
                text.AppendLine($"  at work  {line}");
            }

            foreach (var line in status.Stuck)
            {
                text.AppendLine($"  stuck    {line}");
            }

            if (status.IsIdle)
            {
                text.AppendLine($"  go on: legonet work --run {status.Path}; give it up: legonet runs {status.Path} --purge");
            }

            shown.Add(new JsonObject
            {
                ["run"] = status.Path,
                ["plan"] = status.Digest,
                ["kind"] = status.Kind,
                ["model"] = status.Model,
                ["done"] = status.Done,
                ["tasks"] = status.Tasks,
                ["stages"] = new JsonArray([.. status.Stages.Select(s => (JsonNode)new JsonObject
                {
                    ["name"] = s.Stage.Name,
                    ["done"] = s.Done,
                    ["running"] = s.Running,
                    ["count"] = s.Stage.Count,
                })]),
                ["atWork"] = new JsonArray([.. status.AtWork.Select(l => (JsonNode)l)]),
                ["stuck"] = new JsonArray([.. status.Stuck.Select(l => (JsonNode)l)]),
            });
        }

        return new CommandResult(new JsonObject { ["runs"] = shown }, runs.Length == 0 ? "No run is here." : text.ToString());
    }

    private static CommandResult Purge(string[] runs)
    {
        foreach (var run in runs)
        {
            TaskRuns.Purge(run);
        }

        return new CommandResult(
            new JsonObject { ["purged"] = new JsonArray([.. runs.Select(r => (JsonNode)r)]) },
            runs.Length == 0 ? "No run is here; nothing was removed." : $"Removed {Plural.Of(runs.Length, "run")}: {string.Join(", ", runs)}");
    }

    private static CommandResult Drop(string model, string[] runs)
    {
        foreach (var run in runs)
        {
            TaskRuns.Drop(model, run);
        }

        return new CommandResult(
            new JsonObject { ["dropped"] = new JsonArray([.. runs.Select(r => (JsonNode)Path.GetFullPath(r))]) },
            $"{Path.GetFullPath(model)} no longer waits for {string.Join(", ", runs)}; what the tasks made is still wherever it is."
                + (Directory.Exists(model) ? "" : " Forgets that were noted there have to be asked for again."));
    }

    private static IEnumerable<string> Find(string path)
    {
        var full = Path.GetFullPath(path);
        if (TaskRuns.IsRun(full))
        {
            return [full];
        }

        var planned = TaskRuns.Of(full);
        return planned.Count > 0 ? planned
            : Directory.Exists(full) ? Directory.EnumerateDirectories(full).Where(TaskRuns.IsRun).Order(StringComparer.Ordinal)
            : throw LegoNetException.BadInput($"{full}: no such run, model or folder.");
    }
}
