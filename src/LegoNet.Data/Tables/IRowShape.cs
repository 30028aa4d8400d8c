using LegoNet.Data.Csv;

namespace LegoNet.Data.Tables;

/// <summary>What a row of a table is as an input: a text, a table row or a vector.</summary>
internal interface IRowShape
{
    /// <summary>Finds the shape's columns in a table and returns the reader of its current row.</summary>
    /// <param name="table">The table.</param>
    /// <param name="records">The columns that are not inputs.</param>
    /// <exception cref="LegoNetException">A column is missing or has two roles.</exception>
    Func<RecordInput> Bind(CsvTable table, RecordColumnReader records);
}
