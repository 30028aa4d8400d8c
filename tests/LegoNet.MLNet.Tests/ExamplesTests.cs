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

    private static string[] Run(Func<TextWriter, int> program)
    {
        using var text = new StringWriter();
        Assert.Equal(0, program(text));
        return text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
