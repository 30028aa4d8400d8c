using LegoNet.Lab.Attacks;
using LegoNet.Lab.Comparisons;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>A result as a comparison could give it, with the lab's own methods and made-up figures.</summary>
internal static class SampleComparison
{
    private static readonly string[] s_tasks =
    [
        "100 random records, one at a time", "random 1 %", "the class automobile", "the 20 most prolific subjects", "the 100 most vulnerable records",
    ];

    /// <summary>A result of all methods.</summary>
    /// <param name="seeds">How many seeds.</param>
    /// <param name="hasAttacks">Whether methods were attacked.</param>
    /// <param name="classes">Names of the classes; null for ten.</param>
    public static ComparisonResult Create(int seeds = 3, bool hasAttacks = true, IReadOnlyList<string>? classes = null)
    {
        classes ??= ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
        var records = GeneratedRecords.Draw(1000, 3, 3);
        var methods = LabMethods.For(records).Select(m => new MethodFacts(m.Name, m.Kind, m.Settings)).ToArray();
        var draws = new Draws(7);
        var facts = new ComparisonFacts(
            "CIFAR-10, int8 codes", "legonet compare pipelines/cifar10.json --out report --seeds 3", "0.1.0", "2026-11-22", 2, 1,
            50_000, 10_000, 50_000, 512, classes,
            [.. Enumerable.Range(1, seeds).Select(s => (long)s)], 1, 200,
            ["Attacks use a fixed subsample of 5,000 records: shadow networks on all would take days."], 3_480.2);
        return new ComparisonResult(
            facts,
            methods,
            [.. s_tasks.Select((t, i) => new TaskResult(
                t, i switch { 1 => 500, 2 => 5000, 3 => 140, _ => 100 }, i switch { 0 or 4 => 100, 3 => 20, _ => 1 },
                [.. methods.Select((m, n) => Method(m, n, i, seeds, draws))]))],
            hasAttacks ? [.. methods.Select((m, n) => Attack(m, n, draws))] : []);
    }

    private static MethodResult Method(MethodFacts method, int number, int task, int seeds, Draws draws)
    {
        if (task == 3 && number == 7)
        {
            return new MethodResult(method.Name, [], 0, null, "The trainer sees one class alone in an adapter's shard; give it fewer adapters than 400.");
        }

        var isSame = method.Kind is MethodKind.Oracle or MethodKind.Exact;
        var isNetwork = method.Kind == MethodKind.Approximate || number == 2;
        var level = 0.775 + (0.011 * (number * 7 % 10)) - (method.Name == "gradient ascent" ? 0.5 : 0);
        var seconds = method.Kind switch
        {
            MethodKind.Oracle => new[] { 4.2, 0.61, 31.0 }[number],
            MethodKind.Exact => 0.0031 * Math.Pow(4.1, number % 6),
            MethodKind.AsPublished => 12.5,
            _ => 0.004 * Math.Pow(3.2, number % 5),
        };
        var kept = method.Kind == MethodKind.Approximate && number % 4 == 0 ? 0 : (long)(51_000 * Math.Pow(4.3, number % 7));
        SeedResult Seed(int seed)
        {
            double Noise(double size) => size * (draws.Unit() - 0.5);
            var after = level + Noise(0.008) - (task == 2 ? 0.07 : 0);
            return new SeedResult(
                seed, 30 * seconds / (1 + number), seconds * (1 + Noise(0.3)), method.Kind == MethodKind.Oracle ? 3 : 20, kept,
                new Accuracies(level + 0.07, level + 0.06, level), new Accuracies(after + 0.07, task == 2 ? (isSame ? 0 : 0.12) : after + 0.01, after),
                isSame ? 0 : 0.04 + Noise(0.02), isSame ? 0 : 0.11 + Noise(0.05), isSame ? 0 : 0.052 + Noise(0.03), isSame,
                isSame ? null : new KlomFigures(0.8 + Noise(0.4), 12 + Noise(9), 0.5, 4), isNetwork ? 14 + seed : null, isNetwork ? 31 : null);
        }

        return new MethodResult(
            method.Name, [.. Enumerable.Range(1, seeds).Select(Seed)], isSame ? 0 : 20, isSame ? null : new KlomFigures(0.021, 0.33, 0.02, 0.3));
    }

    private static MethodAttack Attack(MethodFacts method, int number, Draws draws)
    {
        if (number == 7)
        {
            return new MethodAttack(method.Name, 64, 5000, 400, [], "The trainer needs more memory than there is for 64 shadow models.");
        }

        var isExact = method.Kind is MethodKind.Oracle or MethodKind.Exact;
        AttackCurve Curve(AttackQuestion question, string records, double power) => SampleCurve.Of(question, records, power);
        double noise = 0.01 * (draws.Unit() - 0.5), left = isExact ? 0 : 0.06 * (number % 5);
        return new MethodAttack(method.Name, number == 9 ? 64 : 128, 5000, 400,
        [
            Curve(AttackQuestion.Forgotten, "random", left + noise), Curve(AttackQuestion.Forgotten, "most vulnerable", (2 * left) + noise),
            Curve(AttackQuestion.Retained, "random", 0.2), Curve(AttackQuestion.Retained, "most vulnerable", 0.45),
            Curve(AttackQuestion.Difference, "random", 0.4), Curve(AttackQuestion.Difference, "most vulnerable", 0.6),
        ]);
    }
}
