using LegoNet.Data;

namespace LegoNet.Encoders;

/// <summary>Reads the columns that an encoder declares from table rows, one row after the other.</summary>
/// <param name="encoder">The encoder's type, for messages.</param>
/// <param name="names">The columns' names.</param>
internal sealed class RowReader(string encoder, IReadOnlyList<string> names)
{
    private readonly int[] _places = new int[names.Count];
    private IReadOnlyList<string>? _header;
    private IReadOnlyList<string> _fields = [];

    /// <summary>A field of the current row, by its column's place among the names.</summary>
    public string this[int name] => _fields[_places[name]];

    /// <summary>Goes to a record's row.</summary>
    /// <exception cref="LegoNetException">The record is no table row, or its source lacks a column or has it twice.</exception>
    public void Read(SourceRecord record)
    {
        var row = record.Input as TableRowInput
            ?? throw LegoNetException.BadInput($"{record.Origin}: the {encoder} encoder reads table rows, and this record is none.");

        // A source's rows share their header, so it is searched once.
        if (!ReferenceEquals(row.Columns, _header))
        {
            Locate(row.Columns, record.Origin);
            _header = row.Columns;
        }

        if (row.Fields.Count != row.Columns.Count)
        {
            throw LegoNetException.BadInput($"{record.Origin}: the row has {row.Fields.Count} fields where the header has {row.Columns.Count}.");
        }

        _fields = row.Fields;
    }

    private void Locate(IReadOnlyList<string> header, string origin)
    {
        for (var at = 0; at < names.Count; at++)
        {
            var place = -1;
            for (var i = 0; i < header.Count; i++)
            {
                if (string.Equals(header[i], names[at], StringComparison.Ordinal))
                {
                    place = place < 0 ? i : throw LegoNetException.BadInput($"{origin}: the source has two columns named \"{names[at]}\".");
                }
            }

            _places[at] = place >= 0
                ? place
                : throw LegoNetException.BadInput($"{origin}: the source has no column \"{names[at]}\", which the encoder declares; "
                    + $"beside label, subject and id it has {NearNames.List(names[at], header)}.");
        }
    }
}
