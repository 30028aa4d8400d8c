using LegoNet.Records;
using LegoNet.Specs;

namespace LegoNet.Adapters;

/// <summary>
/// The records routed to one adapter, as a trainer sees them: codes and labels, no identities. The rows come in no particular
/// order; a trainer whose result could depend on the order calls <see cref="Sort"/> first.
/// </summary>
public sealed class Shard
{
    private readonly sbyte[] _codes;
    private readonly int[] _labels;

    /// <summary>Wraps rows.</summary>
    /// <param name="labels">How labels are stored.</param>
    /// <param name="dimension">Length d of a code.</param>
    /// <param name="codes">Row-major codes, [m, d].</param>
    /// <param name="words">Row-major labels, [m, labels.Width].</param>
    public Shard(LabelLayout labels, int dimension, sbyte[] codes, int[] words)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(words);
        Labels = labels;
        Dimension = dimension;
        Rows = codes.Length / dimension;
        if (codes.Length != Rows * dimension || words.Length != Rows * labels.Width)
        {
            throw new ArgumentException("Codes and labels disagree about the number of rows.", nameof(words));
        }

        _codes = codes;
        _labels = words;
    }

    /// <summary>How labels are stored.</summary>
    public LabelLayout Labels { get; }

    /// <summary>Rows, m.</summary>
    public int Rows { get; }

    /// <summary>Length d of a code.</summary>
    public int Dimension { get; }

    /// <summary>Row-major codes, [m, d].</summary>
    public ReadOnlySpan<sbyte> Codes => _codes;

    /// <summary>Row-major labels, [m, Labels.Width].</summary>
    public ReadOnlySpan<int> LabelWords => _labels;

    /// <summary>One row's label, [Labels.Width].</summary>
    public ReadOnlySpan<int> Label(int row) => _labels.AsSpan(row * Labels.Width, Labels.Width);

    /// <summary>
    /// Puts the rows in (code, label) order, so that what follows is a function of the set of rows. Identities play no part: an
    /// order by tag would make the adapter depend on the tag key.
    /// </summary>
    public void Sort()
    {
        var order = new int[Rows];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) =>
        {
            var codes = _codes.AsSpan(a * Dimension, Dimension).SequenceCompareTo(_codes.AsSpan(b * Dimension, Dimension));
            return codes != 0 ? codes : Label(a).SequenceCompareTo(Label(b));
        });

        var codes = (sbyte[])_codes.Clone();
        var labels = (int[])_labels.Clone();
        for (var i = 0; i < order.Length; i++)
        {
            codes.AsSpan(order[i] * Dimension, Dimension).CopyTo(_codes.AsSpan(i * Dimension));
            labels.AsSpan(order[i] * Labels.Width, Labels.Width).CopyTo(_labels.AsSpan(i * Labels.Width));
        }
    }

    internal static Shard Gather(ModelSpec spec, IReadOnlyList<RowRef> rows)
    {
        var layout = spec.Rows;
        var codes = new sbyte[rows.Count * layout.Dimension];
        var labels = new int[rows.Count * layout.LabelWidth];
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].Code.CopyTo(codes.AsSpan(i * layout.Dimension));
            rows[i].Label.CopyTo(labels.AsSpan(i * layout.LabelWidth));
        }

        return new Shard(spec.Labels, layout.Dimension, codes, labels);
    }
}
