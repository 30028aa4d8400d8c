using System.Text;

namespace LegoNet.Cli.Init;

/// <summary>Names from a file within sentences of ours, and what words a column's name is made of.</summary>
internal static class Words
{
    private const int MostListed = 20;
    private const int LongestShown = 60;

    /// <summary>A name without what would break a line, cut where it is very long.</summary>
    public static string Shown(string name)
    {
        var line = string.Concat(name.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
        return line.Length <= LongestShown ? line : line[..LongestShown] + "…";
    }

    /// <summary>Names, the first twenty of them.</summary>
    public static string List(IReadOnlyCollection<string> names)
        => string.Join(", ", names.Take(MostListed).Select(Shown)) + (names.Count > MostListed ? $", … ({names.Count:N0} in all)" : "");

    /// <summary>The words of a name in small letters: "customerID", "customer_id" and "Customer ID" have the same.</summary>
    public static IReadOnlyList<string> Of(string name)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            var startsWord = char.IsUpper(c) && i > 0 && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (!char.IsLetter(c) || startsWord)
            {
                End();
            }

            if (char.IsLetter(c))
            {
                word.Append(char.ToLowerInvariant(c));
            }
        }

        End();
        return words;

        void End()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }
}
