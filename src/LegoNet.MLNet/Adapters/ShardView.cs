using LegoNet.Adapters;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Adapters;

/// <summary>
/// A shard as ML.NET reads it: columns "Label" and "Features" (Vector&lt;Single, d&gt;), rows in the shard's order. Trainers pass over
/// it many times, so features are made from the int8 codes into the cursor's own buffer, in vectors, and nothing else is kept: a code is a
/// quarter of a float, and what does not fit the caches costs more than the conversion.
/// </summary>
internal sealed class ShardView : IDataView
{
    public const string LabelName = "Label";
    public const string FeaturesName = "Features";

    private const string KeyValues = "KeyValues";

    private readonly CancellationToken _cancellationToken;

    /// <summary>Wraps a shard.</summary>
    /// <param name="shard">The rows; they must not be moved while the view is read.</param>
    /// <param name="labels">What the label column holds.</param>
    /// <param name="output">The class, where labels are those of one class.</param>
    /// <param name="scaled">Whether features are code / 127 or the codes themselves.</param>
    /// <param name="cancellationToken">Cancels whoever reads the view: ML.NET offers no other way in.</param>
    public ShardView(Shard shard, ShardLabels labels, int output, bool scaled, CancellationToken cancellationToken)
    {
        Shard = shard;
        Labels = labels;
        Output = output;
        IsScaled = scaled;
        _cancellationToken = cancellationToken;
        Schema = CreateSchema(shard.Labels, shard.Dimension, labels);
    }

    public Shard Shard { get; }

    public ShardLabels Labels { get; }

    public int Output { get; }

    public bool IsScaled { get; }

    public bool CanShuffle => true;

    public DataViewSchema Schema { get; }

    public static DataViewSchema CreateSchema(LabelLayout layout, int dimension, ShardLabels labels)
    {
        var builder = new DataViewSchema.Builder();
        if (labels == ShardLabels.Keys)
        {
            var names = layout.Classes.Select(c => c.AsMemory()).ToArray();
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.Add(
                KeyValues,
                new VectorDataViewType(TextDataViewType.Instance, names.Length),
                (ref VBuffer<ReadOnlyMemory<char>> values) => values = new VBuffer<ReadOnlyMemory<char>>(names.Length, (ReadOnlyMemory<char>[])names.Clone()));
            builder.AddColumn(LabelName, new KeyDataViewType(typeof(uint), names.Length), annotations.ToAnnotations());
        }
        else
        {
            builder.AddColumn(LabelName, labels == ShardLabels.OneClass ? BooleanDataViewType.Instance : NumberDataViewType.Single);
        }

        builder.AddColumn(FeaturesName, new VectorDataViewType(NumberDataViewType.Single, dimension));
        return builder.ToSchema();
    }

    public long? GetRowCount() => Shard.Rows;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => new ShardCursor(this, [.. columnsNeeded.Select(c => c.Index)], rand is null ? null : Permutation(rand), _cancellationToken);

    // One cursor however many are asked for: what reads several at once sums in the order of its threads.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private int[] Permutation(Random rand)
    {
        var order = new int[Shard.Rows];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = rand.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }
}
