using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using LegoNet.Data;
using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>Reads one column as what an encoder takes.</summary>
internal sealed class EncoderInput
{
    private readonly Func<DataViewRow, InputReader> _reader;

    private EncoderInput(DataViewSchema.Column column, string role, Func<DataViewRow, InputReader> reader)
    {
        Column = column;
        Role = role;
        _reader = reader;
    }

    /// <summary>The column.</summary>
    public DataViewSchema.Column Column { get; }

    /// <summary>What the column is for, in messages.</summary>
    public string Role { get; }

    /// <summary>Finds the input column and the way to read it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of a type that the encoder does not take.</exception>
    public static EncoderInput Create(DataViewSchema schema, EncodeSettings settings, RecordInputKind kind)
    {
        var role = RoleOf(kind);
        var column = Columns.Find(schema, role, settings.Input);
        var vector = column.Type as VectorDataViewType;
        Func<DataViewRow, InputReader>? reader = kind switch
        {
            RecordInputKind.Text when column.Type is TextDataViewType
                => row => Text(row, column, text => new TextInput(text)),
            RecordInputKind.Image when column.Type is TextDataViewType
                => row => Text(row, column, path => new ImagePath(Path.Combine(settings.ImageFolder ?? "", path))),
            RecordInputKind.Image when vector?.ItemType == NumberDataViewType.Byte && (!vector.IsKnownSize || vector.Dimensions.Length == 1)
                => row => Vector<byte>(row, column, bytes => new ImageFileInput(bytes), _ => default),
            RecordInputKind.Image when vector?.ItemType == NumberDataViewType.Byte && vector.Dimensions is [var height, var width, 1 or 3]
                => row => Vector<byte>(row, column, pixels => new PixelInput(pixels, height, width, vector.Dimensions[2]), input => ((PixelInput)input).Pixels),
            RecordInputKind.Vector when vector is { IsKnownSize: true } && vector.ItemType == NumberDataViewType.Single
                => row => Vector<float>(row, column, values => new VectorInput(values), input => ((VectorInput)input).Values),
            _ => null,
        };
        return new EncoderInput(column, role, reader ?? throw Columns.Mismatch(role, settings.Input, Expected(kind), column.Type));
    }

    /// <summary>The same check on a shape.</summary>
    /// <exception cref="ArgumentOutOfRangeException">As <see cref="Create"/>; missing columns that say whose a row is, too.</exception>
    public static void Check(SchemaShape shape, EncodeSettings settings, RecordInputKind kind)
    {
        var role = RoleOf(kind);
        var column = Shapes.Find(shape, settings.Input) ?? throw Columns.Missing(role, settings.Input, shape.Select(c => c.Name));
        var scalar = column.Kind == SchemaShape.Column.VectorKind.Scalar;
        var fits = !column.IsKey && kind switch
        {
            RecordInputKind.Text => scalar && column.ItemType is TextDataViewType,
            RecordInputKind.Image => scalar ? column.ItemType is TextDataViewType : column.ItemType == NumberDataViewType.Byte,
            _ => column.Kind == SchemaShape.Column.VectorKind.Vector && column.ItemType == NumberDataViewType.Single,
        };
        if (!fits)
        {
            throw Columns.Mismatch(role, settings.Input, Expected(kind), $"{column.Kind} of {column.ItemType}");
        }
    }

    /// <summary>Creates a reader over a live row.</summary>
    public InputReader CreateReader(DataViewRow row) => _reader(row);

    /// <summary>The failure of a row without a value.</summary>
    public InvalidOperationException Missing(long position) => Columns.BadValue(Role, Column.Name, position, "is missing");

    /// <summary>A row's place in messages about its input.</summary>
    public string Place(long position) => $"Row {position}: the value of {Role} column '{Column.Name}'";

    private static string RoleOf(RecordInputKind kind) => kind switch
    {
        RecordInputKind.Text => "text",
        RecordInputKind.Image => "image",
        _ => "vector",
    };

    private static string Expected(RecordInputKind kind) => kind switch
    {
        RecordInputKind.Text => "Text",
        RecordInputKind.Image => "Text (a path), Vector<Byte> (an encoded file) or Vector<Byte, height, width, 1 or 3> (pixels)",
        _ => "a known-size Vector<Single>",
    };

    private static InputReader Text(DataViewRow row, DataViewSchema.Column column, Func<string, RecordInput> create)
    {
        var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> value = default;
        return new InputReader(() =>
        {
            getter(ref value);
            return value.IsEmpty ? null : create(value.ToString());
        });
    }

    // A batch holds many rows, and the getter's buffer is used again, so every row is copied. Vectors of a fixed size can be hundreds of
    // kilobytes each: their arrays go round, or the garbage collector would be kept busy with them.
    private static InputReader Vector<T>(
        DataViewRow row, DataViewSchema.Column column, Func<T[], RecordInput> create, Func<RecordInput, ReadOnlyMemory<T>> memory)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        var free = new ConcurrentBag<T[]>();
        VBuffer<T> value = default;
        return new InputReader(Read, GiveBack);

        RecordInput? Read()
        {
            getter(ref value);
            if (value.Length == 0)
            {
                return null;
            }

            var copy = free.TryTake(out var array) && array.Length == value.Length ? array : GC.AllocateUninitializedArray<T>(value.Length);
            value.CopyTo(copy);
            return create(copy);
        }

        void GiveBack(RecordInput input)
        {
            if (MemoryMarshal.TryGetArray(memory(input), out var array) && array.Array is { Length: > 0 } whole)
            {
                free.Add(whole);
            }
        }
    }
}
