namespace LegoNet.Lab.Reports;

/// <summary>A table of a report. Its first column heads the rows.</summary>
internal sealed record ReportTable(string Caption, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<ReportRow> Rows);
