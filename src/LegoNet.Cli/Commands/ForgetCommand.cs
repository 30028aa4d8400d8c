using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Changes;
using LegoNet.Records;
using LegoNet.Runs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet forget MODEL (--subject S [--id I] | --file FILE)</summary>
internal static class ForgetCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var request = new ForgetRequest();
        var dryRun = new Option<bool>("--dry-run") { Description = "Forecast only: records found, adapters touched, rows to refit, seconds." };
        var shred = Shred();
        var (receipt, force) = (Receipts.Argument(), Outputs.Force());
        var (key, signingKey, threads) = (Arguments.Key(), Arguments.SigningKey(), Arguments.Threads());
        var dropCache = RunCache.Drop();
        var command = new Command("forget", "Forget subjects or records, exactly.")
        {
            model, dryRun, shred, dropCache, receipt, force, key, signingKey, threads,
        };
        request.AddTo(command);
        host.Bind(command, (parsed, context) =>
        {
            var targets = request.Targets(parsed);
            var options = Arguments.Options(parsed, key, threads, signingKey, context: context);
            using var receiptFile = Receipts.Prepare(parsed.GetValue(receipt), parsed.GetValue(force), options, request.File(parsed));
            if (!parsed.GetValue(dryRun) && TaskRuns.Forget(parsed.GetValue(model)!, targets) is { Count: > 0 } runs)
            {
                if (receiptFile is not null || parsed.GetValue(shred) || parsed.GetValue(dropCache) is { Length: > 0 })
                {
                    context.Note("note: --receipt, --shred and --drop-cache are for a model that is there, so they do nothing here.");
                }

                return Noted(parsed.GetValue(model)!, runs);
            }

            options.DropCaches = parsed.GetValue(dropCache)!;
            options.Shred = parsed.GetValue(shred);
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, options);
            return parsed.GetValue(dryRun)
                ? Show(opened, targets, request.IgnoresUnknown(parsed), context)
                : Receipts.Show(opened.Forget(targets, request.IgnoresUnknown(parsed), context.Progress, context.CancellationToken), context, receiptFile);
        });
        return command;
    }

    /// <summary>--shred, common to what makes files obsolete that hold personal data.</summary>
    public static Option<bool> Shred() => new("--shred")
    {
        Description = "Overwrite obsolete files before they are unlinked. What that reaches on SSDs and snapshots is in docs/erasure.md.",
    };

    private static CommandResult Noted(string model, IReadOnlyList<string> runs) => new(
        new JsonObject { ["noted"] = new JsonArray([.. runs.Select(r => (JsonNode)r)]) },
        $"{model} is not there yet: {string.Join(" and ", runs)} {(runs.Count == 1 ? "is" : "are")} making it.\n"
            + "Noted: the run forgets this before the model takes its name. The ledger has the entry then; `legonet receipt` makes the receipt from it.");

    private static CommandResult Show(LegoNetModel model, IReadOnlyCollection<ForgetTarget> targets, bool ignoreUnknown, CommandContext context)
    {
        // The command opens the model first, as this one did.
        var opening = context.Seconds;
        var forecast = model.Forecast(targets, ignoreUnknown);
        forecast = forecast with { Seconds = opening + forecast.Seconds };
        var text = $"""
            Dry run, nothing was changed.
            records found     {forecast.Records:N0}
            adapters touched  {forecast.Adapters.Count:N0}
            rows to refit     {forecast.Rows:N0}
            expected time     about {forecast.Seconds:0.###} s
            """;
        if (forecast.SameCodeElsewhere > 0)
        {
            text += $"\nsame code under other subjects, will stay: {forecast.SameCodeElsewhere:N0}";
        }

        return new CommandResult(
            new JsonObject
            {
                ["dryRun"] = true,
                ["records"] = forecast.Records,
                ["adapters"] = new JsonArray([.. forecast.Adapters.Select(a => (JsonNode)a)]),
                ["rows"] = forecast.Rows,
                ["seconds"] = Math.Round(forecast.Seconds, 4),
                ["sameCodeElsewhere"] = forecast.SameCodeElsewhere,
            },
            text);
    }
}
