using LegoNet.Encoders;
using LegoNet.TestHost;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Crashes;

/// <summary>
/// Processes that are killed (SIGKILL) at each of their file operations, and at random moments. What is found afterwards is the
/// state before or the state after, whole, without a file too many; and what was acknowledged is there.
/// </summary>
public sealed class KilledProcessTests : IDisposable
{
    // A life is mostly the start of the runtime, so that two at a time keep two processors busy.
    private const int Chains = 2;
    private const int DefaultRandomKills = 50;

    private readonly TempFolder _folder = new();
    private int _kills;
    private int _recoveryKills;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Change_KilledAtEveryFileOperation_IsBeforeOrAfter()
    {
        Train(_folder["base"]);
        string[] operations = ["train", "add", "correct", "forget"];
        Parallel.ForEach(
            operations.SelectMany(operation => (string[])[InterruptedFiles.Kill, InterruptedFiles.KillHalfway], (operation, kind) => (operation, kind)),
            Parallelism,
            run => KillAtEveryOperation(run.operation, run.kind));
        TestContext.Current.TestOutputHelper!.WriteLine($"{_kills} processes killed in a change, {_recoveryKills} in the recovery after it");
        Assert.True(_kills > 150, $"only {_kills} kills");
    }

    [Fact]
    public void Changes_KilledAtRandom_KeepWhatWasAcknowledged()
    {
        var kills = TestSwitch.Number(TestSwitch.Kills, DefaultRandomKills);
        var acknowledged = 0;
        var undone = 0;
        Parallel.For(0, Chains, Parallelism, chain =>
        {
            // One model lives through all the deaths of a chain.
            var model = _folder[$"model-{chain}"];
            Train(model);
            var records = CrashModel.InitialRecords.ToDictionary(r => (r.Subject, r.Id));
            var random = new Random(1000 + chain);
            for (var life = 0; life < kills / Chains; life++)
            {
                var (seen, lost) = LiveAndDie(model, records, random);
                Interlocked.Add(ref acknowledged, seen);
                Interlocked.Add(ref undone, lost);
            }
        });
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{kills} processes killed; {acknowledged} acknowledged changes kept; {undone} unacknowledged ones undone");
        Assert.Equal(kills / Chains * Chains, _kills);
        Assert.True(acknowledged > 0);
    }

    private void KillAtEveryOperation(string operation, string kind)
    {
        var model = _folder[$"{operation}-{kind}"];
        var before = operation == "train" ? null : CrashModel.InitialRecords.ToArray();
        var after = After(operation);
        for (var at = 0; ; at++)
        {
            Reset(model, operation != "train");
            if (Run(at))
            {
                AssertIs(model, after);
                return;
            }

            Interlocked.Increment(ref _kills);

            // The next process finishes or undoes what the first began, and is killed doing so.
            if (kind == InterruptedFiles.Kill && at % 3 == 1 && operation != "train" && !Run(at % 7))
            {
                Interlocked.Increment(ref _recoveryKills);
            }

            if (!Directory.Exists(model))
            {
                Assert.Null(before);
                Train(model);
            }
            else if (!Holds(model, after))
            {
                AssertIs(model, before!);
                using var reopened = LegoNetModel.Open(model, Options());
                CrashModel.Apply(reopened, operation);
            }

            AssertIs(model, after);
            Assert.False(Directory.Exists(model + ".partial"));
        }

        bool Run(int at)
        {
            using var process = HostProcess.Start(at, kind, [operation == "train" ? "train" : "change", model, _folder["key"], operation]);
            return process.Wait();
        }
    }

