namespace LegoNet.Lab.Reports;

/// <summary>A row of a table.</summary>
/// <param name="Header">What it is about.</param>
/// <param name="Cells">Its cells after the header, one for each other column; a single one spans them all.</param>
/// <param name="Method">The method that it is about, whose number and sign stand before the header; null where it is none.</param>
internal sealed record ReportRow(string Header, IReadOnlyList<string> Cells, MethodView? Method = null)
{
    public static ReportRow Of(MethodView method, params IReadOnlyList<string> cells) => new(method.Name, cells, method);
}
