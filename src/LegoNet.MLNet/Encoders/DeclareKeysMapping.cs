using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>Adds the key column of declared classes, which says what text it was made of.</summary>
internal sealed class DeclareKeysMapping(DataViewSchema schema, DataViewSchema.Column input, string output, IReadOnlyList<string> classes)
    : RowMapping(schema, [Column(output, classes, input.Name)])
{
    private readonly Dictionary<string, uint>.AlternateLookup<ReadOnlySpan<char>> _keys = classes.Select((name, i) => (name, Key: (uint)i + 1))
        .ToDictionary(c => c.name, c => c.Key, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    public override IEnumerable<DataViewSchema.Column> Sources(Func<int, bool> active) => active(0) ? [input] : [];

    public override Delegate?[] CreateGetters(DataViewRow row, Func<int, bool> active)
    {
        if (!active(0))
        {
            return [null];
        }

        var text = row.GetGetter<ReadOnlyMemory<char>>(input);
        ReadOnlyMemory<char> value = default;
        ValueGetter<uint> getter = (ref uint key) =>
        {
            text(ref value);
            key = _keys.TryGetValue(value.Span, out var number) ? number : 0;
        };
        return [getter];
    }

    private static DataViewSchema.DetachedColumn Column(string name, IReadOnlyList<string> classes, string source)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        LabelValues.Of(classes).AddTo(annotations, LabelValues.Kind);
        annotations.AddPrimitiveValue(LabelColumn.SourceKind, TextDataViewType.Instance, source.AsMemory());
        return new DataViewSchema.DetachedColumn(name, new KeyDataViewType(typeof(uint), classes.Count), annotations.ToAnnotations());
    }
}
