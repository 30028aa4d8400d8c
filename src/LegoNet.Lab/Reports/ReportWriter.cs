using LegoNet.Lab.Comparisons;

namespace LegoNet.Lab.Reports;

/// <summary>
/// Writes what a comparison found: a page, the same in Markdown, and the figures alone. The same result gives the same text.
/// </summary>
public static class ReportWriter
{
    /// <summary>The first line of both pages, by which a report is told from other files.</summary>
    public const string FirstLine = "<!-- A report of LegoNet on ways of forgetting -->";

    /// <summary>A page in HTML that stands alone: it opens from disk, and asks nothing of the network.</summary>
    /// <param name="result">What was found.</param>
    public static string Html(ComparisonResult result)
    {
        var view = new ComparisonView(result);
        var page = new HtmlPage(view.Title, view.Subtitle);
        Write(page, view);
        return $"{FirstLine}\n{page.Finish()}";
    }

    /// <summary>The same tables and sentences in Markdown, without the charts.</summary>
    /// <param name="result">What was found.</param>
    public static string Markdown(ComparisonResult result)
    {
        var view = new ComparisonView(result);
        var page = new MarkdownPage(view.Title, view.Subtitle);
        Write(page, view);
        return $"{FirstLine}\n{page.Finish()}";
    }

    /// <summary>Accuracy against seconds a request of all methods, as an SVG file that stands alone.</summary>
    /// <param name="result">What was found.</param>
    /// <exception cref="LegoNetException">No method did the first task.</exception>
    public static string Picture(ComparisonResult result) => TradeOffPicture.Draw(new ComparisonView(result));

    /// <summary>The result itself, which <see cref="ComparisonJson.Read"/> reads again.</summary>
    /// <param name="result">What was found.</param>
    public static string Json(ComparisonResult result) => ComparisonJson.Write(result);

    private static void Write(IReportPage page, ComparisonView view)
    {
        SummarySection.Write(page, view);
        VerdictSection.Write(page, view);
        TradeOffSection.Write(page, view);
        TaskSection.Write(page, view);
        AttackSection.Write(page, view);
        PaperSection.Write(page, view);
        SettingsSection.Write(page, view);
        GlossarySection.Write(page);
    }
}
