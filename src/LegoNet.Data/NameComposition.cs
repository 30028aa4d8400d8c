using System.Globalization;
using System.Text;

namespace LegoNet.Data;

/// <summary>
/// Canonical composition (NFC) by a table of our own. <see cref="string.Normalize()"/> follows the libraries of the machine and does
/// nothing where globalization is invariant, as it is in the tool; a tag must come out the same everywhere and always.
/// </summary>
internal static class NameComposition
{
    // Hangul: a syllable is computed from its two or three letters (The Unicode Standard, section 3.12).
    private const int Syllables = 0xAC00;
    private const int SyllableCount = 11172;
    private const int Leading = 0x1100;
    private const int LeadingCount = 19;
    private const int Vowels = 0x1161;
    private const int VowelCount = 21;
    private const int Trailing = 0x11A7; // one before the first, which stands for none
    private const int TrailingCount = 28;

    private static readonly Lazy<Tables> s_tables = new(Tables.Read);

    /// <summary>The composed form of a well-formed text; the text itself where it is composed already.</summary>
    public static string Compose(string text)
    {
        // No character below U+0300 combines with one before it, and none has another form.
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\u02FF'))
        {
            return text;
        }

        var tables = s_tables.Value;
        var composed = true;
        foreach (var rune in text.EnumerateRunes())
        {
            composed &= !tables.MayChange(rune.Value);
        }

        if (composed)
        {
            return text;
        }

        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, tables, points);
        }

        Order(points, tables);
        Recompose(points, tables);
        var result = new StringBuilder(text.Length);
        foreach (var point in points)
        {
            result.Append(new Rune(point));
        }

        return result.ToString();
    }

    private static void Decompose(int point, Tables tables, List<int> points)
    {
        if (point - Syllables is >= 0 and < SyllableCount and var syllable)
        {
            points.Add(Leading + (syllable / (VowelCount * TrailingCount)));
            points.Add(Vowels + (syllable / TrailingCount % VowelCount));
            if (syllable % TrailingCount > 0)
            {
                points.Add(Trailing + (syllable % TrailingCount));
            }
        }
        else if (tables.Parts.TryGetValue(point, out var parts))
        {
            foreach (var part in parts)
            {
                Decompose(part, tables, points);
            }
        }
        else
        {
            points.Add(point);
        }
    }

    // Marks that follow one character stand in the order of their classes; those of one class stay as they are, since their order shows.
    private static void Order(List<int> points, Tables tables)
    {
        for (int start = 0, end; start < points.Count; start = end + 1)
        {
            for (end = start; end < points.Count && tables.Class(points[end]) > 0; end++)
            {
            }

            if (end - start > 1)
            {
                int[] run = [.. points.GetRange(start, end - start).OrderBy(tables.Class)];
                for (var i = 0; i < run.Length; i++)
                {
                    points[start + i] = run[i];
                }
            }
        }
    }

    private static void Recompose(List<int> points, Tables tables)
    {
        var (starter, kept, before) = (-1, 0, 0);
        foreach (var point in points.ToArray())
        {
            // A mark reaches its character over marks of lower classes only, a letter only where nothing stands between.
            var order = tables.Class(point);
            var reaches = starter >= 0 && (starter == kept - 1 || (before != 0 && before < order));
            if (reaches && Pair(points[starter], point, tables) is { } composite)
            {
                points[starter] = composite;
                continue;
            }

            if (order == 0)
            {
                starter = kept;
            }

            before = order;
            points[kept++] = point;
        }

        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Pair(int first, int second, Tables tables)
    {
        if (first - Leading is >= 0 and < LeadingCount and var leading && second - Vowels is >= 0 and < VowelCount and var vowel)
        {
            return Syllables + (((leading * VowelCount) + vowel) * TrailingCount);
        }

        if (first - Syllables is >= 0 and < SyllableCount and var syllable && syllable % TrailingCount == 0
            && second - Trailing is > 0 and < TrailingCount and var trailing)
        {
            return first + trailing;
        }

        return tables.Composites.TryGetValue((first, second), out var composite) ? composite : null;
    }

    /// <summary>What NameComposition.txt says.</summary>
    private sealed class Tables
    {
        private readonly Dictionary<int, int> _classes = [];
        private readonly HashSet<int> _mayChange = [];

        public Dictionary<(int First, int Second), int> Composites { get; } = [];

        /// <summary>What a character is made of.</summary>
        public Dictionary<int, int[]> Parts { get; } = [];

        public static Tables Read()
        {
            var tables = new Tables();
            using var lines = new StreamReader(typeof(NameComposition).Assembly.GetManifestResourceStream("NameComposition.txt")!);
            while (lines.ReadLine() is { } line)
            {
                var words = line.Split(' ');
                foreach (var word in words.Skip(words[0] == "decompose" ? 1 : 2))
                {
                    tables.Add(words[0], words[1], word);
                }
            }

            return tables;
        }

        /// <summary>The canonical combining class; 0 for everything that is no mark to be put in order.</summary>
        public int Class(int point) => _classes.GetValueOrDefault(point);

        /// <summary>Whether a character, for itself or by what stands before it, may be another in the composed form.</summary>
        public bool MayChange(int point)
            => _mayChange.Contains(point) || point is (>= Vowels and < Vowels + VowelCount) or (> Trailing and < Trailing + TrailingCount)
                || (Parts.TryGetValue(point, out var parts) && MayChange(parts[0]));

        private void Add(string kind, string about, string word)
        {
            if (kind == "compose")
            {
                var pair = word.Split(':');
                var (first, second, composite) = (Point(about), Point(pair[0]), Point(pair[1]));
                Composites.Add((first, second), composite);
                Parts.Add(composite, [first, second]);
                _mayChange.Add(second);
            }
            else if (kind == "decompose")
            {
                var parts = word.Split(':');
                Parts.Add(Point(parts[0]), [.. parts[1].Split('+').Select(Point)]);
                _mayChange.Add(Point(parts[0]));
            }
            else if (kind == "order")
            {
                var ends = word.Split('-');
                for (var point = Point(ends[0]); point <= Point(ends[^1]); point++)
                {
                    _classes.Add(point, int.Parse(about, CultureInfo.InvariantCulture));
                    _mayChange.Add(point);
                }
            }
        }

        private static int Point(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
