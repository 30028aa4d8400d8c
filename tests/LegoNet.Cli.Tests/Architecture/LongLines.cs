namespace LegoNet.Cli.Tests.Architecture;

/// <summary>Finds lines that are too long to read beside another window.</summary>
internal static class LongLines
{
    public const int Columns = 160;

    /// <summary>The numbers, from 1, of the lines of C# that are too long.</summary>
    public static IEnumerable<int> InCode(IEnumerable<string> lines) => lines.Index().Where(l => l.Item.Length > Columns).Select(l => l.Index + 1);

    /// <summary>The numbers, from 1, of the lines of Markdown that are too long. Rows of tables and fenced code cannot be broken and may be.</summary>
    public static IEnumerable<int> InMarkdown(IEnumerable<string> lines)
    {
        var code = false;
        foreach (var (i, line) in lines.Index())
        {
            var text = line.TrimStart();
            var fence = text.StartsWith("```", StringComparison.Ordinal);
            code ^= fence;
            if (line.Length > Columns && !code && !fence && !text.StartsWith('|'))
            {
                yield return i + 1;
            }
        }
    }
}
