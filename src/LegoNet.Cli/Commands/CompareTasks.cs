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
    private const int MostVulnerable = 20;

    // As many random records as leave the others much as they were.
    private const int RandomOfRecords = 10;

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
        foreach (var name in names.Count > 0 ? names.Distinct() : All)
        {
            switch (name)
            {
                case Random:
                    tasks.Add(ForgetTasks.RandomOneByOne(records, random ?? Math.Clamp(records.Count / RandomOfRecords, 1, MostRandom)));
                    break;
                case Share:
                    tasks.Add(ForgetTasks.RandomShare(records));
                    break;
                case Class:
                    tasks.Add(ForgetTasks.OfClass(records, className ?? LargestClass(records)));
                    break;
                case Subjects when names.Count == 0 && !HasSubjects(records):
                    context.Note("note: no subject has several records, so the task of the most prolific subjects was left out.");
                    break;
                case Subjects:
                    tasks.Add(ForgetTasks.MostProlific(records));
                    break;
                default:
                    context.Progress.Report(new LegoNetProgress("looking for the most vulnerable records", 0, null));
                    var scores = Vulnerability.Of(records, threads: threads, cancellationToken: context.CancellationToken);
                    tasks.Add(ForgetTasks.MostVulnerable(records, scores, Math.Clamp(records.Count / RandomOfRecords, 1, MostVulnerable)));
                    break;
            }
        }

        return tasks;
    }

    // Among equals the first.
    private static string LargestClass(RecordSet records)
        => records.Classes[Enumerable.Range(0, records.Count).CountBy(records.Label).MaxBy(c => (c.Value, -c.Key)).Key];

    private static bool HasSubjects(RecordSet records)
        => Enumerable.Range(0, records.Count).Select(records.Subject).Distinct(StringComparer.Ordinal).Count() < records.Count;
}
