using LegoNet.Encoders;
using LegoNet.MLNet.Data;
using LegoNet.Specs;
using LegoNet.Store;
using Microsoft.Extensions.Logging;
using Microsoft.ML;

namespace LegoNet.MLNet.Encoders;

/// <summary>Reads a view's rows as records, one pass, a row at a time.</summary>
internal sealed class ViewRecords
{
    private readonly IDataView _view;
    private readonly FeatureCodes _features;
    private readonly LabelColumn _label;
    private readonly LabelLayout _labels;
    private readonly ILogger _logger;
    private readonly DataViewSchema.Column? _subject;
    private readonly DataViewSchema.Column? _id;

    /// <summary>Finds and checks the columns; no row is read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type.</exception>
    public ViewRecords(IDataView view, ViewColumns columns, FeatureCodes features, LabelColumn label, LabelLayout labels, ILogger logger)
    {
        _view = view;
        _features = features;
        _label = label;
        _labels = labels;
        _logger = logger;
        _subject = columns.Subject is { } subject ? TextGetters.Find(view.Schema, "subject", subject) : null;
        _id = columns.Id is { } id ? TextGetters.Find(view.Schema, "id", id) : null;
    }

    /// <summary>
    /// The records, and at their end a warning of how many values were clamped. One array serves all codes and one all labels, so each is
    /// valid until the next is asked for.
    /// </summary>
    /// <exception cref="InvalidOperationException">A row holds a bad value; the message names the column and the row, not the value.</exception>
    public IEnumerable<EncodedRecord> Read(CancellationToken cancellationToken = default)
    {
        List<DataViewSchema.Column> needed = [_label.Column, _features.Column];
        needed.AddRange(new[] { _label.Source, _subject, _id }.OfType<DataViewSchema.Column>());
        using var cursor = _view.GetRowCursor(needed);
        var code = new sbyte[_features.Dimension];
        var label = new int[1];
        var readCode = _features.CreateGetter(cursor);
        var readLabel = _label.CreateGetter(cursor, _labels);
        var readSubject = _subject is { } subject ? Named(cursor, "subject", subject) : null;
        var readId = _id is { } id ? Named(cursor, "id", id) : null;
        long rows = 0, clampedRows = 0, clampedValues = 0;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var origin = $"row {cursor.Position}";
            var name = readId?.Invoke() ?? origin;
            var clamped = readCode(code);
            (rows, clampedRows, clampedValues) = (rows + 1, clampedRows + Math.Sign(clamped), clampedValues + clamped);
            var owner = readSubject?.Invoke() ?? name;
            label[0] = readLabel();
            yield return new EncodedRecord(owner, name, null, code, _features.Fingerprint, origin) { LabelWords = label };
        }

        if (clampedValues > 0)
        {
            _logger.LogWarning(
                "{Values} of {AllValues} values ({Share:P2}) in {Rows} of {AllRows} rows of column '{Column}' lie outside the declared range "
                + "(FeatureRange, or four sigmas of Card) and were clamped to it.",
                clampedValues,
                rows * code.Length,
                (double)clampedValues / (rows * code.Length),
                clampedRows,
                rows,
                _features.Column.Name);
        }
    }

    private static Func<string> Named(DataViewRow row, string role, DataViewSchema.Column column)
    {
        var getter = TextGetters.Create(row, column);
        return () => getter() is { Length: > 0 } text ? text : throw Columns.BadValue(role, column.Name, row.Position, "is missing");
    }
}
