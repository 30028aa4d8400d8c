using System.Globalization;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class ScoreCommandTests(TrainedModels models)
{
    [Fact]
    public void Score_TrainingRecords_WritesOneLineEachInTheSourcesOrder()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("all.csv", Points.Csv(TrainedModels.Drawn));
        var scores = model.Folder["scores.csv"];

        Legonet.Run("score", model.Path, "--data", data, "--out", scores, "--threads", "2").Succeeds();

        var lines = File.ReadAllLines(scores);
        Assert.Equal("subject,id,class,score,probability", lines[0]);
        Assert.Equal(TrainedModels.Drawn.Select(p => $"{p.Subject},{p.Id}"), lines[1..].Select(l => string.Join(',', l.Split(',')[..2])));
        var right = lines[1..].Zip(TrainedModels.Drawn).Count(p => p.First.Split(',')[2] == p.Second.Label);
        Assert.InRange(right, TrainedModels.Drawn.Length * 85 / 100, TrainedModels.Drawn.Length);
        Assert.All(lines[1..], l => Assert.InRange(double.Parse(l.Split(',')[4], CultureInfo.InvariantCulture), 0.25, 1));
        Assert.False(File.Exists(scores + ".partial"));
    }

    [Fact]
    public void Score_WithoutLabels_Scores()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("plain.csv", "x1,x2,x3,x4,x5,x6,x7,x8\n0,0,0,0,0,0,0,0\n");

        Assert.Equal(1, (int)Legonet.Run("score", model.Path, "--data", data, "--out", model.Folder["scores.csv"], "--json").Succeeds().Json["records"]!);
        Assert.StartsWith("plain.csv:1,plain.csv:1,", File.ReadAllLines(model.Folder["scores.csv"])[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Score_SubjectWithSeparatorAndQuote_IsQuoted()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("odd.csv", "subject,id,x1,x2,x3,x4,x5,x6,x7,x8\n\"a,\"\"b\"\"\",1,0,0,0,0,0,0,0,0\n");

        Legonet.Run("score", model.Path, "--data", data, "--out", model.Folder["scores.csv"]).Succeeds();

        Assert.StartsWith("\"a,\"\"b\"\"\",1,", File.ReadAllLines(model.Folder["scores.csv"])[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x1,x2,x3,x4,x5,x6,x7,x8\n", "data.csv")]
    [InlineData("x1,x2,x3,x4,x5,x6,x7\n0,0,0,0,0,0,0\n", "7 dimensions where 8")]
    [InlineData("x1,x2,x3,x4,x5,x6,x7,x8\n0,0,0,0,0,0,0,0\n0,0,0,0,0,0,0,-inf\n", "line 3")]
    public void Score_BadData_IsRefusedAndKeepsTheFormerFile(string csv, string named)
    {
        using var model = models.CopyPoints();
        const string Former = "subject,id,class,score,probability\na,1,red,1,1\n";
        var former = model.Folder.Write("scores.csv", Former);

        Assert.Contains(named, model.Refuses(3, "score", model.Path, "--data", model.Folder.Write("data.csv", csv), "--out", former), StringComparison.Ordinal);

        Assert.Equal(Former, File.ReadAllText(former));
        Assert.Single(Directory.EnumerateFiles(model.Folder.Path, "scores*"));
    }

    [Fact]
    public void Score_ToAFolderThatIsMissing_NamesIt()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("data.csv", Points.Csv(TrainedModels.Drawn[..1]));
        Assert.Contains(
            "nowhere",
            model.Refuses(3, "score", model.Path, "--data", data, "--out", model.Folder["nowhere/scores.csv"]),
            StringComparison.Ordinal);
    }
}
