using LegoNet.Data.Csv;

namespace LegoNet.Data.Tables;

/// <summary>A delimited text file that names the records of a vector file, row by row.</summary>
/// <param name="Path">The file.</param>
/// <param name="Options">Its layout.</param>
/// <param name="Columns">Its columns for label, subject and id.</param>
internal sealed record RecordTable(string Path, CsvOptions Options, RecordColumns Columns);
