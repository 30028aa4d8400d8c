using System.Globalization;
using System.Text;
using LegoNet.Encoders;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Runs;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Runs;

/// <summary>Generated records in a file, their spec, the model that one machine trains of them, and runs that are to make the same.</summary>
internal sealed class RunCase : IDisposable
{
    private const int LabelSteps = 51;
    private const int Classes = 4;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly PipelineSpec _spec;
    private int _opened;

    /// <summary>Writes records and spec.</summary>
    /// <param name="lines">The records' lines.</param>
    /// <param name="task">What is learned.</param>
    /// <param name="adapter">The trainer.</param>
    /// <param name="dimension">Numbers of a line.</param>
    /// <param name="adapters">Adapters.</param>
    /// <param name="active">Adapters of a record.</param>
    public RunCase(
        IEnumerable<string> lines,
        LearningTask task = LearningTask.Multiclass,
        string adapter = """{"lambda":500,"trainer":"ridge"}""",
        int dimension = 4,
        int adapters = 5,
        int active = 2)
    {
        Rewrite(lines, dimension);
        var declared = task switch
        {
            LearningTask.Regression => """ "target": { "min": -5, "max": 20, "step": 0.5 }""",
            LearningTask.Binary => """ "classes": ["no", "yes"]""",
            _ => """ "classes": ["c0", "c1", "c2", "c3"]""",
        };
        _spec = PipelineSpec.Load(_folder.Write("spec.json", $$"""
            {
              "task": "{{task.ToString().ToLowerInvariant()}}", {{declared}},
              "source": { "type": "vectors", "path": "data.csv", "subject": "subject", "id": "id", "label": "label" },
              "encoder": { "type": "vector", "dimension": {{dimension}}, "min": -127, "max": 127 },
              "routing": { "adapters": {{adapters}}, "active": {{active}}, "keys": "gaussian" },
              "adapter": {{adapter}},
              "seed": 3
            }
            """));
    }

    public ListLogger<RunCase> Logger { get; } = new();

    /// <summary>The run directory.</summary>
    public string Run => _folder["place/run"];

    /// <summary>The model that a run makes.</summary>
    public string Model => _folder["place/model"];

    /// <summary>The model that one machine makes.</summary>
    public string Single => _folder["single/model"];

    public string Key => _folder["key"];

    public string this[string name] => _folder[name];

    /// <summary>Some records: a subject's number, an id, a label and a vector, all of them functions of a number.</summary>
    public static IEnumerable<string> Records(int count, LearningTask task = LearningTask.Multiclass, int dimension = 4, int subjects = 7, int seed = 1)
        => Enumerable.Range(0, count).Select(i => Line(new Random((seed * 1_000_003) + i), i, task, dimension, subjects));

    /// <summary>Puts other records into the file.</summary>
    public void Rewrite(IEnumerable<string> lines, int dimension = 4)
        => _folder.Write(
            "data.csv",
            new StringBuilder("subject,id,label").Append(string.Concat(Enumerable.Range(0, dimension).Select(i => $",x{i}"))).Append('\n')
                .AppendJoin('\n', lines).Append('\n').ToString());

    /// <summary>Trains as one machine does.</summary>
    /// <returns>What was said of repetitions; null for nothing.</returns>
    public string? Train()
    {
        using var setup = _spec.CreateEncoder();
        var logger = new ListLogger<RunCase>();
        Directory.CreateDirectory(_folder["single"]);
        var records = RecordEncoder.Encode(_spec.OpenSource(), setup.Encoder, 1, null, null, TestContext.Current.CancellationToken);
        var options = new ModelOptions { TagKeyPath = Key, Threads = 1, Logger = logger, Files = new UnflushedFiles() };
        LegoNetModel.Train(Single, _spec.Freeze(setup), records, options).Dispose();
        return Repetitions(logger);
    }

    /// <summary>What was said of repetitions; null for nothing.</summary>
    public static string? Repetitions(ListLogger<RunCase> logger)
        => logger.Entries.Select(e => e.Message).SingleOrDefault(m => m.Contains("repeat another one", StringComparison.Ordinal));

