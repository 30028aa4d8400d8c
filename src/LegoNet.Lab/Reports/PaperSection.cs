using LegoNet.Lab.Attacks;

namespace LegoNet.Lab.Reports;

/// <summary>What papers report, beside what came out here. The figures differ in data, encoder and machine, and the tables say so.</summary>
internal static class PaperSection
{
    private static readonly ReportColumn[] s_columns =
    [
        new("What", IsText: true), new("Published", IsText: true), new("Here", IsText: true),
    ];

    public static void Write(IReportPage page, ComparisonView view)
    {
        page.Section("papers", "The papers' figures beside these");
        page.Paragraph(
            $"Published figures come from other data, other encoders and other machines than those here ({view.Data}; a frozen encoder, heads alone "
                + $"are trained). "
            + "Compare the shape, not the digits: what costs accuracy, what costs time, and by which factor.");
        LegoNet(page, view);
        Partial(page, view);
        Alignment(page, view);
    }

    private static void LegoNet(IReportPage page, ComparisonView view)
    {
        page.Subsection("LegoNet (arXiv 2210.16023) and SISA");
        page.Table(new ReportTable(
            "Published, Table 3 of the LegoNet paper: accuracy and seconds per forgotten record by the number of shards, or n/k. CIFAR-10, ResNet-34 for "
                + "ImageNet, frozen, 512 numbers, softmax adapters; SISA trains the whole network, FixSISA and LegoNet do not.",
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
            "The same systems here, at the one size that Settings names: test accuracy after random records are forgotten, and the time of a request.",
            s_columns,
            [
                new("FixSISA", ["88.32 % to 83.76 %", Random(view, "FixSISA", AccuracyAndTime)]),
                new("LegoNet, keys from training records, k = 10",
                    ["90.11 % to 89.45 %, 310.56 s to 122.78 s", Random(view, "LegoNet as published", AccuracyAndTime)]),
                new("LegoNet, keys without records", ["not in the paper", Random(view, "LegoNet, ridge", AccuracyAndTime)]),
                new("SISA against retraining (SISA's paper, 20 shards of 50 slices, whole networks)",
                    ["4.63 times as quick (Purchase, 8 requests), 2.45 times (SVHN, 18 requests), less than 2 points lost",
                        Random(view, "FixSISA", f => AgainstBest(f, view))]),
            ]));
    }

    private static void Partial(IReportPage page, ComparisonView view)
    {
        page.Subsection("Layer-wise partial updates (arXiv 2403.07611)");
        ReportRow Utility(string method, string published) => new(method, [published, Random(view, method, Change), Class(view, method, Change)]);
        ReportRow Storage(string method, string published)
            => new($"{method}, kept", [published, Random(view, method, Kept), Class(view, method, Kept)]);
        page.Table(new ReportTable(
            "What the abstract claims, and test accuracy before → after here. There: whole networks on MNIST, SVHN, CIFAR-10 and MedMNIST; fractions, "
                + "masks and "
                + "schedules are not in the abstract and are our choice.",
            [new("Method", IsText: true), new("Published", IsText: true), new("Here, random records", IsText: true), new("Here, a class", IsText: true)],
            [
                Utility("amnesiac", "usually followed by brief fine-tuning"),
                Utility("partial amnesiac", "keeps utility, needs no fine-tuning"),
                Storage("amnesiac", "every update"),
                Storage("partial amnesiac", "far less"),
                Utility("label-flipping", "the plain method"),
                Utility("label-flipping, partial", "proposed in its place"),
                Utility("optimisation-based", "the plain method"),
                Utility("optimisation-based, partial", "proposed in its place"),
            ]));
    }

    private static void Alignment(IReportPage page, ComparisonView view)
    {
        const string name = "residual feature alignment";
        page.Subsection("Residual feature alignment (arXiv 2411.08443)");
        page.Table(new ReportTable(
            "Figures of the abstract and a public table of results. There: whole pre-trained networks, fine-tuned. Here: a branch on one hidden layer over a "
                + "frozen encoder. Their attack's accuracy is no area, and stands here for what it is.",
            s_columns,
            [
                new("A class, time", ["79.05 s (CIFAR-10)", Class(view, name, f => Figures.Seconds(f.Seconds.Median))]),
                new("Random records, time", ["87.42 s (CIFAR-10)", Random(view, name, f => Figures.Seconds(f.Seconds.Median))]),
                new("A class, accuracy on the test records that stay",
                    ["98.72 % (CIFAR-10)", Class(view, name, f => $"{Figures.Percent(f.Test)} of all test records, the class among them")]),
                new("Random records, test accuracy", ["98.68 % (CIFAR-10)", Random(view, name, f => Figures.Percent(f.Test))]),
                new("Random records, accuracy on forgotten and on retained",
                    ["99.22 % and 100 % (Fashion-MNIST)",
                        Random(view, name, f => $"{Figures.Percent(f.Over(s => s.After.Forgotten))} and {Figures.Percent(f.Over(s => s.After.Retained))}")]),
                new("A class, activation distance on retained", ["1.36 (Fashion-MNIST)", Class(view, name, Distance)]),
                new("Random records, activation distance on retained", ["0.00 (Fashion-MNIST)", Random(view, name, Distance)]),
                new("Membership inference",
                    ["accuracy 0 (a class, both sets)",
                        view.Find(name) is { } method && AttackFinding.Of(method, AttackQuestion.Forgotten) is { } finding ? finding.Words : "not attacked"]),
            ]));
    }

    private static string Random(ComparisonView view, string method, Func<TaskFigures, string> words)
        => In(view, method, t => t.Contains("random", StringComparison.Ordinal), words);

    private static string Class(ComparisonView view, string method, Func<TaskFigures, string> words)
        => In(view, method, t => t.StartsWith("the class ", StringComparison.Ordinal), words);

    // The first task of a kind, which only its name tells.
    private static string In(ComparisonView view, string method, Func<string, bool> isMeant, Func<TaskFigures, string> words)
    {
        var task = view.Result.Tasks.Select(t => t.Name).ToList().FindIndex(t => isMeant(t));
        return task >= 0 && view.Find(method)?.Tasks[task] is { IsDone: true } figures ? words(figures) : "not in this comparison";
    }

    private static string AccuracyAndTime(TaskFigures figures) => $"{Figures.Percent(figures.Test)}, {Figures.Seconds(figures.Seconds.Median)}";

    private static string AgainstBest(TaskFigures figures, ComparisonView view)
        => view.BestOracle?.First is { } best
            ? $"{Verdict.Against(figures.Seconds.Median, best.Seconds.Median, "retraining")}, {Verdict.Against(figures.Test.Mean, best.Test.Mean)}"
            : AccuracyAndTime(figures);

    private static string Change(TaskFigures figures)
        => $"{Figures.Percent(figures.Over(s => s.Before.Test)!.Mean).Replace(" %", "")} → {Figures.Percent(figures.Test)}";

    private static string Kept(TaskFigures figures) => Figures.Bytes(figures.Storage.Median);

    private static string Distance(TaskFigures figures) => Figures.Measure(figures.Over(s => s.ActivationDistance)!.Mean);
}
