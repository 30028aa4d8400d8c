using LegoNet.Lab;
using LegoNet.Lab.Attacks;
using LegoNet.Lab.Tasks;
using LegoNet.Pipelines;

namespace LegoNet.Cli.Commands;

/// <summary>The tasks of `legonet compare`.</summary>
internal static class CompareTasks
{
    public const string Random = "random";
    public const string Share = "share";
    public const string Class = "class";
    public const string Subjects = "subjects";
    public const string Vulnerable = "vulnerable";

    private const int MostRandom = 100;
    private const int MostOfKind = 20;

    // As many random records as leave the others much as they were.
    private const int OfRecords = 10;

    /// <summary>Their names on a command line.</summary>
    public static IReadOnlyList<string> All { get; } = [Random, Share, Class, Subjects, Vulnerable];

    /// <summary>Refuses a class that the spec does not declare, before anything is encoded.</summary>
    public static void RequireClass(PipelineSpec pipeline, string? name)
    {
        const int most = 10;
        var classes = pipeline.Labels.Classes;
        if (name is not null && !classes.Contains(name))
        {
            var listed = string.Join(", ", classes.Take(most).Select(c => $"\"{c}\"")) + (classes.Count > most ? $" and {classes.Count - most} more" : "");
            throw LegoNetException.BadInput($"{pipeline.File}: declares no class \"{name}\" to forget; it has {listed}.");
        }
    }

    /// <summary>Makes the tasks that are asked for; where nobody asks, all that the records have.</summary>
    /// <param name="records">The records.</param>
    /// <param name="names">The tasks' names; none for all.</param>
    /// <param name="random">Random records to forget, one at a time; null for as many as suit.</param>
    /// <param name="className">The class to forget; null for the largest.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="context">Notes and cancellation.</param>
    /// <exception cref="LegoNetException">The records lack what a task that was asked for needs.</exception>
    public static IReadOnlyList<ForgetTask> Of(
        RecordSet records, IReadOnlyList<string> names, int? random, string? className, int threads, CommandContext context)
    {
        var tasks = new List<ForgetTask>();
        foreach (var name in names.Count > 0 ? names : All)
        {
            try
            {
                tasks.Add(Task(name));
            }
            catch (LegoNetException e) when (names.Count == 0 && (name, random, className) is not ((Random, not null, _) or (Class, _, not null)))
            {
                context.Note($"note: the task {name} was left out: {e.Message}");
            }
        }

        return tasks.Count > 0 ? tasks
            : throw LegoNetException.BadInput($"{Plural.Of(records.Count, "record")} to train on are too few for any task; take more.");

        ForgetTask Task(string name) => name switch
        {
            Random => ForgetTasks.RandomOneByOne(records, random ?? Some(MostRandom)),
            Share => ForgetTasks.RandomShare(records),
            Class => ForgetTasks.OfClass(records, className ?? LargestClass(records)),
            Subjects => ForgetTasks.MostProlific(records),
            _ => MostVulnerable(),
        };

        ForgetTask MostVulnerable()
        {
            context.Progress.Report(new LegoNetProgress("looking for the most vulnerable records", 0, null));
            var scores = Vulnerability.Of(records, threads: threads, cancellationToken: context.CancellationToken);
            return ForgetTasks.MostVulnerable(records, scores, Some(MostOfKind));
        }

        int Some(int most) => Math.Clamp(records.Count / OfRecords, 1, most);
    }

    /// <summary>Reads --tasks: names, apart or joined by commas, each once.</summary>
    public static IReadOnlyList<string> Names(IEnumerable<string> texts) => [.. texts.SelectMany(t => t.Split(',', StringSplitOptions.TrimEntries)).Distinct()];

    // Among equals the first.
    private static string LargestClass(RecordSet records)
        => records.Classes[Enumerable.Range(0, records.Count).CountBy(records.Label).MaxBy(c => (c.Value, -c.Key)).Key];
}
