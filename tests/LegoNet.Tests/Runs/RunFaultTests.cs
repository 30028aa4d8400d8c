using System.IO.Compression;
using LegoNet.Records;
using LegoNet.Runs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Runs;

/// <summary>Runs whose disk fails, whose processes die, and whose files are lost or altered.</summary>
public sealed class RunFaultTests : IDisposable
{
    // As many as there have to be for sums that are collected by tasks of their own.
    private const int Records = 70;
    private readonly RunCase _case = new(RunCase.Records(Records, dimension: 1), dimension: 1, adapters: 2);

    public RunFaultTests() => _case.Train();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _case.Dispose();

    [Theory]
    [InlineData((int)FaultyFiles.Fault.Before, true)]
    [InlineData((int)FaultyFiles.Fault.Before, false)]
    [InlineData((int)FaultyFiles.Fault.Half, true)]
    [InlineData((int)FaultyFiles.Fault.Half, false)]
    [InlineData((int)FaultyFiles.Fault.After, true)]
    [InlineData((int)FaultyFiles.Fault.After, false)]
    public void Task_FailsAtAnyOperation_IsDoneTheNextTime(int fault, bool dies)
    {
        var planned = PlanFew();
        var failures = 0;
        foreach (var task in Enumerable.Range(0, planned.Stages.Sum(s => s.Count)))
        {
            Tree.Copy(_case.Run, _case["before"]);
            Assert.Equal(TaskOutcome.Done, _case.Open().RunTask(task, cancellationToken: Stop));
            var expected = Made(_case.Run);
            for (var at = 0; ; at++)
            {
                Tree.Copy(_case["before"], _case.Run);
                var files = new FaultyFiles { FailAt = at, Kind = (FaultyFiles.Fault)fault, Dies = dies };
                var failure = Record.Exception(() => _case.Open(files).RunTask(task, cancellationToken: Stop));
                if (!files.Failed)
                {
                    Assert.Null(failure);
                    break;
                }

                failures++;
                Assert.True(failure is null or IOException, failure?.ToString());
                Assert.True(_case.Open().RunTask(task, cancellationToken: Stop) is TaskOutcome.Done or TaskOutcome.DoneBefore);
                Assert.Equal(expected, Made(_case.Run));
            }
        }

        Assert.True(failures > 30, $"only {failures} failures");
        _case.Complete();
        _case.AssertSame(copied: true);
    }

    [Theory]
    [InlineData((int)FaultyFiles.Fault.Before, true)]
    [InlineData((int)FaultyFiles.Fault.Before, false)]
    [InlineData((int)FaultyFiles.Fault.Half, true)]
    [InlineData((int)FaultyFiles.Fault.Half, false)]
    [InlineData((int)FaultyFiles.Fault.After, true)]
    [InlineData((int)FaultyFiles.Fault.After, false)]
    public void Finish_FailsAtAnyOperation_IsFinishedTheNextTime(int fault, bool dies)
    {
        PlanFew();
        RunWorker.Work(_case.Open(), cancellationToken: Stop);
        int before = 0, after = 0;
        _case.FailFinishAtAnyOperation((FaultyFiles.Fault)fault, dies, _ =>
        {
            if (dies)
            {
                _case.DoTasksAgain(mayMake: true);
            }

            if (Directory.Exists(_case.Model))
            {
                Tree.AssertSameModel(_case.Single, _case.Model); // The whole of it, or nothing.
                after++;
            }
            else
            {
                before++;
            }

            if (Record.Exception(() => _case.Open().Finish(cancellationToken: Stop)) is { } again)
            {
                // It was gone but for the directory's name.
                Assert.Contains("no such run", Assert.IsType<LegoNetException>(again).Message, StringComparison.Ordinal);
                if (Directory.Exists(_case.Run))
                {
                    Assert.Empty(Directory.EnumerateFileSystemEntries(_case.Run));
                    Directory.Delete(_case.Run);
                }
            }

            _case.AssertSame(copied: true);
        });
        _case.AssertSame(copied: true);
        Assert.True(before > 5 && after > 5, $"{before} before the model had its name, {after} after");
    }

