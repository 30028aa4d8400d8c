namespace LegoNet.Lab.Reports;

/// <summary>What sections write themselves to, so that the twins say the same. All text is plain: the page escapes it.</summary>
internal interface IReportPage
{
    /// <summary>Begins a section.</summary>
    /// <param name="id">Its place in the page, for links.</param>
    /// <param name="title">Its title.</param>
    void Section(string id, string title);

    void Subsection(string title);

    void Paragraph(string text);

    void List(IEnumerable<string> items);

    void Verdicts(IEnumerable<(MethodView Method, Verdict Verdict)> verdicts);

    void Table(ReportTable table);

    /// <summary>Charts, of which every figure stands in a table too; a page may leave them out.</summary>
    /// <param name="charts">The charts.</param>
    void Charts(IReadOnlyList<SvgChart> charts);

    /// <summary>Small charts, many side by side.</summary>
    /// <param name="title">What they are together.</param>
    /// <param name="legend">What their lines mean.</param>
    /// <param name="charts">The charts.</param>
    /// <param name="isOpen">Whether the reader sees them at once, or opens them.</param>
    void SmallCharts(string title, string legend, IReadOnlyList<SvgChart> charts, bool isOpen);
}
