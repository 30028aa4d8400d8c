using LegoNet.Data.Csv;

namespace LegoNet.Data.Tables;

/// <summary>Which columns of a table carry a record's names; null where none does.</summary>
/// <param name="Label">The label's column.</param>
/// <param name="Subject">The subject's column; without one the subject is the id.</param>
/// <param name="Id">The id's column; without one the id is the row's position.</param>
/// <param name="LabelTrim">Characters to take off both ends of a label, beside white space.</param>
internal sealed record RecordColumns(string? Label, string? Subject, string? Id, string LabelTrim = "")
{
    /// <summary>Finds the columns in a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="idScope">What positions as ids are scoped to: the file name of the data.</param>
    /// <exception cref="LegoNetException">A column is missing.</exception>
    public RecordColumnReader Bind(CsvTable table, string idScope)
        => new(
            table,
            Label is null ? -1 : table.Find(Label, "label"),
            Subject is null ? -1 : table.Find(Subject, "subject"),
            Id is null ? -1 : table.Find(Id, "id"),
            LabelTrim,
            idScope);
}
