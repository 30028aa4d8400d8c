using LegoNet.Lab.Comparisons;

namespace LegoNet.Lab.Reports;

/// <summary>A table for each task.</summary>
internal static class TaskSection
{
    private static readonly ReportColumn[] s_columns =
    [
        new("Method", IsText: true),
        new("Test", "Accuracy before → after"),
        new("Forgotten", "Accuracy before → after"),
        new("Retained", "Accuracy before → after"),
        new("Time a request, requests timed", "Price"),
        new("Training", "Price"),
        new("Kept", "Price"),
        new("Same bytes", "Against its oracle"),
        new("KLoM, forgotten: median", "Against its oracle"),
        new("KLoM, forgotten: 95th percentile", "Against its oracle"),
        new("KLoM, others: median", "Against its oracle"),
        new("Activation distance", "Against its oracle"),
        new("Disagreement, test", "Against its oracle"),
        new("Disagreement, forgotten", "Against its oracle"),
        new("Relearning steps", "Against its oracle"),
    ];

    public static void Write(IReportPage page, ComparisonView view)
    {
        page.Section("tasks", "Task by task");
        page.Paragraph(
            "Each method is measured against its own oracle: the same training on the remaining records alone. Accuracies, disagreements and distances are "
            + "means over seeds, with the standard deviation of a seed; times, storage and steps are medians. In brackets stands how many requests "
            + "were timed and, against the oracle, what an oracle itself gets.");
        page.List(
        [
            "KLoM \"is its oracle\": the model is its oracle to the byte with every seed, so there is nothing to measure. \"not measured\": no oracles "
                + "were trained for it.",
            "Relearning steps \"no single network\": only the training of one network has steps to count.",
            $"\"{Figures.None}\": there are no records to count.",
        ]);
        foreach (var (i, task) in view.Result.Tasks.Index())
        {
            page.Subsection(view.Tasks[i]);
            page.Table(new ReportTable(
                $"{view.Tasks[i]}: {Figures.Counted(task.Records, "record")} forgotten in {Figures.Counted(task.Requests, "request")}.",
                s_columns,
                [.. view.Methods.Where(m => m.Tasks[i] is not null).Select(m => ReportRow.Of(m, Cells(m.Tasks[i]!)))]));
        }
    }

    private static string[] Cells(TaskFigures figures)
    {
        if (!figures.IsDone)
        {
            return [SafeText.Of(figures.Result.Failure ?? "The method gave no result.")];
        }

        return
        [
            Change(figures, a => a.Test),
            Change(figures, a => a.Forgotten),
            Change(figures, a => a.Retained),
            $"{Figures.Seconds(figures.Seconds.Median)} ({Figures.Count(figures.Result.Seeds.Sum(s => (long)s.TimedRequests))})",
            Figures.Seconds(figures.Over(s => s.TrainingSeconds)!.Median),
            Figures.Bytes(figures.Storage.Median),
            figures.IsSame ? "yes" : figures.Result.Seeds.Any(s => s.IsSameModel) ? "with some seeds" : "no",
            Klom(figures, k => k.Forgotten),
            Klom(figures, k => k.ForgottenWorst),
            Klom(figures, k => k.Others),
            Figures.Measure(figures.Over(s => s.ActivationDistance)!.Mean),
            Figures.Percent(figures.Over(s => s.Disagreement)),
            Figures.Percent(figures.Over(s => s.ForgottenDisagreement)),
            Steps(figures),
        ];
    }

    private static string Change(TaskFigures figures, Func<Accuracies, double> part)
        => $"{Figures.Percent(figures.Over(s => part(s.Before))!.Mean).Replace(" %", "")} → {Figures.Percent(figures.Over(s => part(s.After)))}";

    private static string Klom(TaskFigures figures, Func<KlomFigures, double> part)
        => figures.Over(s => s.Klom is { } k ? part(k) : null) is { } klom
            ? Figures.Measure(klom.Mean) + (figures.Result.OracleKlom is { } oracle ? $" ({Figures.Measure(part(oracle))})" : "")
            : figures.IsSame ? "is its oracle" : "not measured";

    private static string Steps(TaskFigures figures)
        => figures.Over(s => s.RelearningSteps) is not { } steps ? "no single network"
            : Figures.Count((long)steps.Median) + (figures.Over(s => s.OracleRelearningSteps) is { } oracle ? $" ({Figures.Count((long)oracle.Median)})" : "");
}
