using System.Text.Json;
using System.Text.Json.Nodes;
using LegoNet.Cli.Commands;
using LegoNet.Cli.Tests.Support;
using LegoNet.Specs;

namespace LegoNet.Cli.Tests.Commands;

/// <summary>`legonet tune`: a choice that rests on records nobody can ask to have forgotten, and says so in the spec.</summary>
public sealed class TuneCommandTests
{
    [Theory]
    [InlineData("multiclass", "accuracy")]
    [InlineData("binary", "accuracy")]
    [InlineData("multilabel", "microF1")]
    [InlineData("regression", "rootMeanSquaredError")]
    public void Tune_AnyTask_WritesTheBestTrialAndWhatItRestsOn(string task, string measure)
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, task);
        var on = folder.Write("public.csv", Csv(task, 200, 2, "p"));

        var run = Legonet.Run("tune", spec, "--on", on, "--json").Succeeds().Json;

        var trials = run["trials"]!.AsArray();
        var best = trials.Single(t => (bool)t!["chosen"]!)!;
        double[] measured = [.. trials.Select(t => (double)t![measure]!)];
        var furthest = task == "regression" ? (double)best[measure]! / measured.Min() : (double)best[measure]! / measured.Max();
        Assert.InRange(furthest, 0.9, 1.1);
        Assert.Contains(trials, t => (int)t!["adapters"]! == 1);
        Assert.Contains(trials, t => (int)t!["adapters"]! == 12);
        var written = Read(spec);
        Assert.Equal((int)best["adapters"]!, (int)written["routing"]!["adapters"]!);
        Assert.True(JsonNode.DeepEquals(best["adapter"], written["adapter"]));
        var tuned = written["$tuned"]!;
        Assert.Equal(("public.csv", 200), ((string)tuned["on"]!, (int)tuned["records"]! + (int)tuned["judged"]!));
        Assert.Matches("^[0-9a-f]{64}$", (string)tuned["digest"]!);
        Legonet.Run("train", spec, "--out", folder["model"]).Succeeds();
    }

    [Fact]
    public void Tune_ToAnotherSpec_KeepsCommentsAndTheFirstSpec()
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, "multiclass");
        var text = File.ReadAllText(spec).Replace("  \"seed\"", "  // Of the keys.\n  \"seed\"", StringComparison.Ordinal);
        File.WriteAllText(spec, text);
        var on = folder.Write("public.csv", Csv("multiclass", 200, 2, "p"));

        var first = Legonet.Run("tune", spec, "--on", on, "--out", folder["tuned.json"]).Succeeds();
        var again = Legonet.Run("tune", folder["tuned.json"], "--on", on).Succeeds();

        Assert.Equal(text, File.ReadAllText(spec));
        Assert.Contains("// Of the keys.", File.ReadAllText(folder["tuned.json"]), StringComparison.Ordinal);
        Assert.Equal(2, File.ReadAllText(folder["tuned.json"]).Split("$tuned").Length);
        Assert.Contains("Tried ", first.Output, StringComparison.Ordinal);
        Assert.Contains("the standard error is", first.Output, StringComparison.Ordinal);
        Assert.Contains("measure the model on others", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Tune_SplitOfOneSet_HasNoSubjectOnBothSidesAndIsTheSameEveryTime()
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, "multiclass");
        var on = folder.Write("public.csv", Csv("multiclass", 200, 2, "p"));

        JsonNode Tuned(params string[] more) => Legonet.Run(["tune", spec, "--on", on, "--json", .. more]).Succeeds().Json["tuned"]!;

        Assert.Equal((string)Tuned()["digest"]!, (string)Tuned("--threads", "1")["digest"]!);
        var test = folder.Write("judge.csv", Csv("multiclass", 40, 3, "q"));
        Assert.Equal(40, (int)Tuned("--test", test)["judged"]!);
    }

    [Theory]
    [InlineData("train.csv", null, "300 records of it are the same")]
    [InlineData("copy.csv", null, "3 records of it are the same")]
    [InlineData("person.csv", null, "1 record of it is the same, or of the same person")]
    [InlineData("public.csv", "train.csv", "300 records of it are the same")]
    [InlineData("public.csv", "public.csv", "records of --on")]
    [InlineData("one.csv", null, "too few subjects")]
    [InlineData("red.csv", null, "all of one class")]
    [InlineData("unlabelled.csv", null, "has no column \"label\" (label)")]
    [InlineData("nowhere.csv", null, "nowhere.csv")]
    public void Tune_OnRecordsThatMayBeForgotten_IsRefusedWithTheirNumber(string on, string? test, string named)
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, "multiclass");
        var before = File.ReadAllText(spec);
        var other = Csv("multiclass", 100, 2, "p");
        folder.Write("public.csv", other);
        folder.Write("one.csv", string.Concat(other.Split('\n').Take(2).Select(l => l + "\n")));

        var red = other.Split('\n').Where((l, i) => i == 0 || l.Contains(",red,", StringComparison.Ordinal));
        folder.Write("red.csv", string.Concat(red.Select(l => l + "\n")));
        folder.Write("unlabelled.csv", other.Replace(",label,", ",other,", StringComparison.Ordinal));

        // Three rows of the training source under other names; and another row of a person who is in it.
        var rows = File.ReadAllLines(folder["train.csv"]);
        folder.Write("copy.csv", other + string.Concat(rows[1..4].Select((r, i) => $"x{i},y{i},{r.Split(',', 3)[2]}\n")));
        folder.Write("person.csv", other + $"{rows[1].Split(',')[0]},new,{other.Split('\n')[1].Split(',', 3)[2]}\n");
        string[] judge = test is null ? [] : ["--test", folder[test]];

        var message = Legonet.Refuses(3, ["tune", spec, "--on", folder[on], .. judge]);

        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.DoesNotContain(rows[1].Split(',')[0] + ",", message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(spec));
    }

    [Fact]
    public void Tune_SkippingSharedRecords_LeavesThemAsideAndSaysHowMany()
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, "multiclass");
        var other = Csv("multiclass", 200, 2, "p");
        var rows = File.ReadAllLines(folder["train.csv"]);
        var clean = folder.Write("clean.csv", other);
        var mixed = folder.Write("mixed.csv", other + string.Concat(rows[1..4].Select((r, i) => $"x{i},y{i},{r.Split(',', 3)[2]}\n")));

        var skipped = Legonet.Run("tune", spec, "--on", mixed, "--skip-shared", "--json").Succeeds();

        Assert.Contains("3 records of it are the same", skipped.Error, StringComparison.Ordinal);
        var digest = (string)skipped.Json["tuned"]!["digest"]!;
        Assert.Equal((string)Legonet.Run("tune", spec, "--on", clean, "--json").Succeeds().Json["tuned"]!["digest"]!, digest);
    }

    [Fact]
    public void Tune_ClassesWithoutRecords_SaysHowMany()
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, "multiclass");
        var rows = Csv("multiclass", 200, 2, "p").Split('\n').Where(l => !l.Contains(",red,", StringComparison.Ordinal));
        var on = folder.Write("public.csv", string.Join('\n', rows));

        Assert.Contains("1 of 4 classes is missing", Legonet.Run("tune", spec, "--on", on).Succeeds().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tune_OutElsewhereOrOnAnInput_IsRefused()
    {
        using var folder = new TempFolder();
        var spec = Spec(folder, "multiclass");
        var on = folder.Write("public.csv", Csv("multiclass", 100, 2, "p"));

        Assert.Contains("folder", Legonet.Refuses(3, "tune", spec, "--on", on, "--out", folder["sub/x.json"]), StringComparison.Ordinal);
        Assert.Contains("public.csv", Legonet.Refuses(3, "tune", spec, "--on", on, "--out", on, "--force"), StringComparison.Ordinal);
        Assert.Contains("is data and no spec", Legonet.Refuses(3, "tune", on, "--on", on), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.80, 0.81, 100, 0)]
    [InlineData(0.80, 0.81, 10_000, 1)]
    [InlineData(0.80, 0.90, 100, 1)]
    [InlineData(0.80, 0.70, 100, 0)]
    [InlineData(0.995, 1.00, 100, 0)]
    public void Choose_BetterByChance_LeavesTheUsualChoice(double usual, double other, int judged, int expected)
    {
        TuneTrial[] trials = [new("{}", 1, 1, usual, 0.1, 1), new("{}", 64, 4, other, 0.1, 1)];

        Assert.Equal(trials[expected], TuneTrials.Choose(trials, LearningTask.Multiclass, judged));
        var calibrated = new TuneTrial("{}", 8, 1, Math.Max(usual, other) - 0.001, 0.01, 1);
        Assert.Equal(expected == 0 ? trials[0] : calibrated, TuneTrials.Choose([.. trials, calibrated], LearningTask.Multiclass, judged));
    }

    [Theory]
    [InlineData("""{"a":1}""", "{\"a\":1,\n  \"b\": 2}")]
    [InlineData("{\"b\": [1, {\"b\": 3}], // b\n \"a\": 1,}", "{\"b\": 2, // b\n \"a\": 1,}")]
    [InlineData("{\"a\": {\"b\": 7}, /* \"b\" */ }", "{\"a\": {\"b\": 7},\n  \"b\": 2, /* \"b\" */ }")]
    public void With_AMember_IsWrittenAnewAndNothingElseIs(string text, string expected) => Assert.Equal(expected, SpecText.With(text, "b", "2"));

    private static string Spec(TempFolder folder, string task)
    {
        folder.Write("train.csv", Csv(task, 300, 1, "s"));
        return folder.Write("spec.json", Points.Spec(task, "train.csv"));
    }

    private static string Csv(string task, int count, int seed, string subjects)
        => Points.Csv(Points.Draw(count, task, seed).Select(p => p with { Subject = subjects + p.Subject }));

    private static JsonNode Read(string spec)
        => JsonNode.Parse(File.ReadAllText(spec), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
}
