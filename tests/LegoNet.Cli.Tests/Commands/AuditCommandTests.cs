using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class AuditCommandTests
{
    private const int Dimension = 64;
    private const string Subjects = "s0\ns1\ns2\ns3\ns4\n";

    [Fact]
    public void Audit_RecordsThatWereNotForgotten_FailsAndAfterForgettingSucceeds()
    {
        using var folder = new TempFolder();
        var (model, spec) = Train(folder);
        var file = folder.Write("forgotten.txt", Subjects);
        var before = Tree.Read(model);

        var run = Legonet.Run("audit", model, "--forgotten", file, "--data", spec, "--shadow-models", "24", "--json");
        Assert.Equal(4, run.ExitCode);
        Assert.Equal(before, Tree.Read(model));
        Assert.Equal("traces", (string)run.Json["verdict"]!);
        Assert.InRange((double)run.Json["named"]!["p"]!, 0, 1e-5);
        Assert.InRange((double)run.Json["control"]!["p"]!, 0, 1e-3);
        Assert.Equal((long)run.Json["named"]!["records"]!, (long)run.Json["stillStored"]!);
        Assert.StartsWith("s", (string)run.Json["standOut"]![0]!["subject"]!, StringComparison.Ordinal);

        Legonet.Run("forget", model, "--file", file).Succeeds();
        var after = Legonet.Run("audit", model, "--forgotten", file, "--data", spec, "--shadow-models", "24", "--json").Succeeds().Json;
        Assert.Equal("none", (string)after["verdict"]!);
        Assert.InRange((double)after["named"]!["p"]!, 0.001, 1);
        Assert.Equal(0, (long)after["stillStored"]!);
        var text = Legonet.Run("audit", model, "--forgotten", file, "--data", spec, "--shadow-models", "24").Succeeds().Output;
        Assert.StartsWith("No trace found: ", text, StringComparison.Ordinal);
        Assert.Contains("cannot prove that nothing is there", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Audit_ModelThatKeepsWhatItsStoreForgot_IsCaughtByTheAttackAlone()
    {
        using var folder = new TempFolder();
        var (model, spec) = Train(folder);
        var file = folder.Write("forgotten.txt", Subjects);

        // Under other names nothing is stored of these, as after a forgetting that left the adapters as they were.
        Legonet.Run("train", Renamed(folder), "--out", folder["renamed"]).Succeeds();
        var run = Legonet.Run("audit", folder["renamed"], "--forgotten", file, "--data", spec, "--shadow-models", "24", "--json");
        Assert.Equal(4, run.ExitCode);
        Assert.Equal(0, (long)run.Json["stillStored"]!);
        Assert.InRange((double)run.Json["named"]!["p"]!, 0, 1e-5);

        var text = Legonet.Run("audit", model, "--forgotten", file, "--data", spec, "--shadow-models", "24").Output;
        Assert.StartsWith("Not forgotten: ", text, StringComparison.Ordinal);
        Assert.Contains("Traces found: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Audit_OneRecord_SaysThatTheAttackIsTooWeak()
    {
        using var folder = new TempFolder();
        var (model, spec) = Train(folder);
        var file = folder.Write("forgotten.txt", "s0\n");
        Legonet.Run("forget", model, "--file", file).Succeeds();
        var id = File.ReadLines(folder["train.csv"]).First(l => l.StartsWith("s0,", StringComparison.Ordinal)).Split(',')[1];
        var one = folder.Write("one.txt", $"s0\t{id}\n");
        var run = Legonet.Run("audit", model, "--forgotten", one, "--data", spec, "--unseen", folder["test.csv"], "--shadow-models", "16").Succeeds();
        Assert.Contains("could hardly have found one in 1 record", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Audit_BadInput_IsAnsweredWithOneSentence()
    {
        using var folder = new TempFolder();
        var (model, spec) = Train(folder);
        var file = folder.Write("forgotten.txt", Subjects);
        Refused("subjects are s1", "--forgotten", folder.Write("wrong.txt", "S1\n"), "--data", spec);
        Refused("ids of this subject are", "--forgotten", folder.Write("wrong.txt", "s1\tno\n"), "--data", spec);
        Refused("names nobody", "--forgotten", folder.Write("wrong.txt", "\n"), "--data", spec);
        Refused("has no test part", "--forgotten", file, "--data", folder["train.csv"]);
        Refused("are training records too", "--forgotten", file, "--data", spec, "--unseen", folder["train.csv"]);
        Refused("at least 5", "--forgotten", file, "--data", spec, "--unseen", folder.Write("few.csv", Points.Csv(Draw(3, seed: 9))));
        Assert.Contains("--shadow-models must be a whole number from 16", Legonet.Refuses(
            2, "audit", model, "--forgotten", file, "--data", spec, "--shadow-models", "8"), StringComparison.Ordinal);

        void Refused(string why, params string[] args)
            => Assert.Contains(why, Legonet.Refuses(3, ["audit", model, .. args, "--shadow-models", "16"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("regression")]
    [InlineData("multilabel")]
    public void Audit_ModelWithoutSingleClasses_IsRefused(string task)
    {
        using var folder = new TempFolder();
        var model = Points.Train(folder, "other", Points.Draw(60, task), task);
        var file = folder.Write("forgotten.txt", "s1\n");
        Assert.Contains("an audit needs one of single classes", Legonet.Refuses(
            3, "audit", model, "--forgotten", file, "--data", folder["other.csv"], "--unseen", folder["other.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Audit_Interrupted_LeavesNothing()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Ctrl-C cannot be sent to another process there.");
        }

        using var folder = new TempFolder();
        var (model, spec) = Train(folder);
        var file = folder.Write("forgotten.txt", Subjects);
        var temporary = Directory.CreateDirectory(folder["temporary"]).FullName;
        var options = new ChildOptions
        {
            InterruptAt = "training shadow models",
            Environment = new Dictionary<string, string> { ["TMPDIR"] = temporary },
        };

        var run = Legonet.RunChild(options, "audit", model, "--forgotten", file, "--data", spec, "--shadow-models", "1000", "--json");

        Assert.Contains("Cancelled", run.Fails(130), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary, "legonet-*"));
    }

    // Half of the labels are wrong, so that a model which gets them right must have seen them.
    private static IEnumerable<Point> Draw(int count, int seed)
    {
        var random = new Random(seed);
        return Points.Draw(count, seed: seed, dimension: Dimension)
            .Select(p => random.Next(2) == 0 ? p : p with { Label = Points.Classes[random.Next(Points.Classes.Length)] });
    }

    // An adapter has few rows for the numbers of a record, and a small λ: such models know their records well.
    private static (string Model, string Spec) Train(TempFolder folder)
    {
        folder.Write("train.csv", Points.Csv(Draw(400, seed: 1)));
        folder.Write("test.csv", Points.Csv(Draw(500, seed: 2)));
        var spec = Spec(folder, "train.csv");
        Legonet.Run("train", spec, "--out", folder["model"]).Succeeds();
        return (folder["model"], spec);
    }

    private static string Renamed(TempFolder folder)
    {
        folder.Write("renamed.csv", Points.Csv(Draw(400, seed: 1).Select(p => p with { Subject = $"other-{p.Subject}" })));
        return Spec(folder, "renamed.csv");
    }

    private static string Spec(TempFolder folder, string data) => folder.Write(
        Path.ChangeExtension(data, ".json"),
        Points.Spec(data: data, adapters: 4, active: 2, lambda: 10, dimension: Dimension).Replace(
            "\"encoder\":",
            "\"test\": { \"type\": \"vectors\", \"path\": \"test.csv\", \"subject\": \"subject\", \"id\": \"id\", \"label\": \"label\" }, \"encoder\":",
            StringComparison.Ordinal));
}
