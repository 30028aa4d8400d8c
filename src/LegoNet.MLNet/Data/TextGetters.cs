using System.Globalization;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Data;

/// <summary>Reads the columns that name records: text, or whole numbers.</summary>
internal static class TextGetters
{
    /// <summary>What <see cref="Find"/> accepts, for messages.</summary>
    public const string Expected = "Text or a whole number";

    /// <summary>Whether a column of this type can name records.</summary>
    public static bool CanName(DataViewType type)
        => type is TextDataViewType
            || (type is NumberDataViewType && type != NumberDataViewType.Single && type != NumberDataViewType.Double);

    /// <summary>The visible column of a name, if it can name records.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string role, string name)
    {
        var column = Columns.Find(schema, role, name);
        return CanName(column.Type) ? column : throw Columns.Mismatch(role, name, Expected, column.Type);
    }

    /// <summary>A getter of the column's value as text.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column, as <see cref="Find"/> gave it.</param>
    /// <returns>Gives the text; empty where the value is missing.</returns>
    public static Func<string> Create(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> value = default;
            return () =>
            {
                getter(ref value);
                return value.ToString();
            };
        }

        return Type.GetTypeCode(column.Type.RawType) switch
        {
            TypeCode.SByte => Number<sbyte>(row, column),
            TypeCode.Byte => Number<byte>(row, column),
            TypeCode.Int16 => Number<short>(row, column),
            TypeCode.UInt16 => Number<ushort>(row, column),
            TypeCode.Int32 => Number<int>(row, column),
            TypeCode.UInt32 => Number<uint>(row, column),
            TypeCode.Int64 => Number<long>(row, column),
            _ => Number<ulong>(row, column),
        };
    }

    private static Func<string> Number<T>(DataViewRow row, DataViewSchema.Column column)
        where T : struct, IBinaryInteger<T>
    {
        var getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            return value.ToString(null, CultureInfo.InvariantCulture);
        };
    }
}
