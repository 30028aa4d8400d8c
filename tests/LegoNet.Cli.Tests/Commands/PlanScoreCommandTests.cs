using System.Globalization;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class PlanScoreCommandTests(TrainedModels models)
{
    private const string Coordinates = "x1,x2,x3,x4,x5,x6,x7,x8";

    [Theory]
    [InlineData("multiclass")]
    [InlineData("binary")]
    [InlineData("multilabel")]
    [InlineData("regression")]
    public void PlanTaskFinish_ForAnyTask_WriteTheFileOfScore(string task)
    {
        using var folder = new TempFolder();
        var model = Points.Train(folder, "model", Points.Draw(120, task), task);
        var data = folder.Write("data.csv", Points.Csv(Points.Draw(101, task, seed: 2)));
        foreach (var tasks in (ReadOnlySpan<int>)[1, 4, 7])
        {
            var expected = Score(folder, model, "--data", data);
            var output = folder["tasks.csv"];
            var planned = Legonet.Run(
                "plan", "score", model, "--data", data, "--out", output, "--tasks", Text(tasks), "--run", folder["run"], "--json").Succeeds().Json;
            Assert.Equal(tasks, (int)planned["tasks"]!);
            Assert.Equal("score", (string)planned["stages"]![0]!["name"]!);
            Assert.True((bool)planned["stages"]![0]!["encodes"]!);
            for (var i = tasks - 1; i >= 0; i--)
            {
                Assert.Equal(7, Legonet.Run("finish", "--run", folder["run"]).ExitCode);
                Assert.Equal("Done", (string)Legonet.Run("task", "--run", folder["run"], "--index", Text(i), "--json").Succeeds().Json["outcome"]!);
                Assert.Equal("DoneBefore", (string)Legonet.Run("task", "--run", folder["run"], "--index", Text(i), "--json").Succeeds().Json["outcome"]!);
            }

            var finished = Legonet.Run("finish", "--run", folder["run"], "--json").Succeeds().Json;

            Assert.Equal(output, (string)finished["out"]!);
            Assert.Equal(101, (int)finished["records"]!);
            Assert.Equal((string)Legonet.Run("inspect", model, "--json").Succeeds().Json["root"]!, (string)finished["root"]!);
            Assert.Equal(expected, File.ReadAllText(output));
            Assert.False(Directory.Exists(folder["run"]));
        }
    }

    [Fact]
    public void Work_OnSourcesOfAllKinds_WritesTheFileOfScore()
    {
        using var model = models.CopyPoints();
        var folder = model.Folder;
        Points.Npy(folder, "vectors", Points.Draw(50, seed: 3));
        File.Copy(folder["vectors.npy"], folder["bare.npy"]);
        var odd = folder.Write("odd.csv", $"subject,id,{Coordinates}\n\"a,\"\"b\"\"\",1,0,0,0,0,0,0,0,0\nc,2,1,1,1,1,1,1,1,1\n");
        var plain = folder.Write("plain.csv", $"{Coordinates}\n1,2,3,1,2,3,1,2\n2,2,2,2,2,2,2,2\n0,0,0,0,0,0,0,0\n");
        var tabs = folder.Write("tabs.txt", $"who\t{Coordinates.Replace(',', '\t')}\nme\t1\t2\t3\t1\t2\t3\t1\t2\nyou\t0\t0\t0\t0\t0\t0\t0\t0\n");
        var layout = folder.Write("layout.json", Points.Spec(data: "other.csv").Replace(
            "\"subject\": \"subject\", \"id\": \"id\", \"label\": \"label\"",
            "\"separator\": \"\\t\", \"subject\": \"who\", \"label\": \"kind\"",
            StringComparison.Ordinal));
        Points.Npy(folder, "points", Points.Draw(20, seed: 4));
        var description = folder.Write("spec.json", Points.Spec().Replace(
            "\"type\": \"vectors\", \"path\": \"points.csv\"",
            "\"type\": \"npy\", \"vectors\": \"points.npy\", \"records\": \"points.csv\"",
            StringComparison.Ordinal));
        foreach (var data in (string[][])
        [
            ["--data", folder["vectors.npy"]],
            ["--data", folder["bare.npy"]],
            ["--data", odd],
            ["--data", plain],
            ["--data", tabs, "--spec", layout],
            ["--data", description + "#source"],
        ])
        {
            AssertWorks(model, data);
        }
    }

    [Fact]
    public void Work_OnImages_WritesTheFileOfScore()
    {
        using var model = models.CopyImages();
        TestImages.WriteFolder(model.Folder, "images", TrainedModels.TestImageSource(23));
        AssertWorks(model, "--data", model.Folder["images"]);
        AssertWorks(model, "--data", model.Folder.Write("images.json", TrainedModels.ImageSpec()) + "#test");
    }

    [Fact]
    public void Work_WithTwoWorkers_WritesTheFileOfScore()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("data.csv", Points.Csv(Points.Draw(300, seed: 2)));
        var expected = Score(model.Folder, model.Path, "--data", data);
        Plan(model, 6, "--data", data);

        var finished = Legonet.RunChild("work", "--run", model.Folder["run"], "--workers", "2", "--json").Succeeds().Json;

        Assert.Equal(300, (int)finished["records"]!);
        Assert.Equal(expected, File.ReadAllText(model.Folder["tasks.csv"]));
    }

    [Fact]
    public void Work_AfterAForget_ScoresEverythingByTheNewState()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("data.csv", Points.Csv(Points.Draw(60, seed: 2)));
        Plan(model, 3, "--data", data);
        Legonet.Run("task", "--run", model.Folder["run"], "--index", "1").Succeeds();
        Legonet.Run("forget", model.Path, "--subject", "s1", "--key", model.Key).Succeeds();
        Assert.Empty(Directory.EnumerateFiles(model.Folder["run/parts"]));

        var worked = Legonet.Run("work", "--run", model.Folder["run"], "--workers", "1", "--json").Succeeds();

        Assert.Contains("begins anew", worked.Error, StringComparison.Ordinal);
        Assert.Equal(Score(model.Folder, model.Path, "--data", data), File.ReadAllText(model.Folder["tasks.csv"]));
        Assert.False(Directory.Exists(model.Folder["run"]));
    }

    [Fact]
    public void Task_AfterAForget_SaysThatTheRunBeginsAnew()
    {
        using var model = models.CopyPoints();
        Plan(model, 2, "--data", model.Folder.Write("data.csv", Points.Csv(Points.Draw(60, seed: 2))));
        Legonet.Run("task", "--run", model.Folder["run"], "--index", "1").Succeeds();
        Legonet.Run("forget", model.Path, "--subject", "s1", "--key", model.Key).Succeeds();

        Assert.Contains("begins anew", Legonet.Refuses(7, "task", "--run", model.Folder["run"], "--index", "0"), StringComparison.Ordinal);

        Assert.Contains("task 0", Legonet.Refuses(7, "finish", "--run", model.Folder["run"]), StringComparison.Ordinal);
        Legonet.Run("task", "--run", model.Folder["run"], "--index", "0").Succeeds();
        Legonet.Run("task", "--run", model.Folder["run"], "--index", "1").Succeeds();
        Legonet.Run("finish", "--run", model.Folder["run"]).Succeeds();
        Assert.Equal(Score(model.Folder, model.Path, "--data", model.Folder["data.csv"]), File.ReadAllText(model.Folder["tasks.csv"]));
    }

    [Fact]
    public void Task_OfDataThatChangedOrWent_IsRefused()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("data.csv", Points.Csv(Points.Draw(30, seed: 2)));
        Plan(model, 2, "--data", data);
        File.WriteAllText(data, Points.Csv(Points.Draw(30, seed: 5)));
        Assert.Contains("part 1", Legonet.Refuses(3, "task", "--run", model.Folder["run"], "--index", "1"), StringComparison.Ordinal);
        File.Delete(data);
        Assert.Contains("data.csv", Legonet.Refuses(3, "task", "--run", model.Folder["run"], "--index", "0"), StringComparison.Ordinal);
        Assert.Contains("has no task 2", Legonet.Refuses(3, "task", "--run", model.Folder["run"], "--index", "2"), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OverWhatMustStay_IsRefusedAndLeavesNoRun()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("data.csv", Points.Csv(Points.Draw(10, seed: 2)));
        var layout = model.Folder.Write("layout.json", Points.Spec(data: "other.csv"));
        var notes = model.Folder.Write("notes.csv", "my,notes\n");
        foreach (var (output, named, force) in (IEnumerable<(string, string, bool)>)
        [
            (notes, "--force", false),
            (data, "data.csv", true),
            (layout, "layout.json", true),
            (model.Key, "belongs to the model", true),
            (Path.Combine(model.Path, "scores.csv"), "model", true),
            (model.Folder["nowhere/scores.csv"], "nowhere", false),
        ])
        {
            string[] command = ["plan", "score", model.Path, "--data", data, "--spec", layout, "--out", output, "--run", model.Folder["run"]];
            Assert.Contains(named, model.Refuses(3, force ? [.. command, "--force"] : command), StringComparison.Ordinal);
            Assert.False(Directory.Exists(model.Folder["run"]));
        }

        Assert.Equal("my,notes\n", File.ReadAllText(notes));
        Legonet.Run("plan", "score", model.Path, "--data", data, "--out", notes, "--run", model.Folder["run"], "--force").Succeeds();
        Legonet.Run("work", "--run", model.Folder["run"], "--workers", "1").Succeeds();
        Assert.StartsWith("subject,id,class", File.ReadAllText(notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Coordinates + "\n", "has no rows")]
    [InlineData(Coordinates + "\n0,0,0,0,0,0,0,0\n0,0,0,0,0,0,0,-inf\n", "line 3")]
    [InlineData(null, "no such file")]
    public void Plan_OfBadData_IsRefusedAndLeavesNoRun(string? csv, string named)
    {
        using var model = models.CopyPoints();
        var data = csv is null ? model.Folder["missing.csv"] : model.Folder.Write("data.csv", csv);
        var refused = model.Refuses(3, "plan", "score", model.Path, "--data", data, "--out", model.Folder["tasks.csv"], "--run", model.Folder["run"]);
        Assert.Contains(named, refused, StringComparison.Ordinal);
        Assert.False(Directory.Exists(model.Folder["run"]));
    }

    [Fact]
    public void Plan_IntoTheRunDirectoryOrADevice_IsRefused()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("data.csv", Points.Csv(Points.Draw(10, seed: 2)));
        var run = Directory.CreateDirectory(model.Folder["run"]).FullName;
        string Refused(string output) => model.Refuses(3, "plan", "score", model.Path, "--data", data, "--out", output, "--run", run);
        Assert.Contains("lies in the run directory", Refused(Path.Combine(run, "scores.csv")), StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains("pipe or a device", Refused("/dev/null"), StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(run));
    }

    [Fact]
    public void Finish_OverAFileThatCameMeanwhile_IsRefusedAndCanBeTriedAgain()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("data.csv", Points.Csv(Points.Draw(10, seed: 2)));
        Plan(model, 2, "--data", data);
        Legonet.Run("work", "--run", model.Folder["run"], "--workers", "1", "--tasks-only").Succeeds();
        var output = model.Folder.Write("tasks.csv", "my,notes\n");

        var refused = Legonet.Refuses(3, "finish", "--run", model.Folder["run"]);

        Assert.Contains("move it away", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("--force", refused, StringComparison.Ordinal);
        Assert.Equal("my,notes\n", File.ReadAllText(output));
        File.Delete(output);
        Legonet.Run("finish", "--run", model.Folder["run"]).Succeeds();
        Assert.Equal(Score(model.Folder, model.Path, "--data", data), File.ReadAllText(output));
    }

    [Fact]
    public void Score_OverItsOwnSpec_IsRefused()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("data.csv", Points.Csv(Points.Draw(10, seed: 2)));
        var layout = model.Folder.Write("layout.json", Points.Spec(data: "other.csv"));
        Assert.Contains(
            "layout.json",
            model.Refuses(3, "score", model.Path, "--data", data, "--spec", layout, "--out", layout, "--force"),
            StringComparison.Ordinal);
    }

    private static void AssertWorks(TestModel model, params string[] data)
    {
        var expected = Score(model.Folder, model.Path, data);
        foreach (var tasks in (ReadOnlySpan<int>)[1, 3])
        {
            Plan(model, tasks, data);
            Legonet.Run("work", "--run", model.Folder["run"], "--workers", "1").Succeeds();
            Assert.Equal(expected, File.ReadAllText(model.Folder["tasks.csv"]));
        }
    }

    private static void Plan(TestModel model, int tasks, params string[] data) => Legonet.Run(
        ["plan", "score", model.Path, .. data, "--out", model.Folder["tasks.csv"], "--tasks", Text(tasks), "--run", model.Folder["run"]]).Succeeds();

    /// <summary>What `legonet score` writes.</summary>
    private static string Score(TempFolder folder, string model, params string[] data)
    {
        Legonet.Run(["score", model, .. data, "--out", folder["score.csv"]]).Succeeds();
        return File.ReadAllText(folder["score.csv"]);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
