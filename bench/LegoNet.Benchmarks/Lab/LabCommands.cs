using System.CommandLine;
using System.Text.Json.Nodes;
using LegoNet.Cli;
using LegoNet.Lab.Attacks;
using LegoNet.Lab.Methods;

namespace LegoNet.Benchmarks.Lab;

/// <summary>The commands whose results docs/lab.md stands on. Each reads folders of codes and writes one file.</summary>
internal static class LabCommands
{
    private const int HeldOut = 3000;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Command> Create(CommandHost host) => [Sweep(host), Published(host), Claims(host)];

    private static Command Sweep(CommandHost host)
    {
        var codes = Codes();
        var output = Output();
        var records = Number("--records", "Training records to use, drawn; 3,000 others are held out.", 6000);
        var requests = Number("--requests", "Single requests.", 100);
        var seeds = Number("--seeds", "Seeds.", 1);
        var judge = new Option<bool>("--judge") { Description = "Judge the settings that methods have, and try no others." };
        var only = new Option<string?>("--only") { Description = "Only methods with this name." };
        var command = new Command("lab-sweep", "Try settings of the approximate methods on training records, and hold them against retrained networks.")
        {
            codes, output, records, requests, seeds, judge, only,
        };
        host.Bind(command, (parsed, context) =>
        {
            var folder = parsed.GetValue(codes)!;
            var (fitted, held) = LabData.Read(folder, "train.safetensors", parsed.GetValue(records), HeldOut);
            var methods = (parsed.GetValue(judge) ? LabMethods.For(fitted).Where(m => m.Kind == MethodKind.Approximate) : LabCandidates.All())
                .Where(m => parsed.GetValue(only) is not { } name || m.Name == name);
            var (facts, rows) = new LabSweep(fitted, held!, parsed.GetValue(requests), parsed.GetValue(seeds), false, context).Run([.. methods]);
            return Finish(parsed, codes, parsed.GetValue(output)!, facts, rows, context);
        });
        return command;
    }

    private static Command Published(CommandHost host)
    {
        var codes = Codes();
        var output = Output();
        var sizes = new Option<int[]>("--size") { Description = "Shards, or adapters by k: 10, 20, 50 or 100; may be repeated (default: all)." };
        var only = new Option<string?>("--only") { Description = "Only the lines with these words." };
        var threads = Arguments.Threads();
        var command = new Command("lab-published", "LegoNet's Table 3 on these codes: accuracy and seconds per unlearning.")
        {
            codes, output, sizes, only, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var folder = parsed.GetValue(codes)!;
            var published = new LabPublished(
                LabData.Read(folder, "train.safetensors", int.MaxValue).First,
                LabData.Read(folder, "test.safetensors", int.MaxValue).First,
                parsed.GetValue(threads),
                context);
            var (facts, rows) = published.Run(parsed.GetValue(sizes) ?? [], parsed.GetValue(only));
            return Finish(parsed, codes, parsed.GetValue(output)!, facts, rows, context);
        });
        return command;
    }

    private static Command Claims(CommandHost host)
    {
        var codes = Codes();
        var output = Output();
        var records = Number("--records", "Training records to use, drawn.", 6000);
        var requests = Number("--requests", "Single requests.", 100);
        var seeds = Number("--seeds", "Seeds.", 3);
        var shadows = Number("--shadows", "Shadow models of the attack, which is made on 2,000 records.", 64);
        var command = new Command("lab-claims", "What arXiv 2403.07611 and 2411.08443 claim, on test records, with an attack.")
        {
            codes, output, records, requests, seeds, shadows,
        };
        host.Bind(command, (parsed, context) =>
        {
            var folder = parsed.GetValue(codes)!;
            var fitted = LabData.Read(folder, "train.safetensors", parsed.GetValue(records)).First;
            var test = LabData.Read(folder, "test.safetensors", int.MaxValue).First;
            IForgettingMethod[] methods =
            [
                new ApproximateAmnesiac(1, 0),
                .. LabMethods.For(fitted).Where(
                    m => m is ApproximateAmnesiac or ApproximateLabelFlipping or ApproximateOptimisation or ApproximateFeatureAlignment),
            ];
            var (facts, rows) = new LabSweep(fitted, test, parsed.GetValue(requests), parsed.GetValue(seeds), true, context).Run(methods);
            var plan = new AttackPlan { ShadowModels = parsed.GetValue(shadows), Records = 2000, Candidates = 100 };
            var sample = AttackSample.Draw(fitted, plan, context.CancellationToken);
            facts["attack"] = $"U-LiRA, {plan.ShadowModels} shadow models on {sample.Records.Count} records: "
                + "telling random records that were forgotten, or retained, from never-seen ones; true positives at 1 % false ones";
            var retrained = new RetrainedNetwork();
            foreach (var (i, method) in methods.Append(retrained).Index())
            {
                context.Progress.Report(new LegoNetProgress("attacking methods", i, methods.Length + 1));
                var attack = MembershipAttack.Of(method, sample, context.CancellationToken);
                var row = method == retrained
                    ? facts["retrained"]!.AsObject()
                    : rows.Single(r => (string?)r["method"] == method.Name && (string?)r["settings"] == method.Settings);
                row["attack"] = new JsonObject(
                    [.. attack.Curves.Where(c => c.Records == "random" && c.Question != AttackQuestion.Difference).Select(Curve)]);
            }

            return Finish(parsed, codes, parsed.GetValue(output)!, facts, rows, context);
        });
        return command;

        static KeyValuePair<string, JsonNode?> Curve(AttackCurve curve) => new(curve.Question.ToString().ToLowerInvariant(), new JsonObject
        {
            ["area"] = LabFile.Number(curve.Area),
            ["areaLow"] = LabFile.Number(curve.AreaLow),
            ["areaHigh"] = LabFile.Number(curve.AreaHigh),
            ["at1Percent"] = LabFile.Number(curve.At[1].TruePositives),
        });
    }

    private static Argument<string> Codes() => new("CODES")
    {
        Description = "A folder with train.safetensors and test.safetensors, as `legonet encode` writes them.",
    };

    private static Option<int> Number(string name, string description, int otherwise)
        => new(name) { Description = description, DefaultValueFactory = _ => otherwise };

    private static Option<string> Output() => new("--out") { Description = "The file to write.", Required = true };

    private static CommandResult Finish(
        ParseResult parsed, Argument<string> codes, string output, JsonObject facts, IReadOnlyList<JsonObject> rows, CommandContext context)
    {
        // The set's name says enough, and where it lies is nobody's business.
        var set = Path.GetFileName(Path.TrimEndingDirectorySeparator(parsed.GetValue(codes)!));
        string[] words = [.. parsed.Tokens.Select(t => t.Value == parsed.GetValue(codes) ? set : t.Value == output ? Path.GetFileName(output) : t.Value)];
        facts.Insert(0, "command", $"LegoNet.Benchmarks {parsed.CommandResult.Command.Name} {string.Join(' ', words)}");
        facts.Insert(1, "set", set);
        facts["seconds"] = LabFile.Number(context.Seconds);
        LabFile.Write(output, facts, rows);
        return new CommandResult(
            new JsonObject { ["file"] = output }, string.Join('\n', rows.Select(r => r.ToJsonString(LabFile.Options))) + $"\n{output}; {context.Seconds:F0} s");
    }
}
