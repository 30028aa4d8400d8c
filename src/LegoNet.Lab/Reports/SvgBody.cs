using System.Globalization;
using System.Text;

namespace LegoNet.Lab.Reports;

/// <summary>Collects elements of SVG.</summary>
internal sealed class SvgBody
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    public void Line(double x1, double y1, double x2, double y2, string style)
        => _text.Append($"<path class=\"{style}\" d=\"M{N(x1)} {N(y1)}L{N(x2)} {N(y2)}\"/>");

    public void Text(double x, double y, string text, string style, double turn = 0)
        => _text.Append(turn == 0
            ? $"<text class=\"{style}\" x=\"{N(x)}\" y=\"{N(y)}\">{HtmlText.Of(text)}</text>"
            : $"<text class=\"{style}\" transform=\"translate({N(x)} {N(y)}) rotate({N(turn)})\">{HtmlText.Of(text)}</text>");

    public void Mark(double x, double y, string path, string style, string hint)
        => _text.Append($"<path class=\"mark {style}\" transform=\"translate({N(x)} {N(y)})\" d=\"{path}\"><title>{HtmlText.Of(hint)}</title></path>");

    public void Polyline(IEnumerable<(double X, double Y)> points, string style)
        => _text.Append($"<path class=\"{style}\" d=\"M{string.Join('L', points.Select(p => $"{N(p.X)} {N(p.Y)}"))}\"/>");

    private static string N(double value) => Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture);
}
