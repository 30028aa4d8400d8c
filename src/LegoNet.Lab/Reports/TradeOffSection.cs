namespace LegoNet.Lab.Reports;

/// <summary>Accuracy against what it costs.</summary>
internal static class TradeOffSection
{
    public static void Write(IReportPage page, ComparisonView view)
    {
        var methods = Methods(view);
        if (methods.Length == 0)
        {
            return;
        }

        page.Section("trade-off", "Accuracy, time and storage");
        page.Paragraph($"Task: {view.Tasks[0]}. A sign is the median over seeds, a whisker reaches from the least seed to the greatest. Up and to the "
            + $"left is better.");
        page.Charts(
            [
                BySeconds(methods),
                ScatterChart.Draw("Accuracy against what is kept in order to forget", "bytes kept", Figures.Bytes, Points(methods, f => f.Storage)),
            ]);
        page.Table(new ReportTable(
            $"What the charts show: {view.Tasks[0]}, medians over seeds, with the least and the greatest in brackets.",
            [new("Method", IsText: true), new("Test accuracy afterwards"), new("Time a request"), new("Kept beside the model")],
            [
                .. methods.Select(m => ReportRow.Of(
                    m,
                    Accuracy(m.First!.Test),
                    Range(m.First.Seconds, Figures.Seconds),
                    Range(m.First.Storage, Figures.Bytes))),
            ]));
    }

    /// <summary>The methods that can be drawn.</summary>
    public static MethodView[] Methods(ComparisonView view) => [.. view.Methods.Where(m => m.First is { } first && !double.IsNaN(first.Test.Mean))];

    /// <summary>Accuracy against seconds.</summary>
    public static SvgChart BySeconds(MethodView[] methods)
        => ScatterChart.Draw("Accuracy against seconds a request", "time a request", Figures.Seconds, Points(methods, f => f.Seconds));

    private static ChartPoint[] Points(MethodView[] methods, Func<TaskFigures, Spread> cost)
        => [.. methods.Select(m => new ChartPoint(m.Number, m.Name, m.Kind, cost(m.First!), m.First!.Test))];

    private static string Accuracy(Spread test)
        => test.Deviation is null ? Figures.Percent(test.Median) : Figures.Percent(test.Median, test.Low, test.High);

    private static string Range(Spread spread, Func<double, string> words)
        => words(spread.Low) == words(spread.High) ? words(spread.Median) : $"{words(spread.Median)} [{words(spread.Low)}, {words(spread.High)}]";
}
