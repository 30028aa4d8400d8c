using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Lab.Attacks;
using LegoNet.Lab.Comparisons;
using LegoNet.Lab.Methods;
using LegoNet.Specs;

namespace LegoNet.Cli.Commands;

/// <summary>legonet compare SPEC --out DIR</summary>
internal static class CompareCommand
{
    private const int DefaultRecords = 50_000;
    private const int QuickRecords = 4_000;
    private const int QuickRandom = 20;
    private const int DefaultSeeds = 3;
    private const int MostSeeds = 100;
    private const int DefaultShadows = 64;
    private const int MostShadows = 10_000;

    private static readonly string[] s_quickTasks = [CompareTasks.Random, CompareTasks.Class];

    public static Command Create(CommandHost host)
    {
        var spec = Arguments.Spec();
        var output = Arguments.Out("Folder for report.html, report.md and report.json; it is made where it is not there.");
        var quick = new Option<bool>("--quick")
        {
            Description = $"The same page, soon: one seed, two tasks and a small attack, on {QuickRecords:N0} records at most "
                + "(two minutes for codes of 256 numbers).",
        };
        var tasks = new Option<string[]>("--tasks")
        {
            Description = "What to forget, joined by commas: random (records, one at a time), share (1 % at once), class, subjects (with the most records), "
                + "vulnerable (the records most easily recognised). Default: all that the data has.",
            AllowMultipleArgumentsPerToken = true,
        };
        tasks.Validators.Add(result =>
        {
            foreach (var unknown in CompareTasks.Names(result.Tokens.Select(t => t.Value)).Except(CompareTasks.All))
            {
                result.AddError($"--tasks: \"{unknown}\" is no task; there are {string.Join(", ", CompareTasks.All)}, joined by commas.");
            }
        });
        var name = new Option<string?>("--class") { Description = "The class to forget (default: the one with the most records)." };
        var random = Number("--random", "Random records to forget, one at a time (default: 100, or a tenth of the records).", 1, int.MaxValue);
        var trainers = new Option<string[]>("--trainer")
        {
            Description = "Compare LegoNet with another trainer of its adapters too: a name such as mlnet:lbfgs, mlnet for all of ML.NET's, "
                + """or as a spec has it, e.g. '{"trainer":"ridge","lambda":1000}'.""",
        };
        var seeds = Number("--seeds", $"Runs of each method and task, each with a seed of its own (default: {DefaultSeeds}).", 1, MostSeeds);
        var shadows = Number(
            "--shadows",
            $"Shadow models that each method is attacked with, from {AttackPlan.LeastModels}; 0 for no attack (default: {DefaultShadows}).",
            AttackPlan.LeastModels,
            MostShadows,
            orNone: true);
        var records = Number("--records", $"Records to train on at most; of more, so many are drawn (default: {DefaultRecords:N0}).", 2, int.MaxValue);
        var (encoder, device, threads, force) = (Arguments.Encoder(), Arguments.Device(), Arguments.Threads(), Outputs.Force());
        var command = new Command("compare", "Compare ways of forgetting on your own data: accuracy, seconds, storage, and what an attacker still finds.")
        {
            spec, output, quick, tasks, name, random, trainers, seeds, shadows, records, force, encoder, device, threads,
        };
        host.Bind(command, (parsed, context) =>
        {
            var isQuick = parsed.GetValue(quick);
            var pipeline = SpecFile.Load(parsed.GetValue(spec)!);
            CompareData.RequireClasses(pipeline);
            CompareTasks.RequireClass(pipeline, parsed.GetValue(name));
            string?[] inputs = [.. Outputs.Spec(pipeline, pipeline.OpenSource()), parsed.GetValue(encoder)];
            using var folder = ReportFolder.Prepare(parsed.GetValue(output)!, parsed.GetValue(force), inputs);
            using var setup = pipeline.CreateEncoder(parsed.GetValue(device)!, parsed.GetValue(encoder), context.Progress, context.CancellationToken);
            context.Note(setup.Note);
            var methods = new CompareMethods(pipeline.Freeze(setup), [.. parsed.GetValue(trainers)!.SelectMany(Trainers)]);
            methods.Check();
            var most = parsed.GetValue(records) ?? (isQuick ? QuickRecords : DefaultRecords);
            var data = CompareData.Read(pipeline, setup, most, parsed.GetValue(threads), context);
            var wanted = parsed.GetValue(tasks) is { Length: > 0 } named ? CompareTasks.Names(named) : isQuick ? s_quickTasks : [];
            var several = parsed.GetValue(random) ?? (isQuick ? Math.Clamp(data.Records.Count / 10, 1, QuickRandom) : null);
            var plan = new ComparisonPlan
            {
                Data = pipeline.Name,
                Records = data.Records,
                Test = data.Test,
                Methods = part => methods.For(part, 2 * part.Count < data.Total),
                Tasks = CompareTasks.Of(data.Records, wanted, several, parsed.GetValue(name), parsed.GetValue(threads), context),
                Seeds = [.. Enumerable.Range(1, parsed.GetValue(seeds) ?? (isQuick ? 1 : DefaultSeeds))],
                Attack = Attack(parsed.GetValue(shadows), isQuick),
                Threads = parsed.GetValue(threads),
                Command = $"legonet {string.Join(' ', parsed.Tokens.Select(t => t.Value))}",
                Version = Tool.Version,
                Notes = data.Notes,
            };
            var result = Comparer.Run(plan, context.Progress, context.CancellationToken);
            folder.Write(result);
            return Show(folder.Page, result);
        });
        return command;
    }

