using Microsoft.ML.Data;

namespace Examples;

/// <summary>One row of a file of support tickets.</summary>
public sealed class Ticket
{
    /// <summary>The row's name.</summary>
    [LoadColumn(0)]
    public string Id { get; set; } = "";

    /// <summary>Whose data the row is.</summary>
    [LoadColumn(1)]
    public string Customer { get; set; } = "";

    /// <summary>The class.</summary>
    [LoadColumn(2)]
    public string Category { get; set; } = "";

    /// <summary>What the customer wrote.</summary>
    [LoadColumn(3)]
    public string Text { get; set; } = "";
}
