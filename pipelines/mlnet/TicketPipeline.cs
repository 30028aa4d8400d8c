using LegoNet.Encoders.Hashing;
using LegoNet.MLNet;
using Microsoft.ML;

namespace Examples;

/// <summary>What the three programs have in common: how tickets are read and encoded. None of it learns anything.</summary>
public static class TicketPipeline
{
    /// <summary>The classes, declared and not collected from the tickets.</summary>
    public static readonly string[] Categories = ["account", "billing", "delivery", "returns", "technical"];

    /// <summary>Opens a file of tickets.</summary>
    public static IDataView Load(MLContext ml, string path)
        => ml.Data.LoadFromTextFile<Ticket>(path, separatorChar: ',', hasHeader: true, allowQuoting: true);

    /// <summary>From text to features.</summary>
    public static HashTextEstimator HashText(MLContext ml)
        => ml.Transforms.HashText("Features", nameof(Ticket.Text), new HashingOptions { Dimension = 1024 });
}
