using System.Text;

namespace LegoNet.Lab.Reports;

/// <summary>The page's first chart as a file of its own, with its methods' names beside it.</summary>
internal static class TradeOffPicture
{
    private const string Style = """
        svg .number { font-weight: 600; }
        svg .page { fill: var(--page); }
        """;

    private const int Names = 250;
    private const int Line = 17;
    private const int Top = 30;

    public static string Draw(ComparisonView view)
    {
        var methods = TradeOffSection.Methods(view);
        if (methods.Length == 0)
        {
            throw LegoNetException.BadInput("There is no picture to draw: no method did the first task.");
        }

        var chart = TradeOffSection.BySeconds(methods);
        var (width, height) = (chart.Width + Names, Math.Max(chart.Height, Line * (methods.Length + KindWords.All.Count)) + Top + 8);
        var names = new SvgBody();
        double y = Top;
        foreach (var kind in KindWords.All.Where(kind => methods.Any(m => m.Kind == kind)))
        {
            names.Text(chart.Width + 10, y += Line, KindWords.Of(kind), "name");
            foreach (var method in methods.Where(m => m.Kind == kind))
            {
                y += Line;
                names.Mark(chart.Width + 18, y - 4, KindWords.Path(kind), KindWords.Style(kind), method.Name);
                names.Text(chart.Width + 48, y, $"{method.Number}", "end number");
                names.Text(chart.Width + 54, y, method.Name, "");
            }
        }

        var title = $"{view.Data}, {view.Tasks[0]}: test accuracy afterwards against time a request";
        return new StringBuilder()
            .Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" ")
            .Append("font-family=\"Segoe UI, Helvetica, Arial, DejaVu Sans, sans-serif\" aria-labelledby=\"t d\">\n")
            .Append($"<title id=\"t\">{HtmlText.Of(title)}</title>\n<desc id=\"d\">{HtmlText.Of(chart.Description)}</desc>\n")
            .Append($"<style>\n{HtmlStyle.Scheme}\n{HtmlStyle.Charts}\n{Style}\n</style>\n")
            .Append($"<rect width=\"{width}\" height=\"{height}\" class=\"page\"/>\n")
            .Append($"<text class=\"title\" x=\"12\" y=\"18\">{HtmlText.Of(title)}</text>\n")
            .Append($"<g transform=\"translate(0 {Top})\">{chart.Body}</g>\n{names}\n</svg>\n")
            .ToString();
    }
}
