using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Data;

/// <summary>The values behind a key column, copied: a reference to the column's own annotation would keep the training data alive.</summary>
internal abstract class LabelValues
{
    /// <summary>The annotation that holds a key column's values.</summary>
    public const string Kind = "KeyValues";

    /// <summary>The values as text, in key order.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Reads the values of a key column; null when it has none, or none that can be read as text.</summary>
    public static LabelValues? TryRead(DataViewSchema.Column column)
    {
        if (column.Type is not KeyDataViewType key
            || column.Annotations.Schema.GetColumnOrNull(Kind)?.Type is not VectorDataViewType { IsKnownSize: true } type
            || (ulong)type.Size != key.Count)
        {
            return null;
        }

        return type.ItemType switch
        {
            TextDataViewType => new Values<ReadOnlyMemory<char>>(column, type),
            BooleanDataViewType => new Values<bool>(column, type),
            DateTimeDataViewType => new Values<DateTime>(column, type),
            DateTimeOffsetDataViewType => new Values<DateTimeOffset>(column, type),
            TimeSpanDataViewType => new Values<TimeSpan>(column, type),
            KeyDataViewType => null,
            _ => Type.GetTypeCode(type.ItemType.RawType) switch
            {
                TypeCode.SByte => new Values<sbyte>(column, type),
                TypeCode.Byte => new Values<byte>(column, type),
                TypeCode.Int16 => new Values<short>(column, type),
                TypeCode.UInt16 => new Values<ushort>(column, type),
                TypeCode.Int32 => new Values<int>(column, type),
                TypeCode.UInt32 => new Values<uint>(column, type),
                TypeCode.Int64 => new Values<long>(column, type),
                TypeCode.UInt64 => new Values<ulong>(column, type),
                TypeCode.Single => new Values<float>(column, type),
                TypeCode.Double => new Values<double>(column, type),
                _ => null,
            },
        };
    }

    /// <summary>Texts as values.</summary>
    public static LabelValues Of(IReadOnlyList<string> names) => new Values<ReadOnlyMemory<char>>(
        new VectorDataViewType(TextDataViewType.Instance, names.Count),
        [.. names.Select(n => n.AsMemory())]);

    /// <summary>Adds the values as an annotation.</summary>
    public abstract void AddTo(DataViewSchema.Annotations.Builder annotations, string kind);

    /// <summary>Adds the values as an annotation of a column that is being declared.</summary>
    public abstract void AddTo(SchemaDefinition.Column column, string kind);

    private sealed class Values<T> : LabelValues
    {
        private readonly VectorDataViewType _type;
        private readonly T[] _values;

        public Values(DataViewSchema.Column column, VectorDataViewType type)
        {
            VBuffer<T> values = default;
            column.Annotations.GetValue(Kind, ref values);
            _type = type;
            _values = [.. values.DenseValues()];
            Names = Array.ConvertAll(_values, v => v is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : $"{v}");
        }

        public Values(VectorDataViewType type, T[] values)
        {
            _type = type;
            _values = values;
            Names = Array.ConvertAll(values, v => $"{v}");
        }

        public override IReadOnlyList<string> Names { get; }

        public override void AddTo(DataViewSchema.Annotations.Builder annotations, string kind)
            => annotations.Add(kind, _type, (ref VBuffer<T> value) =>
            {
                var editor = VBufferEditor.Create(ref value, _values.Length);
                _values.CopyTo(editor.Values);
                value = editor.Commit();
            });

        public override void AddTo(SchemaDefinition.Column column, string kind) => column.AddAnnotation(kind, new VBuffer<T>(_values.Length, _values), _type);
    }
}
