using System.Text;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Reports;

/// <summary>A page that stands alone. It lets nothing be fetched, by a policy of its own, and has no script.</summary>
internal sealed class HtmlPage : IReportPage
{
    private readonly StringBuilder _main = new();
    private readonly StringBuilder _contents = new();
    private readonly string _title;
    private readonly string _subtitle;
    private int _charts;
    private int _tables;

    public HtmlPage(string title, string subtitle) => (_title, _subtitle) = (title, subtitle);

    public void Section(string id, string title)
    {
        _main.Append(_contents.Length == 0 ? "" : "</section>\n");
        _main.Append($"<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{HtmlText.Of(title)}</h2>\n");
        _contents.Append($"<li><a href=\"#{id}\">{HtmlText.Of(title)}</a></li>");
    }

    public void Subsection(string title) => _main.Append($"<h3>{HtmlText.Of(title)}</h3>\n");

    public void Paragraph(string text) => _main.Append($"<p>{HtmlText.Of(text)}</p>\n");

    public void List(IEnumerable<string> items) => _main.Append($"<ul>{string.Concat(items.Select(i => $"<li>{HtmlText.Of(i)}</li>"))}</ul>\n");

    public void Verdicts(IEnumerable<(MethodView Method, Verdict Verdict)> verdicts)
    {
        _main.Append("<dl class=\"verdicts\">\n");
        foreach (var (method, verdict) in verdicts)
        {
            var rest = verdict.ToString()[verdict.Claim.Length..];
            _main.Append($"<div><dt>{Name(method)}</dt><dd><strong>{HtmlText.Of(verdict.Claim)}</strong>{HtmlText.Of(rest)}</dd></div>\n");
        }

        _main.Append("</dl>\n");
    }

    public void Table(ReportTable table)
    {
        var id = $"table-{++_tables}";
        _main.Append($"<div class=\"scroll\" role=\"region\" aria-labelledby=\"{id}\" tabindex=\"0\">\n<table>\n");
        _main.Append($"<caption id=\"{id}\">{HtmlText.Of(table.Caption)}</caption>\n");
        WriteHead(table.Columns);
        _main.Append("<tbody>\n");
        foreach (var row in table.Rows)
        {
            _main.Append($"<tr><th scope=\"row\">{(row.Method is { } method ? Name(method) : HtmlText.Of(row.Header))}</th>");
            if (row.Cells.Count == 1 && table.Columns.Count > 2)
            {
                _main.Append($"<td class=\"said\" colspan=\"{table.Columns.Count - 1}\"><span>{HtmlText.Of(row.Cells[0])}</span></td></tr>\n");
                continue;
            }

            foreach (var (column, cell) in table.Columns.Skip(1).Zip(row.Cells))
            {
                var style = column.IsText ? " class=\"text\"" : cell.Any(char.IsDigit) ? "" : " class=\"words\"";
                _main.Append($"<td{style}>{(column.IsText ? HtmlText.Of(cell) : Cell(cell))}</td>");
            }

            _main.Append("</tr>\n");
        }

        _main.Append("</tbody>\n</table>\n</div>\n");
    }

    public void Charts(IReadOnlyList<SvgChart> charts)
    {
        Draw(charts, "charts");
        _main.Append("<p class=\"key\">");
        foreach (var kind in KindWords.All)
        {
            _main.Append($"<span>{Sign(kind)} {KindWords.Of(kind)} ({KindWords.Shape(kind)})</span> ");
        }

        _main.Append("</p>\n");
    }

    public void SmallCharts(string title, string legend, IReadOnlyList<SvgChart> charts, bool isOpen)
    {
        _main.Append($"<details{(isOpen ? " open=\"\"" : "")}>\n<summary>{HtmlText.Of(title)}</summary>\n<p>{HtmlText.Of(legend)}</p>\n");
        Draw(charts, "charts small");
        _main.Append("</details>\n");
    }

    /// <summary>The whole page.</summary>
    public string Finish() => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{HtmlText.Of(_title)}</title>
        <style>
        {HtmlStyle.Text}
        </style>
        </head>
        <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
        <h1>{HtmlText.Of(_title)}</h1>
        <p>{HtmlText.Of(_subtitle)}</p>
        </header>
        <nav aria-label="Sections"><ul>{_contents}</ul></nav>
        <main id="content" tabindex="-1">
        {_main}{(_contents.Length == 0 ? "" : "</section>\n")}</main>
        </body>
        </html>

        """.ReplaceLineEndings("\n");

    // An interval may stand below its figure, where there is no room beside it.
    private static string Cell(string text)
        => text.IndexOf(" [", StringComparison.Ordinal) is var at and > 0 && text.EndsWith(']')
            ? $"{HtmlText.Of(text[..at])} <span class=\"range\">{HtmlText.Of(text[(at + 1)..])}</span>" : HtmlText.Of(text);

    private static string Name(MethodView method)
        => $"<span class=\"number\">{method.Number}</span> {HtmlText.Of(method.Name)} "
            + $"<span class=\"kind {KindWords.Style(method.Kind)}\">{Sign(method.Kind)} {KindWords.Of(method.Kind)}</span>";

    private static string Sign(MethodKind kind)
        => "<svg class=\"sign\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\">"
            + $"<path class=\"mark {KindWords.Style(kind)}\" d=\"{KindWords.Path(kind)}\"/></svg>";

    private void Draw(IReadOnlyList<SvgChart> charts, string style)
    {
        _main.Append($"<div class=\"{style}\">\n");
        foreach (var chart in charts)
        {
            var id = $"chart-{++_charts}";
            _main.Append($"<figure><figcaption>{HtmlText.Of(chart.Title)}</figcaption>");
            _main.Append($"<svg role=\"img\" aria-labelledby=\"{id}-t {id}-d\" viewBox=\"0 0 {chart.Width} {chart.Height}\">");
            _main.Append($"<title id=\"{id}-t\">{HtmlText.Of(chart.Title)}</title><desc id=\"{id}-d\">{HtmlText.Of(chart.Description)}</desc>");
            _main.Append($"{chart.Body}</svg></figure>\n");
        }

        _main.Append("</div>\n");
    }

    private void WriteHead(IReadOnlyList<ReportColumn> columns)
    {
        _main.Append("<thead>\n");
        var grouped = columns.Any(c => c.Group.Length > 0);
        if (grouped)
        {
            _main.Append($"<tr><th scope=\"col\" rowspan=\"2\">{HtmlText.Of(columns[0].Header)}</th>");
            foreach (var group in columns.Skip(1).Select(c => c.Group).Distinct())
            {
                _main.Append($"<th scope=\"colgroup\" class=\"group\" colspan=\"{columns.Skip(1).Count(c => c.Group == group)}\">{HtmlText.Of(group)}</th>");
            }

            _main.Append("</tr>\n");
        }

        _main.Append("<tr>");
        foreach (var column in columns.Skip(grouped ? 1 : 0))
        {
            _main.Append($"<th scope=\"col\"{(column.IsText ? " class=\"text\"" : "")}>{HtmlText.Of(column.Header)}</th>");
        }

        _main.Append("</tr>\n</thead>\n");
    }
}
