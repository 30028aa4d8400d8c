using System.Text;

namespace LegoNet.Cluster.Scripts;

/// <summary>Texts in YAML.</summary>
internal static class YamlText
{
    /// <summary>A text in double quotes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter switch
            {
                '"' or '\\' => $"\\{letter}",
                // What YAML lets stand in no document, or would take for the end of a line.
                _ when char.IsControl(letter) || letter is '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff' => $"\\u{(int)letter:x4}",
                _ => letter.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
