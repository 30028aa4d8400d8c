using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LegoNet.Cluster.Stores;
using LegoNet.Runs;

namespace LegoNet.TestHost;

/// <summary>
/// A run whose tasks make empty files. Files in its folder "faults" say what goes wrong: "bad SENTENCE", "io" (for as long as the file is there), "hang"
/// (likewise) or "die". Each try leaves a file in "tries", and the finish one beside the run directory.
/// </summary>
internal sealed class FileRun : ITaskRun
{
    private readonly int _milliseconds;

    private FileRun(string path, byte[] plan)
    {
        (Path, Digest) = (path, Convert.ToHexStringLower(SHA256.HashData(plan)));
        var text = JsonSerializer.Deserialize<Plan>(plan)!;
        _milliseconds = text.Milliseconds;
        var first = 0;
        List<RunStage> stages = [];
        foreach (var (name, count) in text.Stages)
        {
            stages.Add(new RunStage(name, first, count, name == "encode"));
            first += count;
        }

        Stages = stages;
    }

    /// <summary>Times for runs that are over in seconds.</summary>
    public static StoreTimes Times { get; } = new()
    {
        CheckIn = TimeSpan.FromSeconds(0.5),
        CheckInGrace = TimeSpan.FromSeconds(5),
        Sweep = TimeSpan.FromSeconds(1),
        Poll = TimeSpan.FromSeconds(0.1),
        Again = TimeSpan.FromSeconds(0.3),
        Finish = TimeSpan.FromSeconds(1.5),
        Unseen = TimeSpan.FromSeconds(0.3),
        UnseenTurns = 10,
        FirstRetry = TimeSpan.FromSeconds(0.1),
        Tries = 3,
        Idle = TimeSpan.FromSeconds(1),
        Leave = TimeSpan.FromSeconds(3),
    };

    public string Path { get; }

    public string Digest { get; }

    public IReadOnlyList<RunStage> Stages { get; }

    /// <summary>The file that the finish leaves.</summary>
    public string Result => Path + ".finished";

    /// <summary>Writes a plan.</summary>
    public static FileRun Create(string path, int milliseconds, params (string Name, int Count)[] stages)
    {
        foreach (var folder in (string[])["done", "tries", "faults", "claims", "failed"])
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, folder));
        }

        // No two runs have the same plan.
        var plan = new Plan(milliseconds, stages.ToDictionary(s => s.Name, s => s.Count), Guid.NewGuid());
        File.WriteAllBytes(System.IO.Path.Combine(path, "plan.json"), JsonSerializer.SerializeToUtf8Bytes(plan));
        return Open(path);
    }

    public static FileRun Open(string path) => new(path, File.ReadAllBytes(System.IO.Path.Combine(path, "plan.json")));

    /// <summary>Has a task go wrong.</summary>
    public void Break(int task, string how) => File.WriteAllText(Of("faults", task), how);

    /// <summary>Has it go well again.</summary>
    public void Mend(int task) => File.Delete(Of("faults", task));

    /// <summary>How often a task was begun.</summary>
    public int Tries(int task) => Directory.GetFiles(System.IO.Path.Combine(Path, "tries"), $"{Number(task)}-*").Length;

    /// <summary>The processes that began a task.</summary>
    public IEnumerable<int> Workers(int task)
        => Directory.GetFiles(System.IO.Path.Combine(Path, "tries"), $"{Number(task)}-*")
            .Select(f => int.Parse(f.Split('-')[^2], CultureInfo.InvariantCulture));

    public bool IsDone(int task) => File.Exists(Of("done", task));

    public string? Failure(int task) => File.Exists(Of("failed", task)) ? File.ReadAllText(Of("failed", task)) : null;

    public TaskOutcome RunTask(int task, IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (IsDone(task))
        {
            return TaskOutcome.DoneBefore;
        }

        if (Stages.Where(s => s.First + s.Count <= task).Any(s => Enumerable.Range(s.First, s.Count).Any(t => !IsDone(t))))
        {
            return TaskOutcome.NotReady;
        }

        FileStream claim;
        try
        {
            claim = new FileStream(Of("claims", task), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return TaskOutcome.Busy;
        }

        using (claim)
        {
            File.WriteAllText(Of("tries", task) + $"-{Environment.ProcessId}-{Guid.NewGuid():N}", "");
            GoWrong(task, cancellationToken);
            cancellationToken.WaitHandle.WaitOne(_milliseconds);
            cancellationToken.ThrowIfCancellationRequested();
            File.Delete(Of("failed", task));
            File.WriteAllText(Of("done", task), "");
        }

        return TaskOutcome.Done;
    }

    public RunResult Finish(IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var last = Stages[^1];
        var tries = Enumerable.Range(0, last.First + last.Count).Select(t => IsDone(t) ? Tries(t) : throw LegoNetException.BadInput($"Task {t} is not done."));
        GoWrong(-1, cancellationToken);
        File.Delete(System.IO.Path.Combine(Path, "plan.json"));
        File.WriteAllText(Result, string.Join(' ', tries));
        Directory.Delete(Path, recursive: true);
        return new RunResult("train", Result);
    }

    private static string Number(int task) => task.ToString("D4", CultureInfo.InvariantCulture);

    private string Of(string folder, int task) => System.IO.Path.Combine(Path, folder, Number(task));

    private void GoWrong(int task, CancellationToken cancellationToken)
    {
        while (File.Exists(Of("faults", task)))
        {
            var how = File.ReadAllText(Of("faults", task));
            if (how.StartsWith("bad ", StringComparison.Ordinal))
            {
                File.WriteAllText(Of("failed", task), how[4..]);
                throw LegoNetException.BadInput(how[4..]);
            }

            if (how == "io")
            {
                throw new IOException("No space left on device");
            }

            if (how == "die")
            {
                System.Diagnostics.Process.GetCurrentProcess().Kill();
            }

            cancellationToken.WaitHandle.WaitOne(20);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private sealed record Plan(int Milliseconds, Dictionary<string, int> Stages, Guid Salt);
}
