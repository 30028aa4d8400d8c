using LegoNet.Lab.Comparisons;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Reports;

/// <summary>A result as reports look at it: by method.</summary>
internal sealed class ComparisonView
{
    public ComparisonView(ComparisonResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Result = result;
        Data = SafeText.Of(result.Facts.Data);
        Tasks = [.. result.Tasks.Select(t => SafeText.Of(t.Name))];
        Methods =
        [
            .. result.Methods.Select((m, i) => new MethodView(
                i + 1,
                SafeText.Of(m.Name),
                m.Kind,
                SafeText.Of(m.Settings),
                m.Name,
                [.. result.Tasks.Select(t => t.Methods.FirstOrDefault(r => r.Method == m.Name) is { } found ? new TaskFigures(found) : null)],
                result.Attacks.FirstOrDefault(a => a.Method == m.Name))),
        ];
        BestOracle = Methods.Where(m => m.IsOracle && m.First is not null).MaxBy(m => m.First!.Test.Mean);
    }

    public ComparisonResult Result { get; }

    public string Data { get; }

    /// <summary>Names of the tasks, safe to print.</summary>
    public IReadOnlyList<string> Tasks { get; }

    public IReadOnlyList<MethodView> Methods { get; }

    /// <summary>The oracle with the highest test accuracy in the first task; null where no oracle did it.</summary>
    public MethodView? BestOracle { get; }

    public string Title => $"Ways of forgetting, compared on {Data}";

    public string Subtitle
    {
        get
        {
            var facts = Result.Facts;
            return $"{Figures.Counted(Methods.Count, "method")}, {Figures.Counted(Tasks.Count, "task")}, {Figures.Counted(facts.Seeds.Count, "seed")}: "
                + $"{Figures.Count(facts.Records)} records of {Figures.Counted(facts.Subjects, "subject")} to train on, "
                + $"{Figures.Count(facts.TestRecords)} to test, "
                + $"{Figures.Count(facts.Classes.Count)} classes. LegoNet {SafeText.Of(facts.Version)}, {SafeText.Of(facts.Date)}.";
        }
    }

    public IEnumerable<MethodView> OfKind(MethodKind kind) => Methods.Where(m => m.Kind == kind);

    public MethodView? Find(string name) => Methods.FirstOrDefault(m => m.Key == name);
}
