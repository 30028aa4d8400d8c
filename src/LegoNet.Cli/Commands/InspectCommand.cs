using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Adapters;
using LegoNet.Routing;
using LegoNet.Runs;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet inspect MODEL [--subject S]</summary>
internal static class InspectCommand
{
    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var subject = new Option<string?>("--subject") { Description = "Show what is held of this subject." };
        var key = Arguments.Key();
        var command = new Command("inspect", "Show spec, records, shard sizes, digests and the cost of a forget; or what is held of one subject.")
        {
            model, subject, key,
        };
        host.Bind(command, (parsed, context) =>
        {
            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, Arguments.Options(parsed, key, null, context: context));
            return parsed.GetValue(subject) is { } name ? ShowSubject(opened, name) : ShowModel(opened, context.Seconds);
        });
        return command;
    }

    private static CommandResult ShowSubject(LegoNetModel model, string subject)
    {
        var report = model.Inspect(subject);
        var adapters = report.Records.SelectMany(r => r.Adapters).Distinct().Count();
        var text = new StringBuilder();
        text.AppendLine(report.Records.Count == 0
            ? "Nothing is held of this subject."
            : $"{Plural.Of(report.Records.Count, "record")} held of this subject, in {Plural.Of(adapters, "adapter")}.");
        text.AppendLine($"tag {report.Tag}");
        foreach (var record in report.Records)
        {
            text.AppendLine($"  record {record.Tag[..16]}…  label {record.Label}  adapters {string.Join(' ', record.Adapters)}");
        }

        return new CommandResult(
            new JsonObject
            {
                ["tag"] = report.Tag,
                ["records"] = new JsonArray([.. report.Records.Select(r => (JsonNode)new JsonObject
                {
                    ["tag"] = r.Tag,
                    ["label"] = r.Label,
                    ["adapters"] = new JsonArray([.. r.Adapters.Select(a => (JsonNode)a)]),
                })]),
            },
            text.ToString());
    }

    // What receipts and proofs of the model are bound to; unknown where nothing vouches for the ledger.
    private static string NameOf(LegoNetModel model)
    {
        if (model.WhyNotVouchedFor is { } why)
        {
            return $"not known ({why})";
        }

        var head = model.History.Head;
        return $"{head.Model}, entry {head.Sequence} of its ledger";
    }

    // Whoever may see a model but find nobody in it, an auditor for instance, sees all the rest.
    private static double? TypicalForgetSeconds(LegoNetModel model)
    {
        try
        {
            return model.TypicalForgetSeconds();
        }
        catch (LegoNetException e) when (e.Reason == LegoNetReason.TagKeyUnreadable)
        {
            return null;
        }
    }

    // A line of its own, where adapters chose: how often what, the most frequent first, and each trainer's temperatures, of which a regression has none.
    private static string Choices(IReadOnlyList<AdapterChoice?> choices)
    {
        var chosen = choices.OfType<AdapterChoice>().ToArray();
        var counts = chosen.GroupBy(c => (c.Trainer, c.Lambda)).OrderByDescending(g => g.Count())
            .Select(g => FormattableString.Invariant($"{g.Count()} {g.Key.Trainer} λ {g.Key.Lambda}"));
        var temperatures = chosen.Where(c => c.Temperature != 1).GroupBy(c => c.Trainer).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => FormattableString.Invariant($"of {g.Key} {g.Min(c => c.Temperature):0.0#} to {g.Max(c => c.Temperature):0.0#}"));
        return chosen.Length == 0 ? "" : Environment.NewLine + "chosen     " + string.Join(", ", counts)
            + (temperatures.Any() ? "; temperatures " + string.Join(", ", temperatures) : "");
    }

    private static JsonNode? Choice(AdapterChoice? choice) => choice is null ? null : new JsonObject
    {
        ["trainer"] = choice.Trainer,
        ["lambda"] = choice.Lambda,
        ["temperature"] = choice.Temperature,
        ["loss"] = choice.Loss,
    };

    // Lines of their own, where runs are planned for the model: a directory that nobody is at may be one that was abandoned, with people's records in it.
    private static string Runs(IReadOnlyList<string> runs)
    {
        var text = new StringBuilder();
        foreach (var run in runs)
        {
            string line;
            try
            {
                line = RunsCommand.Line(TaskRuns.StatusOf(run));
            }
            catch (LegoNetException e)
            {
                line = e.Message;
            }

            text.Append(Environment.NewLine).Append("run        ").Append(line);
        }

        return text.ToString();
    }

    private static CommandResult ShowModel(LegoNetModel model, double opening)
    {
        var spec = model.Spec;
        var made = spec.Fingerprint;
        var rows = model.ShardRows;
        var typical = opening + TypicalForgetSeconds(model); // By a command of its own.
        var size = Directory.EnumerateFiles(model.Path, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        var ordered = rows.Order().ToArray();
        var (caches, runs) = (model.RegisteredCaches, TaskRuns.Of(model.Path));
        var signers = model.VerificationKeys.Select(k => k.Fingerprint).ToArray();
        var head = NameOf(model);
        var choices = model.AdapterChoices;
        var labels = spec.Task == LearningTask.Regression
            ? FormattableString.Invariant($"{spec.Target!.Min} to {spec.Target.Max} in steps of {spec.Target.Step}")
            : Plural.Of(spec.Classes.Count, "class", "classes");
        var unequal = ShardBalance.WhyUnequal(model.RecordCount, rows, spec.Active) is { } why ? $"{Environment.NewLine}warning    {why}" : "";
        var text = $"""
            model      {model.Path}
            name       {head}
            root       {model.RootDigest}
            task       {spec.Task.Word()}, {labels}
            records    {model.RecordCount:N0}
            code       int8 [{spec.Dimension}], encoder {spec.Encoder}
            made by    {made.Runtime}, {made.Provider}, {made.Precision}, batch {made.Batch}{(made.Processor is { } kind ? $", {kind}" : "")}
            routing    {spec.Active} of {spec.Adapters} adapters, {spec.Keys.Word()} keys
            adapter    {spec.Adapter}{Choices(choices)}
            shards     {ordered[0]:N0} to {ordered[^1]:N0} rows, median {ordered[ordered.Length / 2]:N0}, {rows.Count(r => r == 0)} empty{unequal}
            size       {size / 1048576.0:F1} MiB
            forget     {(typical is null ? "not known without the tag key" : $"about {typical:0.###} s for one record")}
            signers    {(signers.Length == 0 ? "no public key beside the model" : string.Join(", ", signers))}
            caches     {(caches.Count == 0 ? "none registered" : string.Join(", ", caches))}{Runs(runs)}
            """;
        return new CommandResult(
            new JsonObject
            {
                ["model"] = model.Path,
                ["name"] = model.WhyNotVouchedFor is null ? model.History.Head.Model : null,
                ["ledgerEntries"] = model.WhyNotVouchedFor is null ? model.History.Head.Sequence : null,
                ["root"] = model.RootDigest,
                ["records"] = model.RecordCount,
                ["bytes"] = size,
                ["spec"] = JsonNode.Parse(spec.ToJson()),
                ["shardRows"] = new JsonArray([.. rows.Select(r => (JsonNode)r)]),
                ["adapterChoices"] = choices.All(c => c is null) ? null : new JsonArray([.. choices.Select(Choice)]),
                ["forgetSeconds"] = typical is { } seconds ? Math.Round(seconds, 4) : null,
                ["signers"] = new JsonArray([.. signers.Select(s => (JsonNode)s)]),
                ["caches"] = new JsonArray([.. caches.Select(c => (JsonNode)c)]),
                ["runs"] = new JsonArray([.. runs.Select(r => (JsonNode)r)]),
            },
            text);
    }
}
