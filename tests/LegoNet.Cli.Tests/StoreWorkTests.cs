using System.Diagnostics;
using System.Reflection;
using System.Text;
using LegoNet.Cli.Tests.Support;
using LegoNet.Runs;

namespace LegoNet.Cli.Tests;

/// <summary>Runs by `legonet worker` processes: of each kind, under changes of the model, by workers that are odd, and on a disk that is full.</summary>
public sealed class StoreWorkTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    private readonly TrainedModels _models;
    private readonly TempFolder _folder = new();
    private readonly ToolStore _store;

    public StoreWorkTests(TrainedModels models, StoreServer server)
    {
        _models = models;
        _store = new ToolStore(server.Postgres, _folder["runs"]);
    }

    private string Run => _folder["runs/run"];

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forget_ByWorkers_EqualsForget(bool changedMeanwhile)
    {
        using var model = _models.CopyPoints();
        using var single = _models.CopyPoints();
        var file = _folder.Write("who.txt", "s1\ns7\ns9\n");
        Legonet.Run("plan", "forget", model.Path, "--file", file, "--key", model.Key, "--run", Run, "--tasks", "3").Succeeds();
        string[] receipt = ["--receipt", _folder["receipt.json"]];

        var said = Work(changedMeanwhile ? () => Legonet.Run("forget", model.Path, "--subject", "s2", "--key", model.Key).Succeeds() : null, receipt);

        if (changedMeanwhile)
        {
            Legonet.Run("forget", single.Path, "--subject", "s2", "--key", single.Key).Succeeds();
        }

        var forgot = Legonet.Run("forget", single.Path, "--file", file, "--key", single.Key, "--json").Succeeds().Json;
        Assert.Contains($"Forgot {forgot["records"]} records", said, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["receipt.json"]));
        Tree.AssertSameModel(single.Path, model.Path);
    }

    [Fact]
    public void Score_ByWorkersWhileSomebodyIsForgotten_IsThatOfTheNewState()
    {
        using var model = _models.CopyPoints();
        var data = _folder.Write("data.csv", Points.Csv(Points.Draw(200, seed: 2)));
        var output = _folder["by-workers.csv"];
        Legonet.Run("score", model.Path, "--data", data, "--out", _folder["before.csv"]).Succeeds();
        Legonet.Run("plan", "score", model.Path, "--data", data, "--out", output, "--run", Run, "--tasks", "4").Succeeds();

        var said = Work(() => Legonet.Run("forget", model.Path, "--subject", "s2", "--key", model.Key).Succeeds());

        Legonet.Run("score", model.Path, "--data", data, "--out", _folder["after.csv"]).Succeeds();
        Assert.Equal(File.ReadAllText(_folder["after.csv"]), File.ReadAllText(output));
        Assert.NotEqual(File.ReadAllText(_folder["before.csv"]), File.ReadAllText(output));
        Assert.Contains("Scored 200 records", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ByAWorkerWithOtherVectorsAfterOneOfAnotherVersion_EqualsTrain()
    {
        var (spec, key) = Train();
        Legonet.Run("plan", "train", spec, "--out", _folder["model"], "--key", key, "--run", Run, "--tasks", "3").Succeeds();
        Legonet.Run("task", "--run", Run, "--index", "1").Succeeds(); // By this process, with all its vectors.
        using var submission = _store.StartSubmission(Run);

        var other = _store.Work(new ChildOptions { Program = AnotherVersion() });
        _store.Until(() => other.Said.Contains("left to other workers", StringComparison.Ordinal), "the task is refused");
        other.Stop();
        var narrow = _store.Work(new ChildOptions { Environment = new Dictionary<string, string> { ["DOTNET_EnableAVX2"] = "0" } });
        Assert.True(submission.WaitForEnd(s_limit), submission.Said);

        Assert.Contains($"the run was planned by LegoNet {Version}, and this is {Other}; ", other.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(": done after", other.Said, StringComparison.Ordinal);
        Assert.Contains(": done after", narrow.Said, StringComparison.Ordinal);
        Assert.Equal(0, submission.ExitCode);
        Tree.AssertSameModel(_folder["single"], _folder["model"]);
        _store.AssertEmpty();
    }

    [Fact]
    public void Train_OnADiskThatIsFullForAWhile_EqualsTrain()
    {
        using var disk = new SmallDisk(_folder["runs"], megabytes: 8);
        var (spec, key) = Train();
        Legonet.Run("plan", "train", spec, "--out", _folder["runs/model"], "--key", key, "--run", Run, "--tasks", "3").Succeeds();
        disk.Fill();
        using var submission = _store.StartSubmission(Run);

        var worker = _store.Work();
        _store.Until(() => worker.Said.Contains("because the disk was full", StringComparison.Ordinal), "a task has failed");
        Assert.False(submission.HasEnded, submission.Said);
        disk.MakeRoom();
        Assert.True(submission.WaitForEnd(s_limit), submission.Said);

        Assert.Equal(0, submission.ExitCode);
        Tree.AssertSameModel(_folder["single"], _folder["runs/model"]);
        Assert.False(Directory.Exists(Run));
        Assert.Contains("because the disk was full; tried again after 5 s.", worker.Said, StringComparison.Ordinal);
        worker.Stop();
        Assert.Equal(0, _store.Jobs);
    }

    private static string Version { get; }
        = typeof(TaskRuns).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    // Of the same length, so that it can be written over the other.
    private static string Other => Version[..^1] + (Version[^1] == '7' ? '8' : '7');

    // Submits a run of which a task is done, changes something, and has a worker do it.
    private string Work(Action? change, params string[] more)
    {
        Legonet.Run("task", "--run", Run, "--index", "0").Succeeds();
        using var submission = _store.StartSubmission(Run, more);
        _store.Until(() => submission.Said.Contains(" of ", StringComparison.Ordinal), "the run is submitted");
        change?.Invoke();
        _store.Work();
        Assert.True(submission.WaitForEnd(s_limit), submission.Said);
        Assert.True(submission.ExitCode == 0, submission.Said);
        _store.AssertEmpty();
        return submission.Output;
    }

    private (string Spec, string Key) Train()
    {
        _folder.Write("points.csv", Points.Csv(Points.Draw(1500)));
        var (spec, key) = (_folder.Write("spec.json", Points.Spec()), _folder["one.key"]);
        Legonet.Run("train", spec, "--out", _folder["single"], "--key", key).Succeeds();
        return (spec, key);
    }

    // This build's tool, whose LegoNet.dll says that it is another version.
    private IReadOnlyList<string> AnotherVersion()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(AppContext.BaseDirectory).Where(e => Path.GetFileName(e) != "LegoNet.Cli.dll"))
        {
            var copy = _folder[Path.Combine("other", Path.GetFileName(entry))];
            Directory.CreateDirectory(_folder["other"]);
            File.CreateSymbolicLink(copy, entry);
        }

        // Of a program that is a link the host takes the folder that it leads to.
        File.Copy(Path.Combine(AppContext.BaseDirectory, "LegoNet.Cli.dll"), _folder["other/LegoNet.Cli.dll"]);
        var library = File.ReadAllBytes(_folder["other/LegoNet.dll"]);
        var at = library.AsSpan().IndexOf(Attribute(Version));
        Assert.True(at > 0);
        Attribute(Other).CopyTo(library, at);
        File.Delete(_folder["other/LegoNet.dll"]);
        File.WriteAllBytes(_folder["other/LegoNet.dll"], library);
        return [Legonet.Command[0], _folder["other/LegoNet.Cli.dll"]];

        // As the compiler writes it: its length, the text, and that no named arguments follow.
        static byte[] Attribute(string version) => [checked((byte)version.Length), .. Encoding.UTF8.GetBytes(version), 0, 0];
    }

    /// <summary>A file system of its own in memory, small and soon full.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _path;

        public SmallDisk(string path, int megabytes)
        {
            _path = path;
            Assert.SkipUnless(OperatingSystem.IsLinux(), "A disk in memory is mounted as Linux does it.");
            var status = Call("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "legonet-test", path);
            Assert.SkipWhen(status != 0, "Nothing may be mounted here; root may, outside of containers.");
        }

        /// <summary>Takes all room that is left.</summary>
        public void Fill()
        {
            // Files are in pages there, and half a page is no room for another file.
            using var ballast = new FileStream(Path.Combine(_path, "ballast"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            var page = new byte[Environment.SystemPageSize];
            while (Record.Exception(() => ballast.Write(page)) is not IOException)
            {
            }
        }

        public void MakeRoom() => File.Delete(Path.Combine(_path, "ballast"));

        public void Dispose() => Call("umount", "--lazy", _path);

        private static int Call(string program, params string[] arguments)
        {
            using var process = new BackgroundProcess(new ProcessStartInfo(program, arguments));
            Assert.True(process.WaitForEnd(s_limit));
            return process.ExitCode;
        }
    }
}
