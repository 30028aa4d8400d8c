using System.Text;
using System.Text.RegularExpressions;

namespace LegoNet.Lab.Reports;

/// <summary>The report in Markdown, wrapped as the project's pages are. It has no charts: their figures stand in tables.</summary>
internal sealed partial class MarkdownPage : IReportPage
{
    private const int Columns = 140;

    private readonly StringBuilder _text = new();

    public MarkdownPage(string title, string subtitle)
    {
        _text.Append($"# {Escape(title)}\n\n");
        Paragraph(subtitle);
    }

    public void Section(string id, string title) => _text.Append($"## {Escape(title)}\n\n");

    public void Subsection(string title) => _text.Append($"### {Escape(title)}\n\n");

    public void Paragraph(string text) => Wrap(Escape(text), "", "\n\n");

    public void List(IEnumerable<string> items)
    {
        foreach (var item in items)
        {
            Wrap(Escape(item), "- ", "\n");
        }

        _text.Append('\n');
    }

    public void Verdicts(IEnumerable<(MethodView Method, Verdict Verdict)> verdicts)
    {
        foreach (var (method, verdict) in verdicts)
        {
            Wrap($"**{Name(method)}**: {Escape(verdict.ToString())}", "- ", "\n");
        }

        _text.Append('\n');
    }

    public void Table(ReportTable table)
    {
        Wrap(Escape(table.Caption), "", "\n\n");
        Row(table.Columns.Select(c => Escape(c.Header)));
        Row(table.Columns.Select((c, i) => i == 0 || c.IsText ? "---" : "---:"));
        foreach (var row in table.Rows)
        {
            var cells = row.Cells.Select(Escape).Concat(Enumerable.Repeat("", table.Columns.Count - 1 - row.Cells.Count));
            Row([row.Method is { } method ? Name(method) : Escape(row.Header), .. cells]);
        }

        _text.Append('\n');
    }

    public void Charts(IReadOnlyList<SvgChart> charts)
    {
    }

    public void SmallCharts(string title, string legend, IReadOnlyList<SvgChart> charts, bool isOpen)
    {
    }

    /// <summary>The whole text.</summary>
    public string Finish() => _text.ToString().TrimEnd('\n') + "\n";

    private static string Name(MethodView method) => $"{method.Number} {Escape(method.Name)} ({KindWords.Of(method.Kind)})";

    // Every sign that means something to Markdown, and those of HTML so that they do not even look like it.
    private static string Escape(string text)
        => Signs().Replace(text, @"\$0").Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    [GeneratedRegex(@"[\\`*_\[\]|#~]")]
    private static partial Regex Signs();

    // What could begin a list, a quotation or a heading where it stands first on a line.
    [GeneratedRegex(@"^([-+=&]|\d+[.)]$)")]
    private static partial Regex Opening();

    private void Row(IEnumerable<string> cells) => _text.Append($"| {string.Join(" | ", cells)} |\n");

    private void Wrap(string text, string bullet, string end)
    {
        var (line, indent) = (bullet, new string(' ', bullet.Length));
        foreach (var (i, word) in text.Split(' ').Index())
        {
            if (i > 0 && line.Length + 1 + word.Length > Columns && !Opening().IsMatch(word))
            {
                _text.Append(line).Append('\n');
                line = indent + word;
            }
            else
            {
                line += i == 0 ? word : " " + word;
            }
        }

        _text.Append(line).Append(end);
    }
}
