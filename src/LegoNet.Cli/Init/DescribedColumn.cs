namespace LegoNet.Cli.Init;

/// <summary>A column of a table, as a Model Builder configuration describes it or as a look at the file found it.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Format">What its fields are.</param>
/// <param name="IsCategorical">Whether its values are categories, whatever their format.</param>
internal sealed record DescribedColumn(string Name, ColumnPurpose Purpose, ColumnFormat Format, bool IsCategorical);
