using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Reports;

/// <summary>What papers report, beside what came out here. The figures differ in data, encoder and machine, and the tables say so.</summary>
internal static class PaperSection
{
    private static readonly ReportColumn[] s_columns =
    [
        new("What", IsText: true), new("Published", IsText: true), new("Set-up there", IsText: true), new("Here", IsText: true),
    ];

    public static void Write(IReportPage page, ComparisonView view)
    {
        page.Section("papers", "The papers' figures beside these");
        page.Paragraph(
            $"Published figures come from other data, other encoders and other machines than those here ({view.Data}; a frozen encoder, heads alone are trained). "
            + "Compare the shape, not the digits: what costs accuracy, what costs time, and by which factor.");
        LegoNet(page, view);
        Partial(page, view);
        Alignment(page, view);
    }

    private static void LegoNet(IReportPage page, ComparisonView view)
    {
        const string setup = "CIFAR-10, ResNet-34 for ImageNet, frozen, 512 numbers, softmax adapters";
        page.Subsection("LegoNet (arXiv 2210.16023) and SISA");
        page.Table(new ReportTable(
            $"Table 3 of the LegoNet paper: accuracy and seconds per forgotten record by the number of shards, or n/k ({setup}; SISA trains the whole network).",
            [new("System", IsText: true), new("10"), new("20"), new("50"), new("100")],
            [
                new("SISA, accuracy", ["91.66 %", "90.10 %", "81.27 %", "72.88 %"]),
                new("FixSISA, accuracy", ["88.32 %", "87.00 %", "85.23 %", "83.76 %"]),
                new("LegoNet, k = 1, accuracy", ["87.90 %", "87.46 %", "86.40 %", "84.85 %"]),
                new("LegoNet, k = 10, accuracy", ["90.11 %", "90.08 %", "89.53 %", "89.45 %"]),
                new("SISA, time", ["951.15 s", "493.38 s", "233.52 s", "146.82 s"]),
                new("LegoNet, k = 10, time", ["310.56 s", "190.73 s", "133.82 s", "122.78 s"]),
            ]));
        page.Table(new ReportTable(
            "The same systems here: a random task, one size each (settings below). Test accuracy afterwards, and the time of a request.",
            s_columns,
            [
                new("FixSISA", ["88.32 % to 83.76 %", setup, Random(view, "FixSISA", AccuracyAndTime)]),
                new("LegoNet, keys from training records", ["90.11 % to 89.45 %, 310.56 s to 122.78 s", $"{setup}, k = 10", Random(view, "LegoNet as published", AccuracyAndTime)]),
                new("LegoNet, keys without records", ["not in the paper", "this project", Random(view, "LegoNet, ridge", AccuracyAndTime)]),
                new("SISA against retraining", ["4.63 times as quick (Purchase, 8 requests), 2.45 (SVHN, 18), less than 2 points lost",
                    "20 shards of 50 slices, whole networks", Random(view, "FixSISA", f => AgainstBest(f, view))]),
            ]));
    }

    private static void Partial(IReportPage page, ComparisonView view)
    {
        const string setup = "MNIST, SVHN, CIFAR-10, MedMNIST; fractions and schedules are not in the abstract";
        page.Subsection("Layer-wise partial updates (arXiv 2403.07611)");
        page.Table(new ReportTable(
            "Claims of the abstract, and what a random task and a class give here. Test accuracy before → after; what is kept.",
            s_columns,
            [
                new("Partial amnesiac keeps utility without fine-tuning", ["claimed", setup, Both(view, "partial amnesiac", Change)]),
                new("Plain amnesiac", ["loses utility, fine-tuning usually follows", setup, Both(view, "amnesiac", Change)]),
                new("Partial amnesiac keeps far less", ["claimed", setup,
                    $"{Random(view, "partial amnesiac", f => Figures.Bytes(f.Storage.Median))}, amnesiac {Random(view, "amnesiac", f => Figures.Bytes(f.Storage.Median))}"]),
                new("Label-flipping, partial", ["better than plain", setup, Both(view, "label-flipping, partial", Change)]),
                new("Label-flipping, plain", [Figures.None, setup, Both(view, "label-flipping", Change)]),
                new("Optimisation-based, partial", ["better than plain", setup, Both(view, "optimisation-based, partial", Change)]),
                new("Optimisation-based, plain", [Figures.None, setup, Both(view, "optimisation-based", Change)]),
            ]));
    }

