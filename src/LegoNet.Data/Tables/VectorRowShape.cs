using LegoNet.Data.Csv;

namespace LegoNet.Data.Tables;

/// <summary>A row as a vector: the listed columns, a range of columns, or all columns but label, subject and id.</summary>
internal sealed class VectorRowShape(IReadOnlyList<string>? features, string? from, string? to) : IRowShape
{
    public Func<RecordInput> Bind(CsvTable table, RecordColumnReader records)
    {
        var columns = Find(table, records);
        return () =>
        {
            var values = new float[columns.Length];
            for (var i = 0; i < columns.Length; i++)
            {
                if (!FloatParser.TryParse(table.Field(columns[i]), out values[i]) || !float.IsFinite(values[i]))
                {
                    throw LegoNetException.BadInput($"{table.Place}: column \"{table.Columns[columns[i]]}\" is no finite number.");
                }
            }

            return new VectorInput(values);
        };
    }

    private int[] Find(CsvTable table, RecordColumnReader records)
    {
        int[] columns;
        if (features is not null)
        {
            columns = [.. features.Select(name => table.Find(name, "features"))];
        }
        else if (from is not null)
        {
            var (first, last) = (table.Find(from, "featuresFrom"), table.Find(to!, "featuresTo"));
            if (last < first)
            {
                throw LegoNetException.BadInput($"{table.Path}: column \"{to}\" (featuresTo) stands before column \"{from}\" (featuresFrom).");
            }

            columns = [.. Enumerable.Range(first, last - first + 1)];
        }
        else
        {
            columns = [.. Enumerable.Range(0, table.Columns.Count).Where(i => !records.IsReserved(i))];
            return columns.Length > 0 ? columns : throw LegoNetException.BadInput($"{table.Path}: has no columns beside label, subject and id.");
        }

        foreach (var column in columns)
        {
            if (records.IsReserved(column))
            {
                throw LegoNetException.BadInput($"{table.Path}: column \"{table.Columns[column]}\" is both a feature and a label, subject or id.");
            }
        }

        return columns;
    }
}
