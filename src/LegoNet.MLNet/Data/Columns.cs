using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Data;

/// <summary>Finds and checks columns, and fails as ML.NET's own components do: with the role, the column's name and its type.</summary>
internal static class Columns
{
    private const int NamedColumns = 20;

    // The parameter of the public methods that all this is called for.
    private static readonly string s_parameter = "inputSchema";

    /// <summary>The visible column of a name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string role, string name)
        => schema.GetColumnOrNull(name) ?? throw Missing(role, name, schema.Where(c => !c.IsHidden).Select(c => c.Name));

    /// <summary>A fixed-length vector of Single, [d].</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public static DataViewSchema.Column FindVector(DataViewSchema schema, string role, string name, int? length = null)
    {
        var column = Find(schema, role, name);
        var expected = length is { } size ? $"Vector<Single, {size}>" : "a known-size Vector<Single>";
        return column.Type is VectorDataViewType { IsKnownSize: true } vector
            && vector.ItemType == NumberDataViewType.Single
            && (length is null || vector.Size == length)
            ? column
            : throw Mismatch(role, name, expected, column.Type);
    }

    /// <summary>A column's getter as the type that a reader asks for.</summary>
    /// <exception cref="InvalidOperationException">The column holds another type.</exception>
    public static ValueGetter<TValue> As<TValue>(DataViewSchema.Column column, Delegate? getter)
        => getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type}, which is not read as {typeof(TValue)}.");

    /// <summary>The failure of a column that is not there, with the names of those that are.</summary>
    public static ArgumentOutOfRangeException Missing(string role, string name, IEnumerable<string> present)
    {
        string[] names = [.. present.Select(column => $"'{column}'")];
        var more = names.Length > NamedColumns ? $" and {names.Length - NamedColumns} more" : "";
        return new(s_parameter, $"Could not find {role} column '{name}'; the columns are {string.Join(", ", names.Take(NamedColumns))}{more}");
    }

    /// <summary>The failure of a column of another type than expected.</summary>
    public static ArgumentOutOfRangeException Mismatch(string role, string name, string expected, object actual)
        => new(s_parameter, $"Schema mismatch for {role} column '{name}': expected {expected}, got {actual}");

    /// <summary>The failure of a value that a row holds.</summary>
    /// <param name="role">The column's role, e.g. "label".</param>
    /// <param name="name">The column.</param>
    /// <param name="position">The row's position in its cursor, from 0.</param>
    /// <param name="what">What is wrong, e.g. "is missing". Never the value itself: it is personal data.</param>
    public static InvalidOperationException BadValue(string role, string name, long position, string what)
        => new($"Row {position}: the value of {role} column '{name}' {what}");
}
