using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

/// <summary>worker, and work with --store: what they say and how they end.</summary>
public sealed class StoreCommandTests(StoreServer store) : IDisposable
{
    // Nobody answers there: the port for messages that are to be thrown away.
    private const string Nowhere = "postgres://ann:hunter2@127.0.0.1:9/runs";

    private readonly TempFolder _folder = new();

    private string Run => _folder["runs/run"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Commands_WithoutAnAddress_SayHowToNameOne()
    {
        var child = new ChildOptions { Environment = new Dictionary<string, string> { ["LEGONET_STORE"] = "" } };
        Assert.Equal(
            "Name the store with --store, or in the environment variable LEGONET_STORE.",
            Legonet.RunChild(child, "worker", "--runs", _folder.Path, "--json").Fails(3));
        Assert.Equal(
            "Say after --store where the store is, or in the environment variable LEGONET_STORE.",
            Legonet.RunChild(child, "work", "--run", Run, "--store", "--json").Fails(3));
    }

    [Fact]
    public void Commands_WithABadAddress_SayTheFormsAndNoPassword()
    {
        foreach (var args in (string[][])[["worker", "--runs", _folder.Path], ["work", "--run", Run]])
        {
            var message = Legonet.Refuses(3, [.. args, "--store", "mysql://ann:hunter2@db.example/runs"]);
            Assert.Contains("postgres://USER:PASSWORD@HOST:PORT/DATABASE", message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Commands_OnAStoreThatDoesNotAnswer_NameItWithoutItsPassword()
    {
        Plan();
        foreach (var args in (string[][])[["worker", "--runs", _folder.Path], ["work", "--run", Run]])
        {
            var message = Legonet.Refuses(3, [.. args, "--store", Nowhere]);
            Assert.StartsWith("ann@127.0.0.1:9/runs: the store cannot be used (", message, StringComparison.Ordinal);
            Assert.EndsWith("; see that PostgreSQL runs there and lets this user in.", message, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Commands_OnAFolderThatIsNotThere_NameIt()
    {
        Assert.Equal(
            $"{Run}: there is no such folder; name the one that holds the run directories, as this machine sees it.",
            Legonet.Refuses(3, "worker", "--runs", Run, "--store", Nowhere));
        Assert.StartsWith($"{Run}: no such run", Legonet.Refuses(3, "work", "--run", Run, "--store", Nowhere), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Must be one of:", "worker", "--runs", "runs", "--encode", "maybe")]
    [InlineData("--runs", "worker")]
    [InlineData("--tasks", "worker", "--runs", "runs", "--tasks", "0")]
    [InlineData("--threads", "worker", "--runs", "runs", "--threads", "many")]
    [InlineData("leave out --workers", "work", "--run", "run", "--store", Nowhere, "--workers", "2")]
    [InlineData("leave out --tasks-only", "work", "--run", "run", "--store", Nowhere, "--tasks-only")]
    public void Commands_MissingOrBadArguments_SayWhich(string named, params string[] args)
    {
        var run = Legonet.Run(args);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WorkAndWorkerUntilIdle_InWords_SayWhatTheyDoAndEnd()
    {
        using var at = new ToolStore(store.Postgres, _folder["runs"]);
        Plan();
        using var work = at.StartSubmission(Run);
        at.Until(() => work.Error.Contains("encode: 0 of 2", StringComparison.Ordinal), "the run is submitted");

        var worker = at.Work("--until-idle");
        Assert.True(work.WaitForEnd(TimeSpan.FromMinutes(2)), work.Said);
        Assert.True(worker.WaitForEnd(TimeSpan.FromMinutes(2)), worker.Said);

        Assert.Equal(0, work.ExitCode);
        Assert.Matches($@"\AFinished {_folder["model"]}: 300 records, 12 adapters, [0-9.]+ s\.\r?\nroot [0-9a-f]{{64}}\r?\n\z", work.Output);
        Assert.Equal(0, worker.ExitCode);
        Assert.Matches(@"\AWorked for [0-9]+ s\.\r?\n\z", worker.Output);
        var said = worker.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches($@"\AWorker [^ ]+: waits for tasks of runs below {_folder["runs"]}; store [^ ]+@127\.0\.0\.1:[0-9]+/[^ ]+\.\z", said[0]);
        Assert.Matches(@"\AWorker [^ ]+: ended\.\z", said[^1]);
        Assert.Equal(
            ["task 0 (encode)", "task 1 (encode)", "task 2 (records)", "task 3 (records)", "task 4 (solve)", "task 5 (solve)"],
            said[1..^1].Select(line => Assert.Single(line.Split(", ")[1..], p => p.Contains(": done after ", StringComparison.Ordinal)).Split(':')[0])
                .Order(StringComparer.Ordinal));
        at.AssertEmpty();
    }

    private void Plan()
    {
        _folder.Write("points.csv", Points.Csv(Points.Draw(300)));
        Directory.CreateDirectory(_folder["runs"]);
        Legonet.Run("plan", "train", _folder.Write("spec.json", Points.Spec()), "--out", _folder["model"], "--run", Run, "--tasks", "2").Succeeds();
    }
}
