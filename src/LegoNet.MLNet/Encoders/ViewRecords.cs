using LegoNet.Encoders;
using LegoNet.MLNet.Data;
using LegoNet.Specs;
using Microsoft.ML;

namespace LegoNet.MLNet.Encoders;

/// <summary>Reads a view's rows as records, one pass, a row at a time.</summary>
internal sealed class ViewRecords
{
    private readonly IDataView _view;
    private readonly FeatureCodes _features;
    private readonly LabelColumn _label;
    private readonly LabelLayout _labels;
    private readonly DataViewSchema.Column? _subject;
    private readonly DataViewSchema.Column? _id;

    /// <summary>Finds and checks the columns; no row is read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type.</exception>
    public ViewRecords(IDataView view, RecordColumns columns, FeatureCodes features, LabelColumn label, LabelLayout labels)
    {
        _view = view;
        _features = features;
        _label = label;
        _labels = labels;
        _subject = columns.Subject is { } subject ? TextGetters.Find(view.Schema, "subject", subject) : null;
        _id = columns.Id is { } id ? TextGetters.Find(view.Schema, "id", id) : null;
    }

    /// <summary>The records. One array serves all codes and one all labels, so each is valid until the next is asked for.</summary>
    /// <exception cref="InvalidOperationException">A row holds a bad value; the message names the column and the row, not the value.</exception>
    public IEnumerable<EncodedRecord> Read(CancellationToken cancellationToken = default)
    {
        List<DataViewSchema.Column> needed = [_label.Column, _features.Column];
        needed.AddRange(new[] { _subject, _id }.OfType<DataViewSchema.Column>());
        using var cursor = _view.GetRowCursor(needed);
        var code = new sbyte[_features.Dimension];
        var label = new int[1];
        var readCode = _features.CreateGetter(cursor);
        var readLabel = _label.CreateGetter(cursor, _labels);
        var readSubject = _subject is { } subject ? Named(cursor, "subject", subject) : null;
        var readId = _id is { } id ? Named(cursor, "id", id) : null;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var origin = $"row {cursor.Position}";
            var name = readId?.Invoke() ?? origin;
            readCode(code);
            var owner = readSubject?.Invoke() ?? name;
            label[0] = readLabel();
            yield return new EncodedRecord(owner, name, null, code, _features.Fingerprint, origin) { LabelWords = label };
        }
    }

    private static Func<string> Named(DataViewRow row, string role, DataViewSchema.Column column)
    {
        var getter = TextGetters.Create(row, column);
        return () => getter() is { Length: > 0 } text ? text : throw Columns.BadValue(role, column.Name, row.Position, "is missing");
    }
}
