using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Changes;
using LegoNet.Records;

namespace LegoNet.Cli.Commands;

/// <summary>legonet forget MODEL (--subject S [--id I] | --file FILE)</summary>
internal static class ForgetCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var subject = new Option<string?>("--subject") { Description = "Forget everything of this subject." };
        var id = new Option<string?>("--id") { Description = "Forget only this record of the subject." };
        var file = new Option<string?>("--file") { Description = "Forget what the file names: one a line, a subject, or subject TAB id." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Forecast only: records found, adapters touched, rows to refit, seconds." };
        var ignore = new Option<bool>("--ignore-unknown")
        {
            Description = "Pass over subjects and records of which nothing is stored, so that a file can be run again.",
        };
        var shred = Shred();
        var (receipt, force) = (Receipts.Argument(), Outputs.Force());
        var (key, signingKey, threads) = (Arguments.Key(), Arguments.SigningKey(), Arguments.Threads());
        var dropCache = RunCache.Drop();
        var command = new Command("forget", "Forget subjects or records, exactly.")
        {
            model, subject, id, file, dryRun, ignore, shred, dropCache, receipt, force, key, signingKey, threads,
        };
        command.Validators.Add(result =>
        {
            // Whether they were given, not what they say: an option given twice has no value, and the parser's own message says so.
            bool Given(Option option) => result.GetResult(option) is not null;
            if (Given(subject) == Given(file) || (Given(id) && !Given(subject)))
            {
                result.AddError("Give either --subject (and --id), or --file.");
            }
        });
        host.Bind(command, (parsed, context) =>
        {
            List<ForgetTarget> targets = parsed.GetValue(file) is { } path
                ? Targets.Read(path)
                : [new ForgetTarget(parsed.GetValue(subject)!, parsed.GetValue(id))];
            var options = Arguments.Options(parsed, key, threads, signingKey, context: context);
            using var receiptFile = Receipts.Prepare(parsed.GetValue(receipt), parsed.GetValue(force), options, parsed.GetValue(file));
            options.DropCaches = parsed.GetValue(dropCache)!;
            options.Shred = parsed.GetValue(shred);
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, options);
            return parsed.GetValue(dryRun)
                ? Show(opened, targets, parsed.GetValue(ignore), context)
                : Receipts.Show(opened.Forget(targets, parsed.GetValue(ignore), context.Progress, context.CancellationToken), context, receiptFile);
        });
        return command;
    }

    /// <summary>--shred, common to what makes files obsolete that hold personal data.</summary>
    public static Option<bool> Shred() => new("--shred")
    {
        Description = "Overwrite obsolete files before they are unlinked. What that reaches on SSDs and snapshots is in docs/erasure.md.",
    };

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
