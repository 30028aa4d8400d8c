using System.Globalization;
using LegoNet.Data;
using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Encoders;

/// <summary>Reads columns as the fields of table rows: the texts that a file of the same values has.</summary>
/// <param name="columns">Columns that <see cref="CanRead"/>.</param>
internal sealed class TableFields(IReadOnlyList<DataViewSchema.Column> columns)
{
    /// <summary>What columns are called in messages.</summary>
    public const string Role = "table";

    private readonly string[] _names = [.. columns.Select(column => column.Name)];

    /// <summary>The columns.</summary>
    public IReadOnlyList<DataViewSchema.Column> Columns => columns;

    /// <summary>Finds the columns of a declaration.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of a type that its declaration does not fit.</exception>
    public static TableFields Find(DataViewSchema schema, TableDeclaration declaration)
    {
        var found = declaration.Names.Select(name => Data.Columns.Find(schema, Role, name)).ToArray();
        foreach (var column in found)
        {
            if (declaration.WhyNot(column.Name, column.Type, column.Type is KeyDataViewType) is { } expected)
            {
                throw Data.Columns.Mismatch(Role, column.Name, expected, column.Type);
            }
        }

        return new TableFields(found);
    }

    /// <summary>Whether a column can be read as a field: a text, a number or a Boolean.</summary>
    public static bool CanRead(DataViewType type) => type is NumberDataViewType or TextDataViewType or BooleanDataViewType;

    /// <summary>A reader of a live row.</summary>
    public Func<TableRowInput> CreateReader(DataViewRow row)
    {
        Func<string>[] getters = [.. columns.Select(column => Getter(row, column))];
        return () => new TableRowInput(_names, Array.ConvertAll(getters, getter => getter()));
    }

    private static Func<string> Getter(DataViewRow row, DataViewSchema.Column column)
        => column.Type == NumberDataViewType.Single ? Number<float>(row, column)
            : column.Type == NumberDataViewType.Double ? Number<double>(row, column)
            : column.Type is BooleanDataViewType ? Flag(row, column)
            : TextGetters.Create(row, column);

    private static Func<string> Number<T>(DataViewRow row, DataViewSchema.Column column)
        where T : struct, System.Numerics.IFloatingPointIeee754<T>
    {
        var getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            return T.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
        };
    }

    private static Func<string> Flag(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<bool>(column);
        var value = false;
        return () =>
        {
            getter(ref value);
            return value ? "true" : "false";
        };
    }
}
