namespace LegoNet.Cli.Init;

/// <summary>The columns of a table that are no input, and how careful a proposal is.</summary>
/// <param name="Label">The label's column.</param>
/// <param name="Subject">The column that says whose data a row is; null where every row is its own subject.</param>
/// <param name="Id">The column that names a row within its subject; null for positions.</param>
/// <param name="AtLeast">Subjects (rows, without a subject column) that share what is proposed.</param>
internal sealed record TableNames(string Label, string? Subject, string? Id, int AtLeast);
