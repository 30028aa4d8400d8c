namespace LegoNet;

/// <summary>The names that there are, for messages about one that there is not.</summary>
internal static class NearNames
{
    private const int Shown = 20;

    /// <summary>Lists names, those that the wanted one may be a misspelling of first, the others in their own order; at most twenty.</summary>
    /// <param name="wanted">The name that is not among them.</param>
    /// <param name="names">The names.</param>
    /// <returns>The names, separated by commas; "none" where there are none.</returns>
    public static string List(string wanted, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0)
        {
            return "none";
        }

        var listed = string.Join(", ", names.OrderBy(name => Rank(wanted, name)).Take(Shown));
        return names.Count > Shown ? $"{listed}, …" : listed;
    }

    /// <summary>Insertions, removals and replacements of letters between two words.</summary>
    public static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = row[j];
                row[j] = cost;
            }
        }

        return row[^1];
    }

    // Letters' case counts least: it is what people get wrong most.
    private static int Rank(string wanted, string name)
    {
        const int Contains = 1_000;
        const int Unlike = 2_000;
        var (a, b) = (wanted.ToLowerInvariant(), name.ToLowerInvariant());
        var most = Math.Max(1, (Math.Max(a.Length, b.Length) + 1) / 3); // Two letters in the wrong order are two replacements.
        var distance = Math.Abs(a.Length - b.Length) <= most ? Distance(a, b) : int.MaxValue;
        return distance <= most ? distance
            : a.Length > 0 && b.Length > 0 && (a.Contains(b, StringComparison.Ordinal) || b.Contains(a, StringComparison.Ordinal)) ? Contains
            : Unlike;
    }
}
