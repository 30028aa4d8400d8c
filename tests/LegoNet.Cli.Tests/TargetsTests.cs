using System.Diagnostics;
using System.Text;
using LegoNet.Records;

namespace LegoNet.Cli.Tests;

/// <summary>Files of requests, as `forget --file`, `train --exclude` and `verify --exclude` read them.</summary>
public sealed class TargetsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("#4711\np001\n", "#4711", "p001")]
    [InlineData("#4711\r\np001", "#4711", "p001")]
    [InlineData("\uFEFFp001\n", "p001")]
    [InlineData("\n  \np001\n\t\n\u00A0\n\n", "p001")]
    [InlineData("  trail \n", "trail")]
    [InlineData("Jose\u0301\n", "Jos\u00E9")]
    [InlineData("// x\n; y\n", "// x", "; y")]
    public void Read_Lines_AreRequestsEachOfThem(string text, params string[] subjects)
    {
        var targets = Targets.Read(_folder.Write("who.txt", text));
        Assert.Equal(subjects, targets.Select(t => t.Subject));
        Assert.All(targets, t => Assert.Null(t.Id));
    }

    [Fact]
    public void Read_SubjectAndId_AreBothNames()
    {
        var path = _folder.Write("who.txt", "a\n\n Jose\u0301 \t #1 \r\n");
        Assert.Equal(new ForgetTarget("Jos\u00E9", "#1") { Origin = $"{path}: line 3" }, Targets.Read(path)[1]);
    }

    [Theory]
    [InlineData("a\nb\t\n", "line 2: must be a subject")]
    [InlineData("a\nb\t \n", "line 2: must be a subject")]
    [InlineData("a\n\tb\n", "line 2: must be a subject")]
    [InlineData("a\nb\tc\td\n", "line 2: must be a subject")]
    [InlineData("a\nb\0c\n", "line 2: the subject has a control character")]
    [InlineData("a\nb\rc\n", "line 2: the subject has a control character")]
    [InlineData("a\nb\tc\u0007d\n", "line 2: the id has a control character")]
    [InlineData("\n \n", "names nobody")]
    [InlineData("", "names nobody")]
    public void Read_Malformed_NamesTheLine(string text, string said)
    {
        var path = _folder.Write("who.txt", text);
        Assert.StartsWith($"{path}: {said}", Assert.Throws<LegoNetException>(() => Targets.Read(path)).Message);
    }

    [Fact]
    public void Read_OtherEncoding_IsRefused()
    {
        // Read as UTF-8, both would name somebody else, of whom nothing is stored.
        var latin = _folder.Write("latin.txt", Encoding.Latin1.GetBytes("ann\nJos\u00E9\n"));
        var wide = _folder.Write("wide.txt", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("ann\n")]);
        Assert.Equal($"{latin}: line 2: is not valid UTF-8.", Assert.Throws<LegoNetException>(() => Targets.Read(latin)).Message);
        Assert.Contains("UTF-16", Assert.Throws<LegoNetException>(() => Targets.Read(wide)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Pipe_IsReadAsAFileIs()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are no files on Windows");
        using (var process = Process.Start("mkfifo", [_folder["who"]]))
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var reading = Task.Run(() => Targets.Read(_folder["who"]), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["who"], "#4711\np001\n", TestContext.Current.CancellationToken);
        var read = await reading.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(["#4711", "p001"], read.Select(t => t.Subject));
        Assert.Contains("ould not find file", Assert.Throws<LegoNetException>(() => Targets.Read(_folder["none"])).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
