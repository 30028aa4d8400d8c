namespace LegoNet.Cli.Init;

/// <summary>A column as a Model Builder configuration describes it.</summary>
/// <param name="Name">The column's name; "col0", "col1", … where the file has no header.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Format">What its fields are.</param>
/// <param name="IsCategorical">Whether its values are categories, whatever their format.</param>
internal sealed record ModelBuilderColumn(string Name, ColumnPurpose Purpose, ColumnFormat Format, bool IsCategorical);
