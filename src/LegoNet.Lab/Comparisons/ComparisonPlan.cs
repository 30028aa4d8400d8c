using LegoNet.Lab.Attacks;
using LegoNet.Lab.Measures;
using LegoNet.Lab.Methods;
using LegoNet.Lab.Tasks;

namespace LegoNet.Lab.Comparisons;

/// <summary>What is to be compared, and how.</summary>
public sealed record ComparisonPlan
{
    /// <summary>Name of the records, for reports.</summary>
    public required string Data { get; init; }

    /// <summary>Records to train on.</summary>
    public required RecordSet Records { get; init; }

    /// <summary>Records that no model sees, of the same classes and length.</summary>
    public required RecordSet Test { get; init; }

    /// <summary>The methods for given records: for all, and for the part that is attacked. Their names differ.</summary>
    public required Func<RecordSet, IReadOnlyList<IForgettingMethod>> Methods { get; init; }

    /// <summary>The tasks; the same for all methods and seeds.</summary>
    public required IReadOnlyList<ForgetTask> Tasks { get; init; }

    /// <summary>Seeds of the methods' runs: each method does each task once with each.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [1, 2, 3];

    /// <summary>Seed of the tasks' draws, and of the draw of records that are scored.</summary>
    public long TaskSeed { get; init; } = 1;

    /// <summary>Retrained oracles that KLoM compares with, from <see cref="Klom.LeastOracles"/>.</summary>
    public int Oracles { get; init; } = Klom.LeastOracles;

    /// <summary>How methods are attacked; null for not at all.</summary>
    public AttackPlan? Attack { get; init; }

    /// <summary>Threads to use, from 1. They change no result but seconds.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The command line, for reports.</summary>
    public string Command { get; init; } = "";

    /// <summary>LegoNet's version, for reports.</summary>
    public string Version { get; init; } = "";

    /// <summary>The day, for reports.</summary>
    public DateOnly Date { get; init; } = DateOnly.FromDateTime(DateTime.UtcNow);

    /// <summary>What a reader must know of these records; a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
