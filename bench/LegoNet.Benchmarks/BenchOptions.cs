namespace LegoNet.Benchmarks;

/// <summary>What was asked for on the command line.</summary>
internal sealed record BenchOptions
{
    /// <summary>The names of the work to run.</summary>
    public required IReadOnlySet<string> Works { get; init; }

    /// <summary>A file that <c>legonet encode</c> wrote; null for generated codes.</summary>
    public string? Codes { get; init; }

    /// <summary>The spec whose source is encoded.</summary>
    public string? Data { get; init; }

    /// <summary>Records; null for each benchmark's own number.</summary>
    public int? Records { get; init; }

    /// <summary>Adapters, n; null for the standard.</summary>
    public int? Adapters { get; init; }

    /// <summary>Adapters that a record activates, k; null for the standard.</summary>
    public int? Active { get; init; }

    /// <summary>The adapters' trainer as the "adapter" member of a spec; null for the standard.</summary>
    public string? Adapter { get; init; }

    /// <summary>Repetitions of long work; null for each benchmark's own number.</summary>
    public int? Repetitions { get; init; }

    /// <summary>Size of the CSV file, in 10⁹ bytes.</summary>
    public required double Gigabytes { get; init; }

    /// <summary>Threads.</summary>
    public required int Threads { get; init; }
}
