using LegoNet.Lab.Attacks;
using LegoNet.Lab.Comparisons;
using LegoNet.Lab.Reports;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>docs/lab.md says what the committed results say.</summary>
public class LabPageTests
{
    private static readonly string s_results = Path.Combine(Repository.Root, "docs", "results", "lab");

    public static TheoryData<string> Comparisons => [.. Directory.GetFiles(s_results, "compare-*.json").Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(Comparisons))]
    public void Page_OfAComparison_HasItsFigures(string file)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "lab.md"));

        var table = string.Join('\n', Table(Read(file)));

        Assert.Contains($"(results/lab/{file})", page, StringComparison.Ordinal);
        Assert.True(page.Contains(table, StringComparison.Ordinal), $"docs/lab.md should have this table of {file}:\n{table}");
    }

    [Fact]
    public void Picture_IsThatOfTheFirstComparison()
    {
        var drawn = ReportWriter.Picture(Read("compare-cifar10.json"));

        if (Environment.GetEnvironmentVariable("LEGONET_UPDATE_API") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, "docs", "lab.svg"), drawn);
        }

        Assert.Equal(drawn, File.ReadAllText(Path.Combine(Repository.Root, "docs", "lab.svg")));
    }

    private static ComparisonResult Read(string file) => ComparisonJson.Read(File.ReadAllText(Path.Combine(s_results, file)), file);

    // Random records first, then a class.
    private static IEnumerable<string> Table(ComparisonResult result)
    {
        var view = new ComparisonView(result);
        yield return "| method | kind | test accuracy | a request | kept | the class: accuracy left | a request "
            + "| attack, random: area | vulnerable: area | named at 1 % |";
        yield return "|---|---|---|---|---|---|---|---|---|---|";
        foreach (var method in view.Methods)
        {
            var (random, one) = (method.Tasks[0]!, method.Tasks[1]!);
            string[] cells =
            [
                method.Name,
                KindWords.Of(method.Kind),
                Figures.Percent(random.Test.Mean),
                Figures.Seconds(random.Seconds.Median),
                Figures.Bytes(random.Storage.Median),
                Figures.Percent(one.Over(s => s.After.Forgotten)!.Mean),
                Figures.Seconds(one.Seconds.Median),
                Area(method, "random"),
                Area(method, "most vulnerable"),
                Figures.Percent(Curve(method, "most vulnerable").At.Single(a => a.FalsePositives == 0.01).TruePositives),
            ];
            yield return $"| {string.Join(" | ", cells)} |";
        }
    }

    private static string Area(MethodView method, string records)
    {
        var curve = Curve(method, records);
        return $"{Figures.Area(curve.Area)} [{Figures.Area(curve.AreaLow)}, {Figures.Area(curve.AreaHigh)}]";
    }

    private static AttackCurve Curve(MethodView method, string records)
        => method.Attack!.Curves.Single(c => c.Question == AttackQuestion.Forgotten && c.Records == records);
}