    private (int Acknowledged, int Undone) LiveAndDie(string model, Dictionary<(string Subject, string Id), EncodedRecord> records, Random random)
    {
        var byTime = random.Next(2) == 0;
        var kind = random.Next(2) == 0 ? InterruptedFiles.Kill : InterruptedFiles.KillHalfway;
        using var process = HostProcess.Start(byTime ? null : random.Next(120), kind, "loop", model, _folder["key"], random.Next().ToString());
        var pending = new Dictionary<(string Subject, string Id), EncodedRecord>(records);
        var acknowledged = 0;
        var begun = false;
        while (process.ReadLine() is { } line)
        {
            if (line == "acknowledged")
            {
                acknowledged++;
                Set(records, pending);
                begun = false;
                continue;
            }

            Assert.StartsWith("begin ", line, StringComparison.Ordinal);
            begun = true;
            Plan(pending, line.Split(' '));
            if (byTime && acknowledged == 0)
            {
                var delay = random.Next(250);
                _ = Task.Run(async () =>
                {
                    await Task.Delay(delay);
                    process.Kill();
                });
            }
        }

        Assert.False(process.Wait(), "ended by itself");
        Interlocked.Increment(ref _kills);
        var happened = begun && Holds(model, [.. pending.Values]);
        if (happened)
        {
            Set(records, pending);
        }

        AssertIs(model, [.. records.Values]);
        return (acknowledged, begun && !happened ? 1 : 0);

        static void Set(Dictionary<(string Subject, string Id), EncodedRecord> records, Dictionary<(string Subject, string Id), EncodedRecord> next)
        {
            records.Clear();
            foreach (var (key, record) in next)
            {
                records.Add(key, record);
            }
        }
    }

    private static void Plan(Dictionary<(string Subject, string Id), EncodedRecord> records, string[] words)
    {
        var subject = int.Parse(words[2]);
        for (var id = 0; id < CrashModel.Ids; id++)
        {
            var key = ($"subject-{subject}", $"id-{id}");
            switch (words[1])
            {
                case "add":
                    records.Add(key, CrashModel.Record(subject, id, int.Parse(words[3])));
                    break;
                case "correct" when id == 1:
                    records[key] = CrashModel.Record(subject, id, int.Parse(words[3]));
                    break;
                case "forget":
                    records.Remove(key);
                    break;
            }
        }
    }

    private EncodedRecord[] After(string operation)
    {
        var model = _folder[$"after-{operation}-{Guid.NewGuid():n}"];
        Reset(model, trained: true);
        using var opened = LegoNetModel.Open(model, Options());
        if (operation != "train")
        {
            CrashModel.Apply(opened, operation);
        }

        var versions = Enumerable.Range(0, CrashModel.Subjects).SelectMany(
            s => Enumerable.Range(0, CrashModel.Ids),
            (s, i) => (EncodedRecord[])[CrashModel.Record(s, i, 0), CrashModel.Record(s, i, 1), CrashModel.Record(s, i, 9)]);
        var stop = TestContext.Current.CancellationToken;
        return [.. versions.SelectMany(v => v).Where(r => opened.VerifyData([r], complete: false, cancellationToken: stop).IsExact)];
    }

    private bool Holds(string model, EncodedRecord[] records)
    {
        using var opened = LegoNetModel.Open(model, Options());
        return opened.VerifyData(records, complete: true, CancellationToken.None).IsExact;
    }

    private void AssertIs(string model, EncodedRecord[] records)
    {
        using var opened = LegoNetModel.Open(model, Options());
        var report = opened.Verify();
        Assert.True(report.IsExact, string.Join('\n', report.Damage.Concat(report.Differences)));
        Assert.True(opened.VerifyData(records, complete: true, CancellationToken.None).IsExact, "neither the state before nor the state after");
        Assert.Equal(opened.Scorer.Outputs, CrashModel.Definition.Spec.Classes.Count);
    }

    private void Reset(string model, bool trained)
    {
        if (Directory.Exists(model))
        {
            Directory.Delete(model, recursive: true);
        }

        if (trained)
        {
            Tree.Copy(_folder["base"], model);
        }
    }

    private void Train(string model) => LegoNetModel.Train(model, CrashModel.Definition, CrashModel.InitialRecords, Options()).Dispose();

    private static ParallelOptions Parallelism => new() { MaxDegreeOfParallelism = Chains, CancellationToken = TestContext.Current.CancellationToken };

    private ModelOptions Options() => new()
    {
        TagKeyPath = _folder["key"],
        SigningKeyPath = _folder["key.signing"],
        PublicKeyPath = _folder["key.public"],
        Threads = 1,
        Files = new UnflushedFiles(),
    };
}
