using System.Text.Json.Nodes;
using LegoNet.Cli;
using LegoNet.Lab;
using LegoNet.Lab.Methods;
using LegoNet.Lab.Tasks;

namespace LegoNet.Benchmarks.Lab;

/// <summary>
/// How near approximate methods come to a retrained network, on training records alone: some are trained on, others held out. What is
/// compared are probabilities, on forgotten and on held-out records; the distance is given as a share of that of doing nothing.
/// </summary>
/// <param name="records">The records that are trained on.</param>
/// <param name="held">Records that are not.</param>
/// <param name="requests">Single requests.</param>
/// <param name="seeds">Seeds, from 1.</param>
/// <param name="inFull">Whether rows have every measure, and the spread over seeds.</param>
/// <param name="context">For progress.</param>
internal sealed class LabSweep(RecordSet records, RecordSet held, int requests, int seeds, bool inFull, CommandContext context)
{
    private const string Criterion = "gap: mean Euclidean distance between a model's probabilities and the mean ones of 5 networks retrained without what "
        + "is forgotten, on forgotten plus on held-out records, divided by the same for the network that did nothing; mean of tasks and seeds. "
        + "Accuracies are on forgotten records and on held-out ones of the classes that stay.";

    /// <summary>Measures methods.</summary>
    /// <returns>What holds for all, and a row for each, the best of each name first.</returns>
    public (JsonObject Facts, IReadOnlyList<JsonObject> Rows) Run(IReadOnlyList<IForgettingMethod> methods)
    {
        List<LabTrial> trials = [];
        for (var seed = 1; seed <= seeds; seed++)
        {
            context.Progress.Report(new LegoNetProgress("training what is compared with", seed - 1, seeds));
            trials.Add(new LabTrial(records, held, ForgetTasks.RandomOneByOne(records, requests, seed), seed, context.CancellationToken));
            trials.Add(new LabTrial(records, held, ForgetTasks.OfClass(records, Class(seed)), seed, context.CancellationToken));
        }

        List<(string Name, double Gap, JsonObject Row)> rows = [];
        foreach (var (i, method) in methods.Index())
        {
            context.Progress.Report(new LegoNetProgress("judging methods", i, methods.Count));
            LabOutcome[] outcomes = [.. trials.Select(t => t.Judge(method, context.CancellationToken))];
            rows.Add((method.Name, outcomes.Average(o => o.Gap), Row(method.Name, method.Settings, outcomes)));
        }

        var facts = new JsonObject
        {
            ["criterion"] = Criterion,
            ["records"] = records.Count,
            ["heldOut"] = held.Count,
            ["dimension"] = records.Dimension,
            ["classes"] = records.Classes.Count,
            ["seeds"] = seeds,
            ["singleRequests"] = requests,
            ["forgottenClasses"] = string.Join(", ", Enumerable.Range(1, seeds).Select(Class)),
            ["nothing"] = Row("nothing done", "", [.. trials.Select(t => t.Nothing)]),
            ["retrained"] = Row("one network retrained", "", [.. trials.Select(t => t.Retrained)]),
        };
        var order = methods.Select(m => m.Name).Distinct().ToList();
        return (facts, [.. rows.OrderBy(r => order.IndexOf(r.Name)).ThenBy(r => r.Gap).Select(r => r.Row)]);
    }

    // Another one for each seed.
    private string Class(int seed) => records.Classes[3 * seed % records.Classes.Count];

    private JsonObject Row(string name, string settings, LabOutcome[] outcomes)
    {
        return new JsonObject
        {
            ["method"] = name,
            ["gap"] = LabFile.Number(outcomes.Average(o => o.Gap)),
            ["single"] = Part([.. outcomes.Where((_, i) => i % 2 == 0)]),
            ["class"] = Part([.. outcomes.Where((_, i) => i % 2 == 1)]),
            ["settings"] = settings,
        };

        JsonObject Part(LabOutcome[] outcomes)
        {
            var part = new JsonObject
            {
                ["gap"] = LabFile.Number(outcomes.Average(o => o.Gap)),
                ["forgotten"] = LabFile.Number(outcomes.Average(o => o.Forgotten)),
                ["heldOut"] = LabFile.Number(outcomes.Average(o => o.HeldOut)),
                ["seconds"] = LabFile.Number(outcomes.Average(o => o.Seconds)),
            };
            if (inFull)
            {
                part["gapSpread"] = Spread(o => o.Gap);
                part["forgottenSpread"] = Spread(o => o.Forgotten);
                part["heldOutSpread"] = Spread(o => o.HeldOut);
                part["retained"] = LabFile.Number(outcomes.Average(o => o.Retained));
                part["movedRetained"] = LabFile.Number(outcomes.Average(o => o.MovedRetained));
                part["movedForgotten"] = LabFile.Number(outcomes.Average(o => o.MovedForgotten));
                part["keptBytes"] = outcomes.Max(o => o.KeptBytes);
            }

            return part;

            JsonNode? Spread(Func<LabOutcome, double> of)
            {
                var mean = outcomes.Average(of);
                return LabFile.Number(Math.Sqrt(outcomes.Sum(o => (of(o) - mean) * (of(o) - mean)) / Math.Max(outcomes.Length - 1, 1)));
            }
        }
    }
}
