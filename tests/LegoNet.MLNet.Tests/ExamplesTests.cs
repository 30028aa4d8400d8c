using Examples;

namespace LegoNet.MLNet.Tests;

/// <summary>The programs of pipelines/mlnet, run one after the other on their data, as their page says.</summary>
public sealed class ExamplesTests : IDisposable
{
    private static readonly string s_data = Path.Combine(AppContext.BaseDirectory, "data");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Programs_OneAfterTheOther_TrainForgetExportAndScore()
    {
        var requests = Path.Combine(s_data, "erasure-requests.csv");
        var (model, receipts, scorer, scores) = (_folder["model"], _folder["receipts"], _folder["scorer.zip"], _folder["scores.csv"]);

        var output = Run(text => TextClassification.Run(text, Path.Combine(s_data, "tickets.csv"), Path.Combine(s_data, "tickets-test.csv"), model));
        Assert.Contains(output, line => line.StartsWith("as it was: ", StringComparison.Ordinal) && line.Contains("Approximate", StringComparison.Ordinal));
        Assert.Contains(output, line => line.StartsWith("with LegoNet: ", StringComparison.Ordinal) && line.EndsWith(", Exact", StringComparison.Ordinal));
        Assert.Contains("verified: every byte as the remaining tickets give it: True", output);

        output = Run(text => NightlyErasure.Run(text, model, requests, receipts, scorer));
        Assert.DoesNotContain("forgot 0 tickets", output[0], StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(receipts));
        output = Run(text => NightlyErasure.Run(text, model, requests, receipts, scorer)); // The same requests again.
        Assert.StartsWith("forgot 0 tickets", output[0], StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(receipts));

        Run(text => BatchScoring.Run(text, scorer, Path.Combine(s_data, "tickets-test.csv"), scores));
        var labels = File.ReadLines(Path.Combine(s_data, "tickets-test.csv")).Skip(1).Select(line => line.Split(',')).ToDictionary(f => f[0], f => f[2]);
        var scored = File.ReadLines(scores).Skip(1).Select(line => line.Split(',')).ToArray();
        Assert.Equal(labels.Count, scored.Length);
        Assert.InRange(scored.Count(f => labels[f[0]] == f[1]) / (double)scored.Length, 0.9, 1);
    }

    [Fact]
    public void RetrainingScripts_BeforeAndAfter_LearnTheSameAndOnlyTheSecondForgets()
    {
        var output = Run(text => RetrainingScripts.Run(text, Path.Combine(s_data, "renewals.csv"), Path.Combine(s_data, "renewals-test.csv"), _folder["out"]));
        Assert.Matches("^before: accuracy (8[0-9]|9[0-9])\\.. %, Approximate: .*FeaturizeText", output[0]);
        Assert.Matches("^after: accuracy (8[5-9]|9[0-9])\\.. %, Exact$", output[1]);
        Assert.Matches("^forgot hana.47: [0-9]+ rows, accuracy (8[5-9]|9[0-9])\\.. %, Exact$", output[2]);
        using var model = LegoNetModel.Open(Path.Combine(_folder["out"], "renewals"));
        Assert.Equal(1, model.Spec.Adapters);
    }

    [Fact]
    public void Guide_DiffOfTheRetrainingScript_IsTheDiff()
    {
        var guide = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "mlnet.md"));
        string[] diff = [.. guide.SkipWhile(line => line != "```diff").Skip(1).TakeWhile(line => line != "```")];
        string[] before = Script("Before"), after = Script("After");

        Assert.All(diff.Where(line => line.StartsWith('-')), line => Assert.Contains(line[1..].Trim(), before));
        Assert.All(diff.Where(line => line.StartsWith('+')), line => Assert.Contains(line[1..].Trim(), after));
        var untouched = diff.Where(line => line.StartsWith(' ')).Select(line => line.Trim());
        Assert.All(untouched, line => Assert.True(before.Contains(line) && after.Contains(line), line));

        // Every line that only one of them has is in the guide.
        var shown = diff.Select(line => line.Length == 0 ? "" : line[1..].Trim()).ToHashSet();
        var changed = before.Except(after).Concat(after.Except(before)).Where(line => !line.StartsWith("namespace ", StringComparison.Ordinal));
        Assert.All(changed, line => Assert.Contains(line, shown));

        static string[] Script(string folder) => [.. File.ReadLines(
            Path.Combine(Repository.Root, "pipelines", "mlnet", "ModelBuilder", folder, "RenewalModel.training.cs")).Select(line => line.Trim())];
    }

    private static string[] Run(Func<TextWriter, int> program)
    {
        using var text = new StringWriter();
        Assert.Equal(0, program(text));
        return text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
