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

    void Verdicts(IEnumerable<(MethodView Method, string Sentence)> verdicts);

    void Table(ReportTable table);

    /// <summary>Charts, of which every figure stands in a table too; a page may leave them out.</summary>
    /// <param name="charts">The charts.</param>
    /// <param name="areSmall">Whether many stand side by side.</param>
    void Charts(IReadOnlyList<SvgChart> charts, bool areSmall);

    /// <summary>What the signs of the charts before mean.</summary>
    void Legend(string text);
}
