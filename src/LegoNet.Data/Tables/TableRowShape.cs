using LegoNet.Data.Csv;

namespace LegoNet.Data.Tables;

/// <summary>A row as it stands: all columns but label, subject and id.</summary>
internal sealed class TableRowShape : IRowShape
{
    public Func<RecordInput> Bind(CsvTable table, RecordColumnReader records)
    {
        var columns = Enumerable.Range(0, table.Columns.Count).Where(i => !records.IsReserved(i)).ToArray();
        var names = columns.Select(i => table.Columns[i]).ToArray();
        return () =>
        {
            var fields = new string[columns.Length];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = table.Text(columns[i]);
            }

            return new TableRowInput(names, fields);
        };
    }
}