    [Fact]
    public void Task_OnAFullDisk_IsDoneWhenThereIsRoom()
    {
        PlanFew();
        for (var room = 0; ; room += 3)
        {
            var files = new FullDiskFiles { FullAfter = room };
            if (Record.Exception(() => RunWorker.Work(_case.Open(files), cancellationToken: Stop)) is not { } failure)
            {
                break;
            }

            Assert.IsAssignableFrom<IOException>(failure);
        }

        var full = Assert.ThrowsAny<IOException>(() => _case.Open(new FullDiskFiles { FullAfter = 2 }).Finish(cancellationToken: Stop));
        Assert.Contains("nothing is lost", full.Message, StringComparison.Ordinal);
        _case.Complete();
        _case.AssertSame();
    }

    [Fact]
    public void Run_WithAnyFileLostOrAltered_MakesItAgain()
    {
        LoseEach(PlanFew(), _case, 30);
        using var rows = new RunCase(RunCase.Records(20), adapters: 3);
        rows.Train();
        var planned = rows.Plan(2, 150); // Rows of shards, in tasks of their own.
        Assert.Equal(4, planned.Stages.Count);
        LoseEach(planned, rows, 30);
    }

    [Fact]
    public void Run_WhoseFilesAreLostAgainAndAgain_SaysSo()
    {
        var planned = PlanFew();
        var run = _case.Open();
        var failure = Assert.Throws<LegoNetException>(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                run.RunTask(0, cancellationToken: Stop);
                Damage(Path.Combine(_case.Run, "done", "000000.json"), 1);
            }
        });
        Assert.Equal(LegoNetError.Damaged, failure.Error);
        Assert.Contains("look at the disk", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan.json", "is not as it was written")]
    [InlineData("spec.json", "a file of the plan is lost (spec.json")]
    [InlineData("model/spec.json", "a file of the plan is lost (spec.json")]
    [InlineData("model/keys.safetensors", "a file of the plan is lost (keys.safetensors")]
    public void Run_WithAFileOfThePlanAltered_IsRefused(string file, string message)
    {
        PlanFew();
        var path = Path.Combine(_case.Run, file);
        Assert.True(File.Exists(path), string.Join(' ', Directory.EnumerateFiles(_case.Run, "*", SearchOption.AllDirectories)));
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().LastIndexOf("auto"u8) is >= 0 and var device ? device : bytes.Length / 2] ^= 2;
        File.WriteAllBytes(path, bytes);
        var failure = Assert.Throws<LegoNetException>(_case.Complete);
        Assert.Equal(LegoNetError.Damaged, failure.Error);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Contains("plan it again", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfAnotherVersion_IsRefused()
    {
        PlanFew();
        var plan = Path.Combine(_case.Run, "plan.json");
        File.WriteAllText(plan, File.ReadAllText(plan).Replace(RunPlan.Version, "0.0.7", StringComparison.Ordinal));
        var failure = Assert.Throws<LegoNetException>(() => _case.Open());
        Assert.Equal(LegoNetError.BadInput, failure.Error);
        Assert.Contains("planned by LegoNet 0.0.7", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WhoseInputIsAnother_IsRefused()
    {
        PlanFew();
        _case.Rewrite(RunCase.Records(Records, dimension: 1, seed: 2), 1);
        AssertRefused("bring the data back");
        _case.Rewrite(RunCase.Records(Records - 1, dimension: 1), 1);
        AssertRefused("bring the data back");
        _case.Rewrite(RunCase.Records(Records, dimension: 1), 1);
        _case.Complete();
        _case.AssertSame();
    }

    [Fact]
    public void Run_WhoseInputIsGzippedMeanwhile_IsRefused()
    {
        PlanFew();
        var bytes = File.ReadAllBytes(_case["data.csv"]);
        using (var gzip = new GZipStream(File.Create(_case["data.csv"]), CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        var failure = Assert.Throws<LegoNetException>(() => _case.Open().RunTask(1, cancellationToken: Stop));
        Assert.Contains("(part 1) are not those that the run was planned with", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OfARunWithALineBreakInItsPath_IsRefused()
    {
        var failure = Assert.Throws<LegoNetException>(() => _case.Plan(run: _case["place/a\nshred"]));
        Assert.Contains("has a line break", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WhoseInputMovedInItsFile_IsRefusedAsAnother()
    {
        PlanFew();
        string[] lines = [.. RunCase.Records(Records, dimension: 1)];
        foreach (var moved in (string[])[lines[0] + "0", $"\"\n{lines[0].Replace(",r", "\",r", StringComparison.Ordinal)}"])
        {
            _case.Rewrite([moved, .. lines[1..]], 1);
            var failure = Assert.Throws<LegoNetException>(() => _case.Open().RunTask(1, cancellationToken: Stop));
            Assert.Contains("(part 1) are not those that the run was planned with", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Task_OfAPart_ReadsNothingElseOfATable()
    {
        PlanFew();
        var bytes = File.ReadAllBytes(_case["data.csv"]);
        var parts = ((TrainPlan)RunPlan.Parse(File.ReadAllBytes(Path.Combine(_case.Run, "plan.json")), "plan.json")).Parts;
        for (var part = 0; part < parts.Count; part++)
        {
            var hostile = new byte[bytes.Length];
            hostile.AsSpan().Fill((byte)'"');
            var (start, end) = ((int)parts[part].Start.Byte, part == parts.Count - 1 ? bytes.Length : (int)parts[part + 1].Start.Byte);
            bytes.AsSpan(0, (int)parts[0].Start.Byte).CopyTo(hostile); // The columns' names.
            bytes.AsSpan(start, end - start).CopyTo(hostile.AsSpan(start));
            File.WriteAllBytes(_case["data.csv"], hostile);
            Assert.Equal(TaskOutcome.Done, _case.Open().RunTask(part, cancellationToken: Stop));
        }

        File.WriteAllBytes(_case["data.csv"], bytes);
        _case.Complete();
        _case.AssertSame();
    }

    [Fact]
    public void Task_OfARecordThatDoesNotFit_NamesItsLine()
    {
        string[] lines = [.. RunCase.Records(Records, dimension: 1)];
        lines[3] = $"\"\n\n{lines[3].Replace(",r", "\",r", StringComparison.Ordinal)}";
        lines[^2] = lines[^2].Replace(",c", ",d", StringComparison.Ordinal);
        using var run = new RunCase(lines, dimension: 1);
        var expected = Assert.Throws<LegoNetException>(run.Train);
        Assert.Contains($"line {Records + 2}", expected.Message, StringComparison.Ordinal);
        run.Plan();
        Assert.Equal(expected.Message, Assert.Throws<LegoNetException>(() => run.Open().RunTask(1, cancellationToken: Stop)).Message);
    }

    [Fact]
    public void Run_WhoseKeyIsAnother_IsRefused()
    {
        PlanFew();
        _case.Open().RunTask(0, cancellationToken: Stop);
        File.Move(_case.Key, _case["kept"]);
        AssertRefused(_case.Key);
        TagKey.CreateRandom().Save(_case.Key);
        AssertRefused("holds another tag key");
        File.Move(_case["kept"], _case.Key, overwrite: true);
        _case.Complete();
        _case.AssertSame();
    }

    [Fact]
    public void Finish_WhereAnotherModelTookTheName_LeavesBothAsTheyAre()
    {
        PlanFew();
        RunWorker.Work(_case.Open(), cancellationToken: Stop);
        Tree.Copy(_case.Single, _case.Model);
        AssertRefused("exists already");
        Tree.AssertSameModel(_case.Single, _case.Model);
        Directory.Delete(_case.Model, recursive: true);
        _case.Complete();
        _case.AssertSame();
    }

    [Theory]
    [InlineData("place/run", "place/run/model")]
    [InlineData("place/model", "place/model")]
    [InlineData("place/model/run", "place/model")]
    [InlineData("place/model.partial", "place/model")]
    public void Plan_OfARunThatWouldTakeTheModelWithIt_IsRefused(string run, string model)
    {
        var failure = Assert.Throws<LegoNetException>(() => _case.Plan(run: _case[run], model: _case[model]));
        Assert.Contains("choose one beside the model", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_case["place"]));
    }

    [Fact]
    public void Plan_OfARunThatWouldTakeTheKeyWithIt_IsRefused()
    {
        var failure = Assert.Throws<LegoNetException>(() => _case.Plan(key: Path.Combine(_case.Run, "key")));
        Assert.Contains("choose one beside the model", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_case["place"]));
    }

    [Fact]
    public void Plan_WhereSomethingIs_IsRefused()
    {
        Directory.CreateDirectory(_case.Run);
        File.WriteAllText(Path.Combine(_case.Run, "mine"), "mine");
        Assert.Contains("exists already", Assert.Throws<LegoNetException>(() => _case.Plan()).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_case.Run, "mine")));
        File.Delete(Path.Combine(_case.Run, "mine"));
        PlanFew();
        Assert.Contains("is a run already", Assert.Throws<LegoNetException>(() => _case.Plan()).Message, StringComparison.Ordinal);
        _case.Complete();
        _case.AssertSame();
    }

    [Fact]
    public void Plan_OnAnotherFileSystem_IsRefused()
    {
        using var other = new TempFolder();
        Assert.SkipUnless(OperatingSystem.IsLinux() && _case["place"].StartsWith("/dev/shm", StringComparison.Ordinal), "needs two file systems");
        var failure = Assert.Throws<LegoNetException>(() => _case.Plan(run: other["run"]));
        Assert.Contains("has to be on the file system of its model", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(other.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_case["place"]));
    }

    [Fact]
    public void Worker_WithAWrongClock_MakesTheSame()
    {
        PlanFew();
        var years = 0;
        var stages = _case.Open().Stages;
        foreach (var task in Enumerable.Range(0, stages.Sum(s => s.Count)))
        {
            var clock = new ManualClock();
            clock.Advance(TimeSpan.FromDays(years++ * 37 % 200 * 365));
            TaskRuns.Open(_case.Run, new RunOptions { Clock = clock, Files = new UnflushedFiles() }).RunTask(task, cancellationToken: Stop);
        }

        _case.Complete();
        _case.AssertSame();
    }

    [Fact]
    public void Worker_OfARunThatSomebodyElseFinished_HasNothingLeftToDo()
    {
        PlanFew();
        var other = _case.Open();
        _case.Complete();
        RunWorker.Work(other, cancellationToken: Stop);
        Assert.Equal(_case.Model, other.Finish(cancellationToken: Stop).Output);
        _case.AssertSame();
    }

    [Fact]
    public void Finish_OfAForgetThatSomebodyPurged_DoesNotSayThatItIsDone()
    {
        Directory.CreateDirectory(_case["place"]);
        var planned = TaskRuns.PlanForget(_case.Run, _case.Single, [new ForgetTarget("s1")], options: new PlanOptions { TagKeyPath = _case.Key });
        var before = Tree.Read(_case.Single);
        var other = _case.Open();
        ((TaskRun)planned).Remove();
        RunWorker.Work(other, cancellationToken: Stop);
        var failure = Assert.Throws<LegoNetException>(() => other.Finish(cancellationToken: Stop));
        Assert.Contains("it was finished, or purged", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, Tree.Read(_case.Single));
        Assert.False(Directory.Exists(_case.Run));
    }

    private ITaskRun PlanFew()
    {
        var planned = _case.Plan();
        Assert.Equal([2, 2, 1, 2], planned.Stages.Select(s => s.Count));
        return planned;
    }

    private void AssertRefused(string message)
    {
        var failure = Assert.Throws<LegoNetException>(_case.Complete);
        Assert.Equal(LegoNetError.BadInput, failure.Error);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Does a run once for each of its files, stage by stage, with that file lost, cut or altered.</summary>
    internal static void LoseEach(ITaskRun planned, RunCase run, int least)
    {
        var done = 0;
        foreach (var stage in planned.Stages)
        {
            for (var task = stage.First; task < stage.First + stage.Count; task++)
            {
                run.Open().RunTask(task, cancellationToken: Stop);
            }

            Tree.Copy(run["place"], run["before"]);
            var files = Directory.EnumerateFiles(run.Run, "*", SearchOption.AllDirectories)
                .Where(IsMadeByTasks).Order(StringComparer.Ordinal).GroupBy(Path.GetDirectoryName);
            foreach (var file in files.SelectMany(Some).ToArray())
            {
                // A third of them in each way.
                Damage(file, (done++ + file.Length) % 3);
                run.Complete();
                run.AssertSame(copied: true);
                Tree.Copy(run["before"], run["place"]);
            }
        }

        Assert.True(done > least, $"only {done} files");

        // Of each folder: the first, the last, and some between.
        static IEnumerable<string> Some(IEnumerable<string> files)
            => files.ToArray() is var all && all.Length <= 4 ? all : [all[0], all[all.Length / 3], all[all.Length / 2], all[^1]];

        bool IsMadeByTasks(string file) => Path.GetDirectoryName(file) != run.Run && Path.GetDirectoryName(file) != Path.Combine(run.Run, "model");
    }

    private static void Damage(string file, int how)
    {
        var bytes = File.ReadAllBytes(file);
        if (how == 0)
        {
            File.Delete(file);
            return;
        }

        if (how == 2 || bytes.Length == 0)
        {
            File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
            return;
        }

        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    // What is published; what an attempt left besides goes with the run.
    private static string[] Made(string run)
        => [.. Tree.Read(run).Where(e => !e.StartsWith("drafts/", StringComparison.Ordinal) && !e.StartsWith("claims/", StringComparison.Ordinal))];
}
