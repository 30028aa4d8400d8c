using LegoNet.Data.Csv;

namespace LegoNet.Data.Tables;

/// <summary>A row as a text: one column, or several joined by line feeds.</summary>
internal sealed class TextRowShape(IReadOnlyList<string> textColumns) : IRowShape
{
    public Func<RecordInput> Bind(CsvTable table, RecordColumnReader records)
    {
        var columns = textColumns.Select(name => table.Find(name, "text")).ToArray();
        return columns is [var only]
            ? () => new TextInput(table.RawText(only))
            : () => new TextInput(string.Join('\n', columns.Select(table.RawText)));
    }
}
