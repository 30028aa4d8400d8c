using LegoNet.MLNet.Data;
using Microsoft.ML;

namespace LegoNet.MLNet.Encoders;

/// <summary>What a column of codes is made from, as checked at its declaration.</summary>
/// <param name="Output">The column to add.</param>
/// <param name="Input">The column to encode.</param>
/// <param name="ImageFolder">Where relative image paths start; null for the current directory.</param>
/// <param name="Threads">Inferences at a time.</param>
/// <param name="CacheDirectory">The cache's full path; null for none.</param>
/// <param name="Subject">The column with the owners of rows; null without a cache.</param>
/// <param name="Id">The column with the names of rows; null without a cache.</param>
internal sealed record EncodeSettings(string Output, string Input, string? ImageFolder, int Threads, string? CacheDirectory, string? Subject, string? Id)
{
    private const string SubjectRole = "subject";
    private const string IdRole = "id";

    /// <summary>Checks that rows say whose they are, where codes are cached.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of a type that names nothing.</exception>
    public void CheckRows(DataViewSchema schema) => _ = RowColumns(schema);

    /// <summary>The columns that say whose a row is: none, or id and subject, which may be one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of a type that names nothing.</exception>
    public DataViewSchema.Column[] RowColumns(DataViewSchema schema)
        => CacheDirectory is null ? [] : [TextGetters.Find(schema, IdRole, Id!), TextGetters.Find(schema, SubjectRole, Subject!)];

    /// <summary>Creates a reader of (subject, id) over a live row; both are empty where nothing is cached.</summary>
    public Func<(string Subject, string Id)> RowNames(DataViewRow row)
    {
        if (CacheDirectory is null)
        {
            return () => ("", "");
        }

        var columns = RowColumns(row.Schema);
        var id = Name(row, columns[0], IdRole);
        var subject = Name(row, columns[1], SubjectRole);
        return () =>
        {
            var name = id();
            return (subject(), name);
        };
    }

    private static Func<string> Name(DataViewRow row, DataViewSchema.Column column, string role)
    {
        var text = TextGetters.Create(row, column);
        return () => text() is { Length: > 0 } name ? name : throw Columns.BadValue(role, column.Name, row.Position, "is missing");
    }
}
