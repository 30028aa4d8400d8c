using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace LegoNet.Cli.Commands;

/// <summary>legonet ledger list|prune MODEL</summary>
internal static class LedgerCommand
{
    public static Command Create(CommandHost host) => new("ledger", "Show a model's history, or remove its oldest entries.") { List(host), Prune(host) };

    private static Command List(CommandHost host)
    {
        var model = Arguments.Model();
        var command = new Command("list", "Show the ledger's entries, oldest first. Whether they hold is for `legonet verify` to say.") { model };
        host.Bind(command, (parsed, context) =>
        {
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, new ModelOptions { Logger = new NoteLogger(context) });
            var entries = opened.History.Entries().ToArray();
            var text = new StringBuilder();
            foreach (var entry in entries)
            {
                var tags = entry.Tags.Count == 0 ? "" : $"  {Plural.Of(entry.Tags.Count, "tag")}";
                var time = entry.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
                text.AppendLine($"{entry.Sequence,8}  {time}  {entry.Operation,-7}  root {entry.RootAfter[..16]}…  key {entry.Signer[..16]}…{tags}");
                foreach (var cache in entry.DroppedCaches)
                {
                    text.AppendLine($"{"",10}dropped without being purged: {cache}");
                }
            }

            return new CommandResult(
                new JsonObject
                {
                    ["entries"] = new JsonArray([.. entries.Select(e => (JsonNode)new JsonObject
                    {
                        ["sequence"] = e.Sequence,
                        ["time"] = e.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                        ["operation"] = e.Operation,
                        ["tags"] = new JsonArray([.. e.Tags.Select(t => (JsonNode)t)]),
                        ["rootBefore"] = e.RootBefore,
                        ["rootAfter"] = e.RootAfter,
                        ["digest"] = e.Digest,
                        ["signer"] = e.Signer,
                        ["droppedCaches"] = new JsonArray([.. e.DroppedCaches.Select(c => (JsonNode)c)]),
                    })]),
                },
                text.ToString());
        });
        return command;
    }

    private static Command Prune(CommandHost host)
    {
        var model = Arguments.Model();
        var before = new Option<string>("--before")
        {
            Description = "A date such as 2026-01-31 (UTC), not in the future: entries written earlier are removed.",
            Required = true,
        };
        before.Validators.Add(result =>
        {
            // A mistyped year must not take everything with it, this year's forgets too.
            if (result.Tokens.Count > 0 && !(TryParse(result.Tokens[0].Value, out var time) && time <= DateTimeOffset.UtcNow.AddDays(1)))
            {
                result.AddError($"--before must be a date up to now, such as 2026-01-31, not \"{result.Tokens[0].Value}\".");
            }
        });
        var (key, signingKey, threads) = (Arguments.Key(), Arguments.SigningKey(), Arguments.Threads());
        var command = new Command(
            "prune",
            "Remove the entries written before a date, with the tags of who was forgotten then; a signed entry says so, and `legonet verify` goes on from it.")
        {
            model, before, key, signingKey, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            _ = TryParse(parsed.GetValue(before)!, out var time);
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, Arguments.Options(parsed, key, threads, signingKey, context: context));
            var removed = opened.History.Prune(time);
            var left = opened.History.Entries().Count();
            return new CommandResult(
                new JsonObject { ["removed"] = removed, ["entries"] = left },
                removed == 0
                    ? $"Nothing to prune: no entry was written before {time:yyyy-MM-dd}."
                    : $"Removed {Plural.Of(removed, "entry", "entries")}; {Plural.Of(left, "entry", "entries")} left, the newest of which says so. "
                        + "Who was forgotten in the removed ones is no longer known to `add --suppress`.");
        });
        return command;
    }

    private static bool TryParse(string text, out DateTimeOffset time)
    {
        var parsed = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        time = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
        return parsed;
    }
}
