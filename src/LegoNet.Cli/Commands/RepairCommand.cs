using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Verification;

namespace LegoNet.Cli.Commands;

/// <summary>legonet repair MODEL [--accept-loss]</summary>
internal static class RepairCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var acceptLoss = new Option<bool>("--accept-loss")
        {
            Description = "Go on without what is lost. Without it a repair that would lose anything changes nothing.",
        };
        var (key, signingKey, threads) = (Arguments.Key(), Arguments.SigningKey(), Arguments.Threads());
        var command = new Command("repair", "Make a damaged model whole from the records that are intact, and say what cannot be brought back.")
        {
            model, acceptLoss, key, signingKey, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var options = Arguments.Options(parsed, key, threads, signingKey, context: context);
            return Show(LegoNetModel.Repair(parsed.GetValue(model)!, parsed.GetValue(acceptLoss), options, context.Progress, context.CancellationToken));
        });
        return command;
    }

    private static CommandResult Show(RepairReport report)
    {
        var isDone = report.Outcome is RepairOutcome.Repaired or RepairOutcome.RepairedWithLoss;
        var text = new StringBuilder();
        foreach (var line in report.Lost)
        {
            text.AppendLine($"lost: {line}");
        }

        foreach (var line in report.Rewritten)
        {
            text.AppendLine($"{(isDone ? "rewritten" : "would be rewritten")}: {line}");
        }

        foreach (var line in report.Removed)
        {
            text.AppendLine($"{(isDone ? "removed" : "would be removed")}: {line}");
        }

        var remaining = report.Verification is { } verification ? verification.Damage.Concat(verification.Differences).ToArray() : [];
        foreach (var line in remaining)
        {
            text.AppendLine($"still wrong: {line}");
        }

        var lost = report.RecordsLost is { } count ? Plural.Of(count, "record") : "an unknown number of records";
        text.AppendLine(report.Outcome switch
        {
            RepairOutcome.Whole => "Nothing is wrong with the model; nothing was changed.",
            RepairOutcome.Repaired => $"Repaired: {Plural.Of(report.Rewritten.Count, "file")} rewritten, "
                + $"{Plural.Of(report.Removed.Count, "file")} removed, nothing lost.",
            RepairOutcome.RepairedWithLoss => $"Repaired without what was lost ({lost}).",
            RepairOutcome.LossNotAccepted => $"A repair would lose {lost}; nothing was changed. "
                + "Restore the files named from a backup, or run again with --accept-loss and add lost records again from their source.",
            _ => "Not possible with what is left; nothing was changed.",
        });
        if (report.RootAfter is not null)
        {
            text.AppendLine(report.RootBefore is null || report.RootBefore == report.RootAfter
                ? $"root {report.RootAfter}"
                : $"root {report.RootBefore} → {report.RootAfter}");
        }

        var outcome = report.Outcome.ToString();
        return new CommandResult(
            new JsonObject
            {
                ["outcome"] = char.ToLowerInvariant(outcome[0]) + outcome[1..],
                ["rewritten"] = Array(report.Rewritten),
                ["removed"] = Array(report.Removed),
                ["lost"] = Array(report.Lost),
                ["recordsLost"] = report.RecordsLost,
                ["rootBefore"] = report.RootBefore,
                ["rootAfter"] = report.RootAfter,
                ["verified"] = report.Verification?.IsExact,
                ["remaining"] = Array(remaining),
            },
            text.ToString(),
            report.Outcome is RepairOutcome.NotPossible or RepairOutcome.LossNotAccepted ? ExitCodes.Damaged
                : report.Verification is { IsExact: false } ? ExitCodes.VerificationFailed
                : ExitCodes.Done);
    }

    private static JsonArray Array(IEnumerable<string> lines) => new([.. lines.Select(l => (JsonNode)l)]);
}
