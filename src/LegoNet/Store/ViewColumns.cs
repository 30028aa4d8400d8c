namespace LegoNet.Store;

/// <summary>The names of the columns of an ML.NET view that records are read from.</summary>
/// <param name="Label">The label.</param>
/// <param name="Features">The features.</param>
/// <param name="Subject">Whose data a row is; null: the id.</param>
/// <param name="Id">The record's name within its subject; null: the row's position.</param>
internal sealed record ViewColumns(string Label, string Features, string? Subject, string? Id);
