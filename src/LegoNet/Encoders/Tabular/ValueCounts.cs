using System.Globalization;

namespace LegoNet.Encoders.Tabular;

/// <summary>Counts how many subjects have each value of a column, so that only values shared by several are ever proposed.</summary>
/// <param name="atLeast">Subjects that a common value has.</param>
/// <param name="limit">The most distinct values to hold; beyond, counting stops.</param>
internal sealed class ValueCounts(int atLeast, int limit)
{
    private const int LongestValue = 200;

    private readonly Dictionary<string, Holders> _values = new(StringComparer.Ordinal);

    /// <summary>Rows that have a value.</summary>
    public long Rows { get; private set; }

    /// <summary>True once there were more values, or longer ones, than can be a list of categories: nothing else is known then.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Distinct values.</summary>
    public int Distinct => _values.Count;

    /// <summary>All values: numbers by size, others by their characters.</summary>
    public IReadOnlyList<string> All => Sort(_values.Keys);

    /// <summary>The values that enough subjects have, sorted as <see cref="All"/>.</summary>
    public IReadOnlyList<string> Common => Sort(_values.Where(v => v.Value.Subjects >= atLeast).Select(v => v.Key));

    /// <summary>The rows that a set of values accounts for, as a share of those with a value.</summary>
    public double Share(IEnumerable<string> values) => Rows == 0 ? 0 : values.Sum(v => _values[v].Rows) / (double)Rows;

    /// <summary>The values that most rows have, sorted as <see cref="All"/>.</summary>
    public IReadOnlyList<string> MostFrequent(IEnumerable<string> values, int count)
        => Sort(values.OrderByDescending(v => _values[v].Rows).ThenBy(v => v, StringComparer.Ordinal).Take(count));

    /// <summary>Counts a row.</summary>
    /// <param name="value">Its field.</param>
    /// <param name="subject">Its subject; null where every row is its own.</param>
    public void Add(string value, string? subject)
    {
        Rows++;
        if (Overflowed)
        {
            return;
        }

        if (value.Length > LongestValue || (!_values.ContainsKey(value) && _values.Count == limit))
        {
            Overflowed = true;
            _values.Clear();
            return;
        }

        if (!_values.TryGetValue(value, out var holders))
        {
            _values.Add(value, holders = new Holders());
        }

        holders.Add(subject, atLeast);
    }

    private static List<string> Sort(IEnumerable<string> values)
    {
        var list = values.Order(StringComparer.Ordinal).ToList();
        var numbers = list.Select(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN).ToArray();
        return numbers.Any(double.IsNaN) ? list : [.. list.Zip(numbers).OrderBy(p => p.Second).Select(p => p.First)];
    }

    private sealed class Holders
    {
        private HashSet<string>? _subjects;

        public long Rows { get; private set; }

        public long Subjects => _subjects?.Count ?? Rows;

        public void Add(string? subject, int enough)
        {
            Rows++;
            if (subject is not null && (_subjects ??= new(StringComparer.Ordinal)).Count < enough)
            {
                _subjects.Add(subject);
            }
        }
    }
}
