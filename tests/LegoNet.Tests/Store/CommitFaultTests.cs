using LegoNet.Audit;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Store;

/// <summary>A change that fails or dies at any of its file operations leaves the state before or the state after.</summary>
public class CommitFaultTests
{
    private static readonly ModelDefinition s_definition = Models.Definition(adapters: 3, active: 2, segmentRows: 4, dimension: 4);

    [Theory]
    [InlineData("forget", (int)FaultyFiles.Fault.Before, true)]
    [InlineData("forget", (int)FaultyFiles.Fault.Half, true)]
    [InlineData("forget", (int)FaultyFiles.Fault.After, true)]
    [InlineData("forget", (int)FaultyFiles.Fault.Before, false)]
    [InlineData("forget", (int)FaultyFiles.Fault.Half, false)]
    [InlineData("forget", (int)FaultyFiles.Fault.After, false)]
    [InlineData("add", (int)FaultyFiles.Fault.Half, true)]
    [InlineData("add", (int)FaultyFiles.Fault.After, false)]
    [InlineData("correct", (int)FaultyFiles.Fault.Half, true)]
    [InlineData("correct", (int)FaultyFiles.Fault.After, false)]
    [InlineData("everything", (int)FaultyFiles.Fault.Before, true)]
    [InlineData("everything", (int)FaultyFiles.Fault.After, false)]
    public void Change_FailsAtAnyOperation_IsBeforeOrAfter(string operation, int fault, bool dies) => Run(operation, (FaultyFiles.Fault)fault, dies);

    [Fact]
    public void Open_DiesInRecovery_RecoversTheNextTime() => RunRecovery();

    private static void Run(string operation, FaultyFiles.Fault kind, bool dies)
    {
        using var folder = new TempFolder();
        Prepare(folder, operation);
        var outcomes = new HashSet<string>();
        for (var n = 0; ; n++)
        {
            Copy(folder["before"], folder["model"]);
            var files = new FaultyFiles { FailAt = n, Kind = kind, Dies = dies };
            var model = LegoNetModel.Open(folder["model"], Options(folder, files));
            if (Record.Exception(() => Apply(model, operation)) is not { } failure)
            {
                Assert.False(files.Failed);
                Assert.True(n > 10);
                break;
            }

            Assert.IsType<IOException>(failure is LegoNetException { InnerException: { } cause } ? cause : failure); // A key file that cannot be written is named.
            if (dies)
            {
                // Nothing is undone: the instance is abandoned as a killed process would abandon it.
                using var reopened = LegoNetModel.Open(folder["model"], Options(folder, new FaultyFiles()));
                outcomes.Add(AssertBeforeOrAfter(folder, reopened, operation));
            }
            else
            {
                // The process lives on, and so does the instance. What it reads next is one of the two states, recovered or not.
                var held = Held(model);
                var state = AssertBeforeOrAfter(folder, model, operation);
                using var expected = LegoNetModel.Open(folder[state], Options(folder, new FaultyFiles()));
                Assert.Equal(Held(expected), held);
                outcomes.Add(state);
            }

            model.Dispose();
        }

        Assert.Equal(["after", "before"], outcomes.Order());
    }

    private static void RunRecovery()
    {
        using var folder = new TempFolder();
        Prepare(folder, "forget");
        var recovered = 0;
        for (var n = 0; n < 100; n += 3)
        {
            for (var inRecovery = 0; inRecovery < 100; inRecovery += 2)
            {
                Copy(folder["before"], folder["model"]);
                var files = new FaultyFiles { FailAt = n, Kind = FaultyFiles.Fault.Half, Dies = true };
                var model = LegoNetModel.Open(folder["model"], Options(folder, files));
                if (Record.Exception(() => Apply(model, "forget")) is null)
                {
                    Assert.True(recovered > 20);
                    return;
                }

                var recovery = new FaultyFiles { FailAt = inRecovery, Dies = true };
                var died = Record.Exception(() => LegoNetModel.Open(folder["model"], Options(folder, recovery)).Dispose()) is not null;
                using (var reopened = LegoNetModel.Open(folder["model"], Options(folder, new FaultyFiles())))
                {
                    AssertBeforeOrAfter(folder, reopened, "forget");
                }

                model.Dispose();
                recovered++;
                if (!died)
                {
                    break;
                }
            }
        }

        Assert.Fail("The change never got through.");
    }

    private static (int, int, long) Held(LegoNetModel model)
        => (model.Inspect("subject-3").Records.Count, model.Inspect("subject-40").Records.Count, model.RecordCount);

    private static void Prepare(TempFolder folder, string operation)
    {
        var records = Enumerable.Range(0, 15).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3)).ToArray();
        LegoNetModel.Train(folder["before"], s_definition, records, Options(folder, new FaultyFiles())).Dispose();
        Copy(folder["before"], folder["after"]);
        using var model = LegoNetModel.Open(folder["after"], Options(folder, new FaultyFiles()));
        Apply(model, operation);
    }

    private static Receipt Apply(LegoNetModel model, string operation) => operation switch
    {
        "forget" => model.Forget([new ForgetTarget("subject-3"), new ForgetTarget("subject-4", "id-1")]),
        "add" => model.Add(Enumerable.Range(0, 6).Select(i => Models.Record(s_definition.Spec, 40, i))),
        "correct" => model.Correct([Models.Record(s_definition.Spec, 3, 1, 9)]),
        _ => model.Forget([.. Enumerable.Range(0, 5).Select(i => new ForgetTarget($"subject-{i}"))]),
    };

    private static string AssertBeforeOrAfter(TempFolder folder, LegoNetModel model, string operation)
    {
        var report = model.Verify();
        Assert.True(report.IsExact, string.Join('\n', report.Damage.Concat(report.Differences)));
        model.Reload();
        Assert.Equal(report.RootDigest, model.RootDigest);
        var state = Tree.Files(model.Path).Keys.SequenceEqual(Tree.Files(folder["before"]).Keys) ? "before" : "after";
        Tree.AssertSameModel(folder[state], model.Path);
        Assert.Equal(state == "before" ? 1 : 2, Directory.GetFiles(Path.Combine(model.Path, "ledger")).Length);

        // And it is a model like any other: what did not happen can be done, and what did is there.
        if (state == "before")
        {
            Apply(model, operation);
            Tree.AssertSameModel(folder["after"], model.Path);
        }

        return state;
    }

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        foreach (var directory in Directory.EnumerateDirectories(from).Append(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
            foreach (var file in Directory.EnumerateFiles(directory))
            {
                File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
            }
        }
    }

    private static ModelOptions Options(TempFolder folder, FaultyFiles files)
        => new() { TagKeyPath = folder["key"], SigningKeyPath = folder["signing.pem"], Threads = 2, Files = files };
}
