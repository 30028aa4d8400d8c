using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Encoders;
using LegoNet.Verification;

namespace LegoNet.Cli.Commands;

/// <summary>legonet verify MODEL [--data SOURCE]</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var data = Arguments.Data(required: false);
        var dataSpec = Arguments.DataSpec();
        var partial = new Option<bool>("--partial") { Description = "With --data: the source holds only some of the stored records." };
        var exclude = new Option<string?>("--exclude")
        {
            Description = "With --data: pass over these subjects or records, e.g. because they were forgotten "
                + "(one a line: subject, or subject TAB id).",
        };
        var ignore = Selection.IgnoreUnknown();
        var receiptFile = new Option<string?>("--receipt")
        {
            Description = "Also compare this receipt with the model: signature, ledger, adapters, "
                + "and that what it names as forgotten is not stored.",
        };
        var (encoder, device, key, publicKey, threads) = (Arguments.Encoder(), Arguments.Device(), Arguments.Key(), Arguments.PublicKey(), Arguments.Threads());
        var command = new Command("verify", "Derive every byte anew from the stored records and compare; with --data, encode the records again too.")
        {
            model, data, dataSpec, partial, exclude, ignore, receiptFile, encoder, device, key, publicKey, threads,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(exclude) is not null && result.GetResult(data) is null)
            {
                result.AddError("--exclude says what to pass over in --data; give both.");
            }
        });
        host.Bind(command, (parsed, context) =>
        {
            var options = Arguments.Options(parsed, key, threads, publicKey: publicKey, context: context);
            var receipt = parsed.GetValue(receiptFile) is { } receiptPath ? Receipts.Read(receiptPath) : null;
            var selection = Selection.Read(parsed.GetValue(exclude), parsed.GetValue(ignore));
            var report = LegoNetModel.Verify(parsed.GetValue(model)!, options, context.Progress, context.CancellationToken);
            VerificationReport? encoded = null;
            ReceiptReport? compared = null;
            var path = parsed.GetValue(data);
            try
            {
                using var opened = path is null && receipt is null ? null : LegoNetModel.Open(parsed.GetValue(model)!, options);
                if (opened is not null && path is not null)
                {
                    var (setup, source) = Arguments.Open(opened, path, parsed.GetValue(dataSpec), parsed.GetValue(encoder), parsed.GetValue(device)!, context);
                    using (setup)
                    {
                        var (progress, stop) = (context.Progress, context.CancellationToken);
                        var records = RecordEncoder.Encode(source, setup.Encoder, options.Threads, selection.Includes, progress, stop);
                        encoded = opened.VerifyData(selection.RequireMatched(records), !parsed.GetValue(partial), stop);
                        selection.NoteExcluded(context);
                        encoded = encoded with { Differences = [.. StillStored(opened, selection), .. encoded.Differences] };
                    }
                }

                compared = receipt is null ? null : opened?.VerifyReceipt(receipt);
            }
            catch (LegoNetException e) when (e.Error == LegoNetError.Damaged && report.Outcome is VerificationOutcome.Damaged or VerificationOutcome.Different)
            {
                // What differs may keep the model from being opened; that was to be compared all the same, so it is said that it was not.
                var what = encoded is null && path is not null ? path : "the receipt";
                report = report with { NotCompared = [.. report.NotCompared, $"{what}: {e.Message.TrimEnd('.')}"] };
            }

            return Show(report, encoded, compared, context);
        });
        return command;
    }

    // Whoever is excluded is expected to be forgotten; where that is not so, it is the first thing to know.
    private static IEnumerable<string> StillStored(LegoNetModel model, Selection selection)
    {
        foreach (var target in selection.Targets)
        {
            var count = model.Forecast([target], ignoreUnknown: true).Records;
            if (count > 0)
            {
                yield return $"{target.Origin}: {Plural.Of(count, "record")} of what it names {Plural.Form(count, "is", "are")} still stored";
            }
        }
    }

    private static CommandResult Show(VerificationReport report, VerificationReport? encoded, ReceiptReport? receipt, CommandContext context)
    {
        var all = report with
        {
            Differences = [.. report.Differences, .. encoded?.Differences ?? [], .. receipt?.Differences ?? []],
            NotCompared = [.. report.NotCompared, .. encoded?.NotCompared ?? []],
            Notes = [.. encoded?.Notes ?? [], .. receipt?.Notes ?? []],
        };
        var exit = all.Outcome switch
        {
            VerificationOutcome.Damaged => ExitCodes.Damaged,
            VerificationOutcome.Different => ExitCodes.VerificationFailed,
            VerificationOutcome.NotComparable => ExitCodes.NotComparable,
            _ => ExitCodes.Done,
        };
        var text = new StringBuilder();
        WriteFindings(text, all);
        WriteOutcome(text, all, encoded, context);
        if (exit is ExitCodes.Done or ExitCodes.NotComparable)
        {
            WriteLedger(text, all, receipt);
        }

        foreach (var note in all.Notes)
        {
            text.AppendLine($"note: {note}");
        }

        text.AppendLine($"root {all.RootDigest}");
        return new CommandResult(ToJson(all, encoded, receipt, context), text.ToString(), exit);
    }

    private static void WriteFindings(StringBuilder text, VerificationReport report)
    {
        foreach (var line in report.Damage)
        {
            text.AppendLine($"damaged: {line}");
        }

        foreach (var line in report.Differences)
        {
            text.AppendLine($"differs: {line}");
        }

        foreach (var line in report.NotCompared)
        {
            text.AppendLine($"not compared: {line}.");
        }
    }

    private static void WriteOutcome(StringBuilder text, VerificationReport report, VerificationReport? encoded, CommandContext context)
    {
        var notComparable = report.WhyNotComparable is { } why ? $"adapters cannot be compared here: {why.TrimEnd('.')}." : "the rest was not compared.";
        if (report.WhyNotComparable is not null && report.Outcome != VerificationOutcome.NotComparable)
        {
            text.AppendLine($"not compared: {notComparable}");
        }

        var (records, files) = (Plural.Of(report.Records, "record"), Plural.Of(report.Files, "file"));
        var again = encoded is null ? "" : $", {Plural.Of(encoded.Records, "record")} encoded again";
        text.AppendLine(report.Outcome switch
        {
            VerificationOutcome.Damaged => $"The model is damaged ({Plural.Of(report.Damage.Count, "file")}).",
            VerificationOutcome.Different => $"Verification failed: {Plural.Of(report.Differences.Count, "difference")}.",
            VerificationOutcome.NotComparable
                => $"{(report.WhyNotComparable is null ? "What was compared is as it should be" : "Records, routes and files are as they should be")} "
                    + $"({records}, {files}{again}, {context.Seconds:F1} s); {notComparable}",
            _ => $"Verified: {records}, {Plural.Of(report.Adapters, "adapter")} fitted anew, "
                + $"{files} equal byte for byte{again}, {context.Seconds:F1} s.",
        });
        if (encoded is not null && report.Differences.Any(d => d.EndsWith("is not stored", StringComparison.Ordinal)))
        {
            text.AppendLine("Records that were forgotten can be passed over: --exclude FILE.");
        }
    }

    private static void WriteLedger(StringBuilder text, VerificationReport report, ReceiptReport? receipt)
    {
        var signatures = report.SignaturesChecked
            ? "every signature valid"
            : "signatures not checked: there is no public key beside the model";
        var lacks = report.LedgerLacks is { } what ? $"; {what}" : "";
        text.AppendLine($"ledger: {Plural.Of(report.LedgerEntries, "entry", "entries")}, chained, {signatures}{lacks}");
        if (receipt is not null)
        {
            text.AppendLine(receipt.IsPresent
                ? "receipt: confirmed; its change led to the present state, and every adapter that it names is the model's"
                : "receipt: confirmed; the model was changed since");
        }
    }

    private static JsonObject ToJson(VerificationReport report, VerificationReport? encoded, ReceiptReport? receipt, CommandContext context) => new()
    {
        ["exact"] = report.IsExact,
        ["records"] = report.Records,
        ["adapters"] = report.Adapters,
        ["files"] = report.Files,
        ["root"] = report.RootDigest,
        ["encodedAgain"] = encoded?.Records,
        ["ledgerEntries"] = report.LedgerEntries,
        ["ledgerLacks"] = report.LedgerLacks,
        ["signaturesChecked"] = report.SignaturesChecked,
        ["receipt"] = receipt is null ? null : new JsonObject
        {
            ["holds"] = receipt.Holds,
            ["isPresent"] = receipt.IsPresent,
            ["notes"] = new JsonArray([.. receipt.Notes.Select(n => (JsonNode)n)]),
        },
        ["damage"] = new JsonArray([.. report.Damage.Select(d => (JsonNode)d)]),
        ["differences"] = new JsonArray([.. report.Differences.Select(d => (JsonNode)d)]),
        ["notCompared"] = new JsonArray([.. report.NotCompared.Select(n => (JsonNode)n)]),
        ["notComparable"] = report.WhyNotComparable,
        ["notes"] = new JsonArray([.. (encoded?.Notes ?? []).Select(n => (JsonNode)n)]),
        ["seconds"] = Math.Round(context.Seconds, 3),
    };
}
