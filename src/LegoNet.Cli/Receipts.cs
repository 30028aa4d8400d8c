using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Audit;
using LegoNet.Files;

namespace LegoNet.Cli;

/// <summary>Shows the receipt of a change, and reads it again.</summary>
internal static class Receipts
{
    private const int MaximalReceipt = 1 << 24;

    /// <summary>Reads a receipt's file.</summary>
    /// <exception cref="LegoNetException">The file cannot be read, or is no receipt.</exception>
    public static Receipt Read(string path) => Receipt.Parse(Inputs.ReadText(path, MaximalReceipt), path);

    /// <summary>The option that says where a receipt is written.</summary>
    public static Option<string?> Argument() => new("--receipt") { Description = "Write the receipt to this file." };

    /// <summary>The file for a receipt, once it is sure that it can be written and that nothing is lost by it; null where none was asked for.</summary>
    public static OutputFile? Prepare(string? path, bool force, ModelOptions options, params IEnumerable<string?> inputs)
        => path is null ? null : OutputFile.Prepare(path, Receipt.FileKind, force, [.. inputs, .. Outputs.Keys(options)]);

    public static CommandResult Show(Receipt receipt, CommandContext context, OutputFile? output = null)
    {
        var json = receipt.ToJson();
        var path = output is not null && (IsKept(output, receipt, context) || TryWrite(output, json, context)) ? output.Path : null;

        var node = JsonNode.Parse(json)!.AsObject();
        node["seconds"] = Math.Round(context.Seconds, 3);
        if (receipt.IsMadeAgain)
        {
            return new CommandResult(
                node,
                $"""
                Nothing to do: forgotten at {receipt.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, entry {receipt.LedgerSequence} of the ledger.
                root {receipt.RootBefore[..16]}… → {receipt.RootAfter[..16]}…{(path is null ? "" : $"; the receipt, made again, is in {path}")}
                """ + Purged(receipt));
        }

        if (receipt.RootAfter == receipt.RootBefore)
        {
            return new CommandResult(node, "Nothing to do: the model already is as asked." + Purged(receipt));
        }

        var done = receipt.Operation switch { "forget" => "Forgot", "add" => "Added", _ => "Corrected" };
        var adapters = Plural.Of(receipt.Adapters.Count, "adapter");
        var text = $"""
            {done} {Plural.Of(receipt.Records, "record")}: {adapters} refitted in {context.Seconds:F2} s. Guarantee: {receipt.Guarantee}.
            root {receipt.RootBefore[..16]}… → {receipt.RootAfter[..16]}…{(path is null ? "" : $"; receipt in {path}")}
            """;
        if (receipt.SameCodeElsewhere > 0)
        {
            text += $"\nnote: {Plural.Of(receipt.SameCodeElsewhere, "record")} of other subjects "
                + $"{Plural.Form(receipt.SameCodeElsewhere, "has", "have")} the same code as a forgotten one "
                + $"and {Plural.Form(receipt.SameCodeElsewhere, "stays", "stay")}.";
        }

        return new CommandResult(node, text + Purged(receipt));
    }

    // A change asked for once more does not replace its first receipt, which says more, by one made again.
    private static bool IsKept(OutputFile output, Receipt receipt, CommandContext context)
    {
        if (!receipt.IsMadeAgain)
        {
            return false;
        }

        try
        {
            var kept = Read(output.Path);
            if (kept.LedgerEntry != receipt.LedgerEntry || kept.IsMadeAgain || kept.Signer != receipt.Signer)
            {
                return false;
            }

            context.Note($"note: {output.Path} is this change's first receipt, which says more, so it was left as it is.");
            return true;
        }
        catch (LegoNetException)
        {
            return false;
        }
    }

    // The change is made, and a receipt made again from the ledger says less: what could not be written is shown.
    private static bool TryWrite(OutputFile output, string json, CommandContext context)
    {
        try
        {
            output.Write(Encoding.UTF8.GetBytes(json + "\n"));
            return true;
        }
        catch (LegoNetException e)
        {
            context.Note($"The change is made, but its receipt could not be written: {e.Message} Keep it from here:\n{json}");
            return false;
        }
    }

    private static string Purged(Receipt receipt)
        => (receipt.CachesPurged == 0 ? "" : $"\n{Plural.Of(receipt.CachesPurged, "row")} purged from registered caches of encodings.")
            + string.Concat(receipt.DroppedCaches.Select(cache => $"\nwarning: dropped without being purged: {cache}; what it holds of them is still there."));
}
