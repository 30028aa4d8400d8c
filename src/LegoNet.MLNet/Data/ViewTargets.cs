using LegoNet.Records;
using Microsoft.ML;

namespace LegoNet.MLNet.Data;

/// <summary>Reads erasure requests from a view.</summary>
internal static class ViewTargets
{
    /// <summary>The requests of a view, read once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">
    /// A row has no subject or id. An empty id never stands for everything of a subject: that would forget more than was asked.
    /// </exception>
    public static List<ForgetTarget> Read(IDataView view, string subjectColumn, string? idColumn)
    {
        var subject = TextGetters.Find(view.Schema, "subject", subjectColumn);
        DataViewSchema.Column? id = idColumn is null ? null : TextGetters.Find(view.Schema, "id", idColumn);
        List<DataViewSchema.Column> needed = id is { } also ? [subject, also] : [subject];
        using var cursor = view.GetRowCursor(needed);
        var readSubject = TextGetters.Create(cursor, subject);
        var readId = id is { } column ? TextGetters.Create(cursor, column) : null;
        var targets = new List<ForgetTarget>();
        while (cursor.MoveNext())
        {
            var owner = Given(readSubject(), "subject", subjectColumn);
            var name = readId is null ? null : Given(readId(), "id", idColumn!);
            targets.Add(new ForgetTarget(owner, name) { Origin = $"row {cursor.Position}" });
        }

        return targets;

        string Given(string text, string role, string name) => text.Length > 0 ? text : throw Columns.BadValue(role, name, cursor.Position, "is missing");
    }
}
