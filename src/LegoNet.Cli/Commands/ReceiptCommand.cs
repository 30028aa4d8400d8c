using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;

namespace LegoNet.Cli.Commands;

/// <summary>legonet receipt MODEL --sequence N [--out FILE]</summary>
internal static class ReceiptCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var sequence = new Option<int>("--sequence") { Description = "The change's number in the ledger (`legonet ledger list MODEL`).", Required = true };
        sequence.Validators.Add(Arguments.RequireNumber(1));
        var output = new Option<string?>("--out") { Description = "Write the receipt to this file (default: print it)." };
        var force = Outputs.Force();
        var (key, signingKey) = (Arguments.Key(), Arguments.SigningKey());
        var command = new Command("receipt", "Make the receipt of an earlier change again, from the ledger, which keeps no counts and no adapters.")
        {
            model, sequence, output, force, key, signingKey,
        };
        host.Bind(command, (parsed, context) =>
        {
            var options = Arguments.Options(parsed, key, null, signingKey, context: context);
            using var file = Receipts.Prepare(parsed.GetValue(output), parsed.GetValue(force), options);
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, options);
            var receipt = opened.History.Receipt(parsed.GetValue(sequence));
            var json = receipt.ToJson();
            var change = $"entry {receipt.LedgerSequence} ({receipt.Operation} at {receipt.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z)";
            file?.Write(Encoding.UTF8.GetBytes(json + "\n"));
            return new CommandResult(
                JsonNode.Parse(json)!.AsObject(),
                file is null
                    ? json
                    : $"""
                    The receipt of {change}, made again, is in {file.Path}.
                    root {receipt.RootBefore[..16]}… → {receipt.RootAfter[..16]}…
                    """);
        });
        return command;
    }
}