    private static void Alignment(IReportPage page, ComparisonView view)
    {
        const string name = "residual feature alignment";
        const string setup = "whole pre-trained networks, fine-tuned; a GPU";
        page.Subsection("Residual feature alignment (arXiv 2411.08443)");
        page.Table(new ReportTable(
            "Figures from the abstract and a public table of results. Here the branch is on one hidden layer over a frozen encoder.",
            s_columns,
            [
                new("A class, time", ["79.05 s (CIFAR-10)", setup, Class(view, name, f => Figures.Seconds(f.Seconds.Median))]),
                new("Random records, time", ["87.42 s (CIFAR-10)", setup, Random(view, name, f => Figures.Seconds(f.Seconds.Median))]),
                new("A class, accuracy on the test records that stay", ["98.72 % (CIFAR-10)", setup, Class(view, name, f => $"{Figures.Percent(f.Test)} of all test records")]),
                new("Random records, test accuracy", ["98.68 % (CIFAR-10)", setup, Random(view, name, f => Figures.Percent(f.Test))]),
                new("Random records, accuracy on forgotten and retained", ["99.22 % and 100 % (Fashion-MNIST)", setup,
                    Random(view, name, f => $"{Figures.Percent(f.Over(s => s.After.Forgotten))} and {Figures.Percent(f.Over(s => s.After.Retained))}")]),
                new("A class, activation distance on retained", ["1.36 (Fashion-MNIST)", setup, Class(view, name, Distance)]),
                new("Random records, activation distance on retained", ["0.00 (Fashion-MNIST)", setup, Random(view, name, Distance)]),
                new("Membership inference", ["accuracy 0, a class", "one attack on a population, not one record at a time",
                    view.Find(name) is { } method && AttackFinding.Of(method, AttackQuestion.Forgotten) is { } finding ? finding.Words : "not attacked"]),
            ]));
    }

    private static string Random(ComparisonView view, string method, Func<TaskFigures, string> words) => In(view, method, t => t.Contains("random", StringComparison.Ordinal), words);

    private static string Class(ComparisonView view, string method, Func<TaskFigures, string> words)
        => In(view, method, t => t.StartsWith("the class ", StringComparison.Ordinal), words);

    private static string Both(ComparisonView view, string method, Func<TaskFigures, string> words)
        => $"random: {Random(view, method, words)}; a class: {Class(view, method, words)}";

    // The first task of a kind, which only its name tells.
    private static string In(ComparisonView view, string method, Func<string, bool> isMeant, Func<TaskFigures, string> words)
    {
        var task = view.Result.Tasks.Select(t => t.Name).ToList().FindIndex(t => isMeant(t));
        return task >= 0 && view.Find(method)?.Tasks[task] is { IsDone: true } figures ? words(figures) : "not in this comparison";
    }

    private static string AccuracyAndTime(TaskFigures figures) => $"{Figures.Percent(figures.Test)}, {Figures.Seconds(figures.Seconds.Median)}";

    private static string AgainstBest(TaskFigures figures, ComparisonView view)
        => view.BestOracle?.First is { } best
            ? $"{Verdict.Against(figures.Seconds.Median, best.Seconds.Median, "retraining")}, {Verdict.Against(figures.Test.Mean, best.Test.Mean)}" : AccuracyAndTime(figures);

    private static string Change(TaskFigures figures) => $"{Figures.Percent(figures.Over(s => s.Before.Test)!.Mean)} → {Figures.Percent(figures.Test)}";

    private static string Distance(TaskFigures figures) => Figures.Measure(figures.Over(s => s.ActivationDistance)!.Mean);
}
