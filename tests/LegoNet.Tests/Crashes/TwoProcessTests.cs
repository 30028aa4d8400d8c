using LegoNet.TestHost;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Crashes;

/// <summary>Several processes on one model.</summary>
public sealed class TwoProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public TwoProcessTests() => LegoNetModel.Train(_folder["model"], CrashModel.Definition, CrashModel.InitialRecords, Options()).Dispose();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SecondWriter_WhileAProcessCommits_IsToldWhoAndSinceWhen()
    {
        using var writer = StartWaiting();

        var failure = Assert.Throws<LegoNetException>(Forget);

        Assert.Equal(LegoNetError.BadInput, failure.Error);
        Assert.Matches(
            $@"^[^\r\n]*model: another process is writing to this model \(process {writer.Id} \(.+\) on .+ "
                + @"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ\); try again when it is done\.$",
            failure.Message);
        writer.WriteLine();
        Assert.True(writer.Wait());
        Forget();
        using var model = LegoNetModel.Open(_folder["model"], Options());
        Assert.True(model.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
    }

    [Fact]
    public void SecondWriter_ThatComesByALink_IsRefusedToo()
    {
        Directory.CreateSymbolicLink(_folder["link"], _folder["model"]);
        Directory.CreateSymbolicLink(_folder["link-to-link"], "link");
        using var writer = StartWaiting();
        using (var model = LegoNetModel.Open(_folder["link-to-link"], Options()))
        {
            Assert.Contains("another process is writing", Assert.Throws<LegoNetException>(() => model.Forget("subject-0")).Message, StringComparison.Ordinal);
        }

        writer.WriteLine();
        Assert.True(writer.Wait());
        using var after = LegoNetModel.Open(_folder["link"], Options());
        after.Forget("subject-0");
        Assert.True(after.Verify(cancellationToken: TestContext.Current.CancellationToken).IsExact);
    }

    [Fact]
    public void SecondWriter_AfterTheFirstWasKilled_Goes_On()
    {
        using (var writer = StartWaiting())
        {
            writer.Kill();
            Assert.False(writer.Wait());
        }

        Forget();
    }

    [Fact]
    public void Readers_WhileAProcessCommits_GoOn()
    {
        using var model = LegoNetModel.Open(_folder["model"], Options());
        var root = model.RootDigest;
        using var writer = StartWaiting();

        using var reader = HostProcess.Start(null, "", "read", _folder["model"]);
        Assert.Equal("read 1", reader.ReadLine());
        Assert.Equal("read 10", reader.ReadLine());
        Assert.Equal(CrashModel.Ids, model.Inspect("subject-1").Records.Count);
        Assert.Equal(root, model.RootDigest);
        Assert.False(model.Reload());
        Assert.True(File.Exists(_folder["model/commit-in-progress"]));

        writer.WriteLine();
        Assert.True(writer.Wait());
        reader.WriteLine();
        Assert.True(reader.Wait());
    }

    [Fact]
    public void Reader_ThatMustNotWriteBesideTheModel_ReadsAfterACrashAndDuringACommit()
    {
        using (var writer = StartWaiting())
        {
            writer.Kill();
            Assert.False(writer.Wait());
        }

        // As where the folder is another user's, or mounted to be read only: the lock's file cannot be opened for writing.
        File.Delete(_folder["model.lock"]);
        Directory.CreateDirectory(_folder["model.lock"]);
        using (var model = LegoNetModel.Open(_folder["model"], Options()))
        {
            model.Score(CrashModel.Record(0, 0, 0).Code);
            Assert.Equal(CrashModel.Ids, model.Inspect("subject-1").Records.Count);
        }

        Assert.True(File.Exists(_folder["model/commit-in-progress"]));
        Assert.Throws<LegoNetException>(Forget);
        Directory.Delete(_folder["model.lock"]);
        Forget();
    }

    // In the middle of its commit, with the lock held.
    private HostProcess StartWaiting()
    {
        var writer = HostProcess.Start(7, InterruptedFiles.Wait, "change", _folder["model"], _folder["key"], "add");
        Assert.Equal("waiting", writer.ReadLine());
        return writer;
    }

    private void Forget()
    {
        using var model = LegoNetModel.Open(_folder["model"], Options());
        model.Forget("subject-0");
    }

    private ModelOptions Options() => new()
    {
        TagKeyPath = _folder["key"],
        SigningKeyPath = _folder["key.signing"],
        PublicKeyPath = _folder["key.public"],
        Threads = 1,
        Files = new UnflushedFiles(),
    };
}
