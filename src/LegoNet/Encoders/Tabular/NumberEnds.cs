using System.Globalization;

namespace LegoNet.Encoders.Tabular;

/// <summary>Where the numbers of a column lie: the ends beyond which a given number of subjects lie, so that neither is one person's value.</summary>
/// <param name="atLeast">Subjects at or beyond each end.</param>
internal sealed class NumberEnds(int atLeast)
{
    private const int MaxDecimals = 9;

    private readonly Extremes _lowest = new(atLeast);
    private readonly Extremes _highest = new(atLeast);
    private readonly Dictionary<int, long> _decades = [];
    private long _zeros;

    /// <summary>The numbers.</summary>
    public long Count { get; private set; }

    /// <summary>The smallest number.</summary>
    public double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>The largest number.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>The number at or below which that many subjects lie.</summary>
    public double Low => _lowest.Innermost;

    /// <summary>The number at or above which that many subjects lie.</summary>
    public double High => -_highest.Innermost;

    /// <summary>Digits after the point, the most that occurred (up to 9).</summary>
    public int Decimals { get; private set; }

    /// <summary>The share of numbers below a power of ten in size.</summary>
    public double ShareBelow(int exponent) => Count == 0 ? 0 : (_zeros + _decades.Where(d => d.Key < exponent).Sum(d => d.Value)) / (double)Count;

    /// <summary>Takes a number.</summary>
    /// <param name="value">The number, finite.</param>
    /// <param name="subject">Its row's subject.</param>
    public void Add(double value, string subject)
    {
        Count++;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
        _lowest.Add(value, subject);
        _highest.Add(-value, subject);
        if (value == 0)
        {
            _zeros++;
            return;
        }

        var decade = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        _decades[decade] = _decades.GetValueOrDefault(decade) + 1;
        while (Decimals < MaxDecimals
            && decimal.TryParse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            && decimal.Round(exact, Decimals) != exact)
        {
            Decimals++;
        }
    }

    // The smallest values of distinct subjects, as many as asked for, largest last.
    private sealed class Extremes(int count)
    {
        private readonly List<(double Value, string Subject)> _held = [];

        public double Innermost => _held.Count == 0 ? double.NaN : _held[^1].Value;

        public void Add(double value, string subject)
        {
            if (_held.Count == count && value >= _held[^1].Value)
            {
                return;
            }

            var own = _held.FindIndex(h => h.Subject == subject);
            if (own >= 0)
            {
                if (_held[own].Value <= value)
                {
                    return;
                }

                _held.RemoveAt(own);
            }

            var place = _held.FindIndex(h => h.Value > value);
            _held.Insert(place < 0 ? _held.Count : place, (value, subject));
            if (_held.Count > count)
            {
                _held.RemoveAt(count);
            }
        }
    }
}
