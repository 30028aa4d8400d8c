namespace LegoNet.Lab.Comparisons;

/// <summary>What was compared on, and how: enough to do it again.</summary>
/// <param name="Data">Name of the records.</param>
/// <param name="Command">The command line.</param>
/// <param name="Version">LegoNet's version.</param>
/// <param name="Date">The day, as yyyy-MM-dd.</param>
/// <param name="Processors">Processors of the machine.</param>
/// <param name="Threads">Threads that a timed method uses.</param>
/// <param name="Records">Records that methods are trained on.</param>
/// <param name="TestRecords">Records that no model sees.</param>
/// <param name="Subjects">Subjects of the records.</param>
/// <param name="Dimension">Length of a code.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Seeds">Seeds of the methods' runs.</param>
/// <param name="TaskSeed">Seed of the tasks' draws, the same for all methods and seeds.</param>
/// <param name="Points">Records whose margins KLoM compares.</param>
/// <param name="Notes">What a reader must know of these records, e.g. that they are a part of others; a sentence each.</param>
/// <param name="Seconds">How long all of it took.</param>
public sealed record ComparisonFacts(
    string Data,
    string Command,
    string Version,
    string Date,
    int Processors,
    int Threads,
    int Records,
    int TestRecords,
    int Subjects,
    int Dimension,
    IReadOnlyList<string> Classes,
    IReadOnlyList<long> Seeds,
    long TaskSeed,
    int Points,
    IReadOnlyList<string> Notes,
    double Seconds);
