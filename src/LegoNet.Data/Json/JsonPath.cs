using System.Globalization;

namespace LegoNet.Data.Json;

/// <summary>Places in a JSON text as messages name them, e.g. "encoder.columns[2].edges"; empty for the root.</summary>
internal static class JsonPath
{
    // Names may come from the file itself, and a message is one sentence.
    private const int MaximalName = 64;

    public static string Member(string path, string name) => path.Length == 0 ? Cut(name) : $"{path}.{Cut(name)}";

    public static string Item(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>A text from a file, short enough for a message.</summary>
    public static string Cut(string text) => text.Length <= MaximalName ? text : $"{text[..MaximalName]}…";
}
