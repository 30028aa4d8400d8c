using System.Globalization;
using System.Text;

namespace LegoNet.Encoders;

/// <summary>
/// JSON values in one fixed spelling. What a library escapes may change with its version, and these bytes are hashed.
/// </summary>
internal static class DeclarationJson
{
    /// <summary>A string: only the quote, the backslash and control characters are escaped.</summary>
    internal static string String(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' or '\\' => text.Append('\\').Append(c),
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }

    /// <summary>A finite number: the shortest text that reads back as the same value; negative zero as 0.</summary>
    internal static string Number(double value) => (value == 0 ? 0.0 : value).ToString("R", CultureInfo.InvariantCulture);
}
