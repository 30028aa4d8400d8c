namespace LegoNet.Lab.Reports;

/// <summary>Text in HTML and SVG.</summary>
internal static class HtmlText
{
    /// <summary>Escaped for content and for attributes in quotes.</summary>
    public static string Of(string text)
        => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&#39;");
}
