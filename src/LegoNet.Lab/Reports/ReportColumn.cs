namespace LegoNet.Lab.Reports;

/// <summary>A column of a table.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Group">What it shares with its neighbours; empty where that is nothing.</param>
/// <param name="IsText">Whether it holds words, and not figures.</param>
internal sealed record ReportColumn(string Header, string Group = "", bool IsText = false);
