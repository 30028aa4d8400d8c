using System.Buffers.Binary;
using System.Globalization;
using LegoNet.Data.Csv;

namespace LegoNet.Data.Tables;

/// <summary>Reads a record's label, subject and id from the current row of a table.</summary>
internal sealed class RecordColumnReader
{
    private readonly CsvTable _table;
    private readonly int _label;
    private readonly int _subject;
    private readonly int _id;
    private readonly char[] _labelTrim;
    private readonly string _idScope;

    public RecordColumnReader(CsvTable table, int label, int subject, int id, string labelTrim, string idScope)
    {
        _table = table;
        _label = label;
        _subject = subject;
        _id = id;
        _labelTrim = labelTrim.ToCharArray();
        _idScope = idScope;
    }

    /// <summary>True for a column that carries a label, a subject or an id, and so is no input.</summary>
    public bool IsReserved(int column) => column == _label || column == _subject || column == _id;

    /// <summary>Makes the current row's record. An empty label is none.</summary>
    /// <exception cref="LegoNetException">The subject or id is empty or has a control character.</exception>
    public SourceRecord Record(RecordInput input) => Record(input, _table.Place);

    /// <summary>Makes the current row's record with an origin of the caller's.</summary>
    public SourceRecord Record(RecordInput input, string origin)
    {
        var id = _id < 0 ? PositionId(_idScope, _table.Row, origin) : RecordName.Normalize(_table.Text(_id), "id", _table.Place);
        var subject = _subject < 0 ? id : RecordName.Normalize(_table.Text(_subject), "subject", _table.Place);
        return new SourceRecord(subject, id, Label(), input, origin);
    }

    /// <summary>Shows the bytes of the row's label, subject and id, each with its length before it.</summary>
    public void Show(IRawSource.Show show)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var column in (ReadOnlySpan<int>)[_label, _subject, _id])
        {
            var field = column < 0 ? [] : _table.Field(column);
            BinaryPrimitives.WriteInt32LittleEndian(length, column < 0 ? -1 : field.Length);
            show(length);
            show(field);
        }
    }

    /// <summary>The id of a record that has none of its own: where it stands, from 1.</summary>
    public static string PositionId(string scope, long position, string place)
        => RecordName.Normalize(string.Create(CultureInfo.InvariantCulture, $"{scope}:{position}"), "id", place);

    private string? Label()
    {
        if (_label < 0)
        {
            return null;
        }

        var label = _table.Text(_label);
        if (_labelTrim.Length > 0)
        {
            label = label.Trim(_labelTrim).Trim();
        }

        return label.Length == 0 ? null : label;
    }
}
