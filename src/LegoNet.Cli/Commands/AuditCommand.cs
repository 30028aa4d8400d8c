using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Lab.Attacks;
using LegoNet.Records;

namespace LegoNet.Cli.Commands;

/// <summary>legonet audit MODEL --forgotten FILE --data SPEC [--unseen DATA]</summary>
internal static class AuditCommand
{
    private const int Named = 5;
    private const int LeastAtOnePercent = 99;
    private const int MostShadowModels = 1_000;

    public static Command Create(CommandHost host)
    {
        var model = Arguments.Model();
        var forgotten = new Option<string>("--forgotten")
        {
            Description = "The records in question, as `forget --file` takes them: one a line, a subject, or subject TAB id.",
            Required = true,
        };
        var data = new Option<string>("--data")
        {
            Description = "The training records including those in question: the attack needs their contents, so it is for those who still have a copy. "
                + "A spec whose test part is the unseen records, or any data with --unseen.",
            Required = true,
        };
        var unseen = new Option<string?>("--unseen")
        {
            Description = "Records of the same kind that the model never saw, with labels, to compare with (default: the test part of --data).",
        };
        var dataSpec = Arguments.DataSpec();
        var shadowModels = new Option<int>("--shadow-models")
        {
            Description = $"Models that are trained without the records in question, to compare with: from {AuditSettings.FewestShadowModels}.",
            DefaultValueFactory = _ => new AuditSettings().ShadowModels,
        };
        shadowModels.Validators.Add(Arguments.RequireNumber(AuditSettings.FewestShadowModels, MostShadowModels));
        var seed = new Option<int>("--seed") { Description = "Seed of what is drawn.", DefaultValueFactory = _ => 1 };
        seed.Validators.Add(Arguments.RequireNumber(0));
        var (encoder, device, key, threads) = (Arguments.Encoder(), Arguments.Device(), Arguments.Key(), Arguments.Threads());
        var command = new Command("audit", "Attack a model: do records that should be forgotten still leave a trace? The model stays as it is.")
        {
            model, forgotten, data, unseen, dataSpec, shadowModels, seed, encoder, device, key, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var targets = Targets.Read(parsed.GetValue(forgotten)!);
            var options = Arguments.Options(parsed, key, threads, context: context);
            if (options.TagKeyPath is { } keyPath && !File.Exists(keyPath))
            {
                throw LegoNetException.BadInput($"{keyPath}: there is no such tag key.");
            }

            using var opened = LegoNetModel.Open(parsed.GetValue(model)!, options);
            ModelAudit.RequireClasses(opened);
            var path = parsed.GetValue(data)!;
            var other = parsed.GetValue(unseen) ?? AuditData.TestPartOf(path);
            var (setup, source) = Arguments.Open(opened, path, parsed.GetValue(dataSpec), parsed.GetValue(encoder), parsed.GetValue(device)!, context);
            using (setup)
            {
                var records = AuditData.Read(
                    source, AuditData.OpenUnseen(other, parsed.GetValue(dataSpec), setup.InputKind), targets, opened, setup.Encoder, options.Threads, context);
                var settings = new AuditSettings(parsed.GetValue(shadowModels), parsed.GetValue(seed), options.Threads);
                var result = ModelAudit.Run(opened, records.Training, records.Rows, records.Unseen, settings, context.Progress, context.CancellationToken);
                return Show(result, records, StillStored(opened, targets), context);
            }
        });
        return command;
    }

    // A tag is made with the key, so without it nobody can say what is stored of whom.
    private static long? StillStored(LegoNetModel model, List<ForgetTarget> targets)
    {
        try
        {
            return model.Forecast(targets, ignoreUnknown: true).Records;
        }
        catch (LegoNetException e) when (e.Reason == LegoNetReason.TagKeyUnreadable)
        {
            return null;
        }
    }

    private static CommandResult Show(AuditResult result, AuditData data, long? stored, CommandContext context)
    {
        var found = result.Forgotten;
        var isWeak = !found.IsFound && (found.LeastPValue >= AuditSettings.Level || result.Control is not { IsFound: true });
        var count = Plural.Of(found.Records.Count, "record");
        var text = new StringBuilder();
        if (stored > 0)
        {
            text.AppendLine(
                $"Not forgotten: {Plural.Of(stored.Value, "record")} of those named {Plural.Form(stored.Value, "is", "are")} still stored in the model.");
        }

        if (stored is null)
        {
            text.AppendLine("Whether the named records are still stored is not known without the model's tag key; name its place with --key.");
        }

        text.AppendLine(found.IsFound
            ? $"Traces found: the model is surer of the {count} in question than of records that it never saw (p = {P(found.PValue)})."
            : isWeak ? $"No trace found, but this attack could hardly have found one in {count} (p = {P(found.PValue)}): {WhyWeak(result)}."
            : $"No trace found: the model treats the {count} in question like records that it never saw (p = {P(found.PValue)}).");
        text.AppendLine();
        text.AppendLine($"compared     {count} with {result.Unseen:N0} unseen ones, each with its like of the same class");
        text.AppendLine($"by           {result.ShadowModels:N0} models that saw none of them, "
            + $"each trained on {result.ShadowRecords:N0} of {result.Retained:N0} other records");
        text.AppendLine($"tests        {string.Join(", ", found.Tests.Select(t => $"{t.Name} p = {P(t.PValue)}"))}; "
            + (found.Tests.Count > 1 ? $"corrected for {found.Tests.Count} tests p = {P(found.PValue)}" : "one test"));
        text.AppendLine($"at 1 %       {AtOnePercent(found, result.Unseen)}, where chance is 1 %, over all classes");
        if (result.Control is { } control)
        {
            var others = control.Records.Count;
            text.AppendLine($"control      the same attack on {Plural.Of(others, "record")} that {Plural.Form(others, "was", "were")} not named: "
                + $"p = {P(control.PValue)}, {AtOnePercent(control, result.Unseen)}");
        }

        foreach (var line in LeftAside(result))
        {
            text.AppendLine($"left aside   {line}");
        }

        // Where nothing was found, a list of names would only frighten.
        foreach (var record in found.Records.Take(found.IsFound ? Named : 0))
        {
            text.AppendLine($"stands out   {data.Name(record.Row)} ({record.PValue:P2} of the unseen stand out as much)");
        }

        text.AppendLine();
        text.AppendLine(found.IsFound
            ? $"So strong a difference comes by chance in fewer than 1 of {1 / AuditSettings.Level:N0} audits. Copies under other names leave one too."
            : "An attack finds what it looks for, or nothing; it cannot prove that nothing is there.");
        text.AppendLine("`legonet verify MODEL` does more: it derives every byte from the records that are stored.");
        var exit = found.IsFound || stored > 0 ? ExitCodes.VerificationFailed : ExitCodes.Done;
        return new CommandResult(ToJson(result, data, stored, isWeak, context), text.ToString(), exit);
    }

    private static string WhyWeak(AuditResult result)
        => result.Forgotten.LeastPValue >= AuditSettings.Level
            ? $"with so few records and unseen ones of their classes no p below {P(result.Forgotten.LeastPValue)} is possible"
            : result.Control is null ? "too few other records are there to try it on"
            : $"nor does it find records that were not named (p = {P(result.Control.PValue)})";

    private static IEnumerable<string> LeftAside(AuditResult result)
    {
        var aside = result.LeftAside;
        (int Count, string Why)[] all =
        [
            (aside.Copies, "of those named, with the content of records that were not named"),
            (aside.WithoutUnseen, "of those named, of classes without an unseen record"),
            (aside.BeyondSample, "of those named, by chance: more than an audit compares"),
            (result.UnseenInTraining, "of the unseen, with the content of training records"),
        ];
        return all.Where(a => a.Count > 0).Select(a => $"{Plural.Of(a.Count, "record")} {a.Why}");
    }

    private static string AtOnePercent(AuditedGroup group, int unseen)
        => unseen < LeastAtOnePercent ? $"not to be told from {Plural.Of(unseen, "unseen record")}"
            : $"{group.AtOnePercent.TruePositives:P1} stand out more than 99 % of the unseen do "
            + $"(95 % interval {group.AtOnePercent.Low:P1} to {group.AtOnePercent.High:P1})";

    private static string P(double value) => value.ToString(value >= 0.001 ? "0.###" : "0.#e-0", CultureInfo.InvariantCulture);

    private static JsonObject ToJson(AuditResult result, AuditData data, long? stored, bool isWeak, CommandContext context) => new()
    {
        ["verdict"] = result.Forgotten.IsFound ? "traces" : isWeak ? "weak" : "none",
        ["level"] = AuditSettings.Level,
        ["stillStored"] = stored,
        ["unseen"] = result.Unseen,
        ["shadowModels"] = result.ShadowModels,
        ["shadowRecords"] = result.ShadowRecords,
        ["retained"] = result.Retained,
        ["named"] = ToJson(result.Forgotten),
        ["control"] = result.Control is { } control ? ToJson(control) : null,
        ["leftAside"] = new JsonObject
        {
            ["copies"] = result.LeftAside.Copies,
            ["withoutUnseen"] = result.LeftAside.WithoutUnseen,
            ["beyondSample"] = result.LeftAside.BeyondSample,
            ["unseenInTraining"] = result.UnseenInTraining,
        },
        ["standOut"] = new JsonArray([.. result.Forgotten.Records.Take(Named).Select(r => (JsonNode)new JsonObject
        {
            ["subject"] = data.Names[r.Row].Subject,
            ["id"] = data.Names[r.Row].Id,
            ["p"] = r.PValue,
        })]),
        ["seconds"] = Math.Round(context.Seconds, 3),
    };

    private static JsonObject ToJson(AuditedGroup group) => new()
    {
        ["records"] = group.Records.Count,
        ["p"] = group.PValue,
        ["leastP"] = group.LeastPValue,
        ["tests"] = new JsonArray([.. group.Tests.Select(t => (JsonNode)new JsonObject { ["name"] = t.Name, ["p"] = t.PValue, ["corrected"] = t.Corrected })]),
        ["atOnePercent"] = new JsonObject
        {
            ["share"] = group.AtOnePercent.TruePositives,
            ["low"] = group.AtOnePercent.Low,
            ["high"] = group.AtOnePercent.High,
        },
    };
}
