using System.Text.RegularExpressions;

namespace LegoNet.Lab.Reports;

/// <summary>Text in HTML and SVG.</summary>
internal static partial class HtmlText
{
    /// <summary>Escaped for content and for attributes in quotes.</summary>
    public static string Of(string text)
        => BeforeUnit().Replace(text, "\u00A0").Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&#39;");

    // A figure and its unit stay on one line.
    [GeneratedRegex(@"(?<=\d) (?=%|(?:µs|ms|s|min|h|bytes|kB|MB|GB)\b)")]
    private static partial Regex BeforeUnit();
}
