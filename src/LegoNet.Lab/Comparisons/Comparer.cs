using System.Diagnostics;
using LegoNet.Lab.Attacks;
using LegoNet.Lab.Measures;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Comparisons;

/// <summary>Runs comparisons: every method does every task with every seed, on the same records.</summary>
public static class Comparer
{
    /// <summary>Compares.</summary>
    /// <param name="plan">What, and how.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels. Nothing stays behind.</param>
    /// <exception cref="LegoNetException">
    /// The plan names no method, task or seed, or one twice, or too few oracles or shadow models, or test records of another kind.
    /// </exception>
    public static ComparisonResult Run(
        ComparisonPlan plan, IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var methods = plan.Methods(plan.Records);
        Check(plan, methods);
        var watch = Stopwatch.StartNew();

        // First, since it refuses what cannot be attacked.
        var sample = plan.Attack is { } attack ? AttackSample.Draw(plan.Records, attack with { Threads = plan.Threads }, cancellationToken) : null;
        var (done, total, points) = (0, plan.Tasks.Count * methods.Count * plan.Seeds.Count, 0);
        foreach (var method in methods)
        {
            WarmUp(plan, method, cancellationToken);
        }

        var tasks = new List<TaskResult>();
        foreach (var task in plan.Tasks)
        {
            var run = new TaskRun(plan, task, cancellationToken);
            points = Math.Max(points, run.Points);
            var results = new List<MethodResult>();
            foreach (var method in methods)
            {
                var before = done;
                results.Add(run.Run(method, () => progress?.Report(new LegoNetProgress("comparing methods", ++done, total))));
                done = before + plan.Seeds.Count;
            }

            tasks.Add(new TaskResult(task.Name, task.Rows.Count, task.Requests.Count, results));
        }

        var attacks = sample is null ? [] : Attack(plan, sample, progress, cancellationToken);
        return new ComparisonResult(
            Facts(plan, points, Notes(plan, methods, sample), watch.Elapsed.TotalSeconds),
            [.. methods.Select(m => new MethodFacts(m.Name, m.Kind, m.Settings))],
            tasks,
            attacks);
    }

    // What runs for the first time is compiled first, and a task of one request would measure that.
    private static void WarmUp(ComparisonPlan plan, IForgettingMethod method, CancellationToken cancellationToken)
    {
        const int records = 200, requests = 3;
        var rows = new Draws(plan.TaskSeed, -21).Sample(plan.Records.AllRows, records);
        try
        {
            using var run = MethodRun.Train(method, plan.Records, rows, new RunSettings(0, plan.Threads), cancellationToken);
            foreach (var row in rows.Take(Math.Min(requests, rows.Length - requests)))
            {
                run.Forget([row], cancellationToken);
            }
        }
        catch (Exception e) when (e is LegoNetException or IOException)
        {
            // The method's own runs will say so.
        }
    }

    private static List<MethodAttack> Attack(
        ComparisonPlan plan, AttackSample sample, IProgress<LegoNetProgress>? progress, CancellationToken cancellationToken)
    {
        var methods = plan.Methods(sample.Records);
        var attacks = new List<MethodAttack>();
        foreach (var method in methods)
        {
            progress?.Report(new LegoNetProgress("attacking methods", attacks.Count, methods.Count));
            attacks.Add(MembershipAttack.Of(method, sample, cancellationToken));
        }

        return attacks;
    }

    private static void Check(ComparisonPlan plan, IReadOnlyList<IForgettingMethod> methods)
    {
        if (methods.Count == 0 || plan.Tasks.Count == 0 || plan.Seeds.Count == 0)
        {
            throw LegoNetException.BadInput("A comparison needs a method, a task and a seed.");
        }

        if (methods.GroupBy(m => m.Name).FirstOrDefault(g => g.Skip(1).Any())?.Key is { } twice)
        {
            throw LegoNetException.BadInput($"Two methods are called \"{twice}\", so their results could not be told apart.");
        }

        if (plan.Seeds.Distinct().Count() < plan.Seeds.Count)
        {
            throw LegoNetException.BadInput("A seed is named twice; its runs would be the same.");
        }

        if (plan.Oracles < Klom.LeastOracles)
        {
            throw LegoNetException.BadInput($"KLoM compares with at least {Klom.LeastOracles} oracles, not with {plan.Oracles}.");
        }

        if (plan.Test.Dimension != plan.Records.Dimension || !plan.Test.Classes.SequenceEqual(plan.Records.Classes))
        {
            throw LegoNetException.BadInput("The test records have other classes or another length than those to train on.");
        }
    }

    private static ComparisonFacts Facts(ComparisonPlan plan, int points, IReadOnlyList<string> notes, double seconds) => new(
        plan.Data,
        plan.Command,
        plan.Version,
        plan.Date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        Environment.ProcessorCount,
        plan.Threads,
        plan.Records.Count,
        plan.Test.Count,
        plan.Records.AllRows.Select(plan.Records.Subject).Distinct(StringComparer.Ordinal).Count(),
        plan.Records.Dimension,
        plan.Records.Classes,
        plan.Seeds,
        plan.TaskSeed,
        points,
        notes,
        seconds);

    private static List<string> Notes(ComparisonPlan plan, IReadOnlyList<IForgettingMethod> methods, AttackSample? sample)
    {
        List<string> notes = [.. plan.Notes];
        if (methods.OfType<LegoNetMethod>().Any())
        {
            notes.Add("LegoNet's time a request includes a durable commit to disk and a signed entry of its ledger; the other methods forget in memory.");
            notes.Add("LegoNet forgets by name. Methods that keep nothing, or sums alone, must be handed the forgotten record once more.");
        }

        if (sample is not null)
        {
            notes.Add(NoteOf(plan, sample));
        }

        return notes;
    }

    private static string NoteOf(ComparisonPlan plan, AttackSample sample)
    {
        var settings = plan.Methods(sample.Records).OfType<LegoNetMethod>().FirstOrDefault()?.Size;
        return FormattableString.Invariant($"Methods were attacked on {sample.Records.Count:N0} of the records, each model trained on about half of them, ")
            + (settings is { } size ? $"with settings for so many: LegoNet has n = {size.Adapters}, k = {size.Active} there." : "with settings for so many.");
    }
}
