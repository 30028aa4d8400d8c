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

    public void Verdicts(IEnumerable<(MethodView Method, string Sentence)> verdicts)
    {
        foreach (var (method, sentence) in verdicts)
        {
            Wrap($"**{Name(method)}**: {Escape(sentence)}", "- ", "\n");
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

    public void Charts(IReadOnlyList<SvgChart> charts, bool areSmall)
    {
    }

    public void Legend(string text)
    {
    }

    /// <summary>The whole text.</summary>
    public string Finish() => _text.ToString().TrimEnd('\n') + "\n";

    private static string Name(MethodView method) => $"{method.Number} {Escape(method.Name)} ({KindWords.Of(method.Kind)})";

    // Every sign that means something to Markdown or HTML; \ before punctuation is always the sign itself.
    private static string Escape(string text) => Signs().Replace(text, @"\$0");

    [GeneratedRegex(@"[\\`*_\[\]<>|#~&]")]
    private static partial Regex Signs();

    private void Row(IEnumerable<string> cells) => _text.Append($"| {string.Join(" | ", cells)} |\n");

    private void Wrap(string text, string bullet, string end)
    {
        var (line, indent) = (bullet, new string(' ', bullet.Length));
        foreach (var (i, word) in text.Split(' ').Index())
        {
            // A sign or number at the beginning of a line could begin a list.
            if (i > 0 && line.Length + 1 + word.Length > Columns && char.IsLetter(word.FirstOrDefault()))
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