    /// <summary>Plans a run, with as little memory as one likes.</summary>
    public ITaskRun Plan(int? tasks = 2, long memory = 1L << 30, string? run = null, string? model = null, string? key = null)
    {
        Directory.CreateDirectory(_folder["place"]);
        using var setup = _spec.CreateEncoder();
        var options = new PlanOptions { IsTrial = true, Tasks = tasks, Memory = memory, TagKeyPath = key ?? Key };
        return TaskRuns.PlanTraining(run ?? Run, _spec, setup, model ?? Model, options, cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>Opens the run as a process of its own would; each has another number of threads than the one before.</summary>
    public ITaskRun Open(IFileLayer? files = null)
    {
        var threads = 1 + (Interlocked.Increment(ref _opened) % 3);
        return TaskRuns.Open(Run, new RunOptions { Threads = threads, Logger = Logger, Files = files ?? new UnflushedFiles() });
    }

    /// <summary>Does what is left, and finishes; and again where something was lost.</summary>
    public void Complete()
    {
        while (true)
        {
            var run = Open();
            RunWorker.Work(run, cancellationToken: TestContext.Current.CancellationToken);
            try
            {
                run.Finish(cancellationToken: TestContext.Current.CancellationToken);
                return;
            }
            catch (LegoNetException e) when (e.Reason == LegoNetReason.Busy)
            {
            }
        }
    }

    /// <summary>Finishes a run whose tasks are done, again and again from where it is now, each time with another file operation that fails.</summary>
    /// <param name="fault">How it fails.</param>
    /// <param name="dies">Whether everything behind it fails too, as when the process is killed.</param>
    /// <param name="failed">Called after each finish in which an operation failed, with what it threw. The last finish, in which none did, is left.</param>
    public void FailFinishAtAnyOperation(FaultyFiles.Fault fault, bool dies, Action<Exception?> failed)
    {
        Tree.Copy(_folder["place"], _folder["before"]);
        for (var at = 0; ; at++)
        {
            Tree.Copy(_folder["before"], _folder["place"]);
            var files = new FaultyFiles { FailAt = at, Kind = fault, Dies = dies };
            var failure = Record.Exception(() => Open(files).Finish(cancellationToken: TestContext.Current.CancellationToken));
            if (!files.Failed)
            {
                Assert.Null(failure);
                return;
            }

            Assert.True(failure is null or IOException, failure?.ToString());
            failed(failure);
        }
    }

    /// <summary>Asks for each task again, as a scheduler does whose script is started again; all of them were done.</summary>
    /// <param name="mayMake">Whether one may make again what a finish has set aside.</param>
    public void DoTasksAgain(bool mayMake = false)
    {
        try
        {
            var run = Open();
            foreach (var task in Enumerable.Range(0, run.Stages[^1].First + run.Stages[^1].Count))
            {
                // Busy where the run is just being removed.
                var outcome = run.RunTask(task, cancellationToken: TestContext.Current.CancellationToken);
                Assert.True(outcome is TaskOutcome.DoneBefore or TaskOutcome.Busy || (mayMake && outcome == TaskOutcome.Done), $"task {task}: {outcome}");
            }
        }
        catch (LegoNetException e)
        {
            Assert.Matches("no such run|the run is gone", e.Message);
        }
    }

    /// <summary>Asserts that the run made the model of one machine, and left nothing else.</summary>
    /// <param name="copied">Whether the run directory was copied on the way, by which permissions and times are others.</param>
    public void AssertSame(bool copied = false)
    {
        Tree.AssertSameModel(Single, Model);
        if (!copied)
        {
            Assert.Equal(Looks(Single), Looks(Model));
        }

        Assert.Equal(Entries("single"), Entries("place"));
    }

    public void Dispose() => _folder.Dispose();

    private string[] Entries(string folder)
        => [.. Directory.EnumerateFileSystemEntries(_folder[folder]).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal)];

    // Permissions, and the times that are said of all files.
    private static string[] Looks(string model) => [.. Directory.EnumerateFileSystemEntries(model, "*", SearchOption.AllDirectories)
        .Where(e => !e.Contains("/ledger/", StringComparison.Ordinal))
        .Select(e => $"{Path.GetRelativePath(model, e)} {(OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(e))} "
            + (File.Exists(e) && File.GetLastWriteTimeUtc(e).Year == 2000))
        .Order(StringComparer.Ordinal)];

    private static string Line(Random random, int number, LearningTask task, int dimension, int subjects)
    {
        var label = task switch
        {
            LearningTask.Regression => ((random.Next(LabelSteps) / 2.0) - 5).ToString("R", CultureInfo.InvariantCulture),
            LearningTask.Binary => random.Next(2) == 0 ? "no" : "yes",
            LearningTask.Multilabel => string.Join('|', Enumerable.Range(0, Classes).Where(_ => random.Next(3) == 0).DefaultIfEmpty(0).Select(c => $"c{c}")),
            _ => $"c{random.Next(Classes)}",
        };
        var values = Enumerable.Range(0, dimension).Select(_ => random.Next(-127, 128));
        return string.Create(CultureInfo.InvariantCulture, $"s{random.Next(subjects)},r{number},{label},{string.Join(',', values)}");
    }
}
