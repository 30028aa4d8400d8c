using Microsoft.ML;

namespace Examples;

/// <summary>What the programs have in common: their classes, and how tickets are read.</summary>
public static class TicketPipeline
{
    /// <summary>The classes, declared and not collected from the tickets.</summary>
    public static readonly string[] Categories = ["account", "billing", "delivery", "returns", "technical"];

    /// <summary>Opens a file of tickets.</summary>
    public static IDataView Load(MLContext ml, string path)
        => ml.Data.LoadFromTextFile<Ticket>(path, separatorChar: ',', hasHeader: true, allowQuoting: true);
}
