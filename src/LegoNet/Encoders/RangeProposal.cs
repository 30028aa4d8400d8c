using System.Globalization;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Routing;

namespace LegoNet.Encoders;

/// <summary>
/// A range that somebody may declare for vectors, found in a source's first rows. It is a proposal to people and never taken silently: what
/// is learned from records stays when they are forgotten.
/// </summary>
/// <param name="Dimension">Elements of a vector, D.</param>
/// <param name="Min">Lower end.</param>
/// <param name="Max">Upper end.</param>
/// <param name="Rows">Rows looked at.</param>
/// <param name="LargestShare">The share of these rows that the fullest of 64 adapters would get where each row takes 4.</param>
internal sealed record RangeProposal(int Dimension, double Min, double Max, int Rows, double LargestShare)
{
    private const int MostRows = 1_000;
    private const int MostValues = 1 << 22;
    private const double LeftOut = 0.0005;
    private const int FinestExponent = -30;
    private const int Adapters = 64;
    private const int Active = 4;

    /// <summary>The members that a spec's encoder object would get.</summary>
    public string Members => string.Create(CultureInfo.InvariantCulture, $"\"dimension\": {Dimension}, \"min\": {Min}, \"max\": {Max}");

    /// <summary>What to say where one adapter would get most rows; null where none would. A clause without a full stop.</summary>
    public string? Warning => LargestShare > 0.5
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"one of {Adapters} adapters would then get {100 * LargestShare:0} % of these rows: better take a card that standardises them, or one adapter")
        : null;

    /// <summary>
    /// Looks at a source's first rows: the range of 99.9 % of their values, rounded outward, or one around 0 where that routes far better.
    /// </summary>
    /// <param name="source">The source.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null where its records are no vectors of one length.</returns>
    /// <exception cref="LegoNetException">The source cannot be read.</exception>
    public static RangeProposal? Of(IRecordSource source, CancellationToken cancellationToken = default)
    {
        var rows = new List<ReadOnlyMemory<float>>();
        foreach (var record in source.Read(cancellationToken))
        {
            if (record.Input is not VectorInput { Values: var values } || values.Length == 0 || (rows.Count > 0 && values.Length != rows[0].Length))
            {
                return null;
            }

            rows.Add(values);
            if (rows.Count == MostRows || (long)rows.Count * values.Length >= MostValues)
            {
                break;
            }
        }

        return rows.Count == 0 ? null : Of(rows);
    }

    private static RangeProposal Of(List<ReadOnlyMemory<float>> rows)
    {
        float[] values = [.. rows.SelectMany(row => row.ToArray())];
        Array.Sort(values);
        var left = (int)(values.Length * LeftOut);
        var around = Around(rows, values[left], values[^(left + 1)]);
        var size = Math.Max(Math.Abs(around.Min), Math.Abs(around.Max));
        var centred = Measured(rows, -size, size);
        return centred.LargestShare < around.LargestShare / 2 ? centred : around;
    }

    private static RangeProposal Around(List<ReadOnlyMemory<float>> rows, float low, float high)
        => RoundRange.Around(low, high, FinestExponent) is { } range
            ? Measured(rows, range.Min, range.Max)
            : Measured(rows, Math.Floor(low) - 1, Math.Floor(low) + 1);

    private static RangeProposal Measured(List<ReadOnlyMemory<float>> rows, double min, double max)
    {
        var dimension = rows[0].Length;
        var calibration = CodeCalibration.FromRange(dimension, min, max);
        var router = new Router(GaussianKeys.Create(seed: 1, Adapters, dimension), Active);
        var (code, route, shards) = (new sbyte[dimension], new ushort[Active], new long[Adapters]);
        foreach (var row in rows)
        {
            calibration.Quantise(row.Span, code);
            router.Route(code, route);
            ShardBalance.Count(route, shards);
        }

        return new RangeProposal(dimension, min, max, rows.Count, shards.Max() / (double)rows.Count);
    }
}