    private static IReadOnlyList<string> Trainers(string text)
#if LEGONET_MLNET
        => text == "mlnet" ? MLNet.MLNetAdapters.TrainersFor(LearningTask.Multiclass) : [text];
#else
        => text == "mlnet" ? ["mlnet:lbfgs"] : [text];
#endif

    private static AttackPlan? Attack(int? shadows, bool isQuick) => (shadows, isQuick) switch
    {
        (0, _) => null,
        (_, true) => new AttackPlan { ShadowModels = shadows ?? 16, Records = 1000, Candidates = 60 },
        _ => new AttackPlan { ShadowModels = shadows ?? DefaultShadows },
    };

    private static CommandResult Show(string page, ComparisonResult result)
    {
        var text = new StringBuilder();
        text.AppendLine($"Compared {result.Methods.Count} methods in {result.Facts.Seconds:F0} s: {page}");
        text.AppendLine();
        ShowFirst(result, text);
        text.AppendLine();
        text.AppendLine("Area 0.5: the attack tells forgotten records from never-seen ones no better than a coin; 1: always.");
        var json = new JsonObject
        {
            ["report"] = page,
            ["seconds"] = Math.Round(result.Facts.Seconds, 3),
            ["tasks"] = new JsonArray([.. result.Tasks.Select(task => new JsonObject
            {
                ["task"] = task.Name,
                ["methods"] = new JsonArray([.. result.Methods.Zip(task.Methods, (method, done) => ToJson(method, done, AreaOf(result, method)))]),
            })]),
        };
        return new CommandResult(json, text.ToString());
    }

    private static void ShowFirst(ComparisonResult result, StringBuilder text)
    {
        var task = result.Tasks[0];
        var width = result.Methods.Max(m => m.Name.Length);
        text.AppendLine($"To forget {task.Name}:");
        text.AppendLine($"{"method".PadRight(width)}  claims        s/request  accuracy  same bytes  attack's area");
        foreach (var (method, done) in result.Methods.Zip(task.Methods))
        {
            text.Append($"{method.Name.PadRight(width)}  {Claim(method.Kind),-12}");
            if (done.Failure is null)
            {
                var (seconds, accuracy) = (done.Seeds.Average(s => s.RequestSeconds), done.Seeds.Average(s => s.After.Test));
                text.Append(CultureInfo.InvariantCulture, $"  {seconds,9:G2}  {accuracy,8:P1}  {(done.Seeds.All(s => s.IsSameModel) ? "yes" : "no"),10}");
            }
            else
            {
                text.Append("  could not do it");
            }

            text.AppendLine(AreaOf(result, method) is { } area ? FormattableString.Invariant($"  {area,13:F3}") : "");
        }
    }

    private static JsonObject ToJson(MethodFacts method, MethodResult done, double? area) => new()
    {
        ["method"] = method.Name,
        ["claims"] = Claim(method.Kind),
        ["failure"] = done.Failure,
        ["secondsPerRequest"] = done.Failure is null ? done.Seeds.Average(s => s.RequestSeconds) : null,
        ["testAccuracy"] = done.Failure is null ? done.Seeds.Average(s => s.After.Test) : null,
        ["isSameModel"] = done.Failure is null ? done.Seeds.All(s => s.IsSameModel) : null,
        ["attackArea"] = area,
    };

    private static double? AreaOf(ComparisonResult result, MethodFacts method)
        => result.Attacks.FirstOrDefault(a => a.Method == method.Name)?.Curves.FirstOrDefault(c => c.Question == AttackQuestion.Forgotten)?.Area;

    private static string Claim(MethodKind kind) => kind switch
    {
        MethodKind.Oracle => "retrains",
        MethodKind.Exact => "exact",
        MethodKind.AsPublished => "as published",
        _ => "approximate",
    };

    private static Option<int?> Number(string name, string description, int least, int most, bool orNone = false)
    {
        var option = new Option<int?>(name) { Description = description };
        option.Validators.Add(Arguments.RequireNumber(least, most, orNone));
        return option;
    }
}
