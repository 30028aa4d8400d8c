using System.Diagnostics;
using System.IO.Pipes;
using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using static LegoNet.Data.Tests.Support.SourceTesting;

namespace LegoNet.Data.Tests.Files;

public class SourceFileTests
{
    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    [InlineData("a.npy")]
    [InlineData("a.safetensors")]
    [InlineData("a.tar")]
    [InlineData("a.json")]
    [InlineData("fd63")]
    public async Task Infer_PipeWithoutWriter_IsRefusedAtOnce(string name)
    {
        using var folder = new TempFolder();
        var pipe = Pipe(folder, name);

        // A pipe that is opened in the ordinary way waits for a writer, here for ever.
        var message = await Task.Run(() => Failure(() => SourcePath.Infer(pipe, RecordInputKind.Vector)), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.StartsWith($"{pipe}: is a pipe or a device", message);
        Assert.Contains("write it to a file first", message);
    }

    [Fact]
    public async Task Read_DescribedOrStandingInAFolder_PipeIsRefusedAtOnce()
    {
        using var folder = new TempFolder();
        foreach (var name in (string[])["t.csv", "i.idx", "images/a.png", "s.json"])
        {
            Pipe(folder, name);
        }

        await Task.Run(
            () =>
            {
                Assert.Contains("is a pipe", Failure(folder, """{"type":"text","path":"t.csv"}"""));
                Assert.Contains("is a pipe", Failure(folder, """{"type":"idx","images":"i.idx"}"""));
                Assert.Contains("is a pipe", Failure(folder, """{"type":"images","path":"images"}"""));
                Assert.Contains("is a pipe", Failure(() => StrictJson.Load(folder["s.json"])));
            },
            TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task OpenRaw_LinkToAPipe_IsRefusedAtOnce()
    {
        using var folder = new TempFolder();
        File.CreateSymbolicLink(folder["link.csv"], Pipe(folder, "pipe"));

        var message = await Task.Run(() => Failure(() => SourceFile.OpenRaw(folder["link.csv"])), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.StartsWith($"{folder["link.csv"]}: is a pipe", message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n")]
    public void OpenRaw_LinkToAFile_OpensTheFile(string text)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege on Windows");
        using var folder = new TempFolder();
        File.CreateSymbolicLink(folder["link.csv"], folder.Write("file.csv", text));
        using var stream = SourceFile.OpenRaw(folder["link.csv"]);
        Assert.Equal(text, new StreamReader(stream).ReadToEnd());
    }

    // What `<(…)` and /dev/stdin are: links to a pipe that has a writer and no name.
    [Fact]
    public void OpenRaw_PipeBehindADescriptor_IsRefused()
    {
        using var writer = new AnonymousPipeServerStream(PipeDirection.Out);
        var path = $"/dev/fd/{writer.GetClientHandleAsString()}";
        Assert.SkipUnless(File.Exists(path), "needs descriptors as files");
        Assert.Contains("is a pipe", Failure(() => SourceFile.OpenRaw(path)));
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/urandom")]
    public void OpenRaw_Device_IsRefused(string device)
    {
        Assert.SkipUnless(File.Exists(device), "needs a device");
        Assert.Contains("is a pipe or a device", Failure(() => SourceFile.OpenRaw(device)));
    }

    [Fact]
    public void OpenRaw_EmptyFile_IsOpened()
    {
        using var folder = new TempFolder();
        using var stream = SourceFile.OpenRaw(folder.Write("empty", ""));
        Assert.Equal(0, stream.Length);
    }

    private static string Pipe(TempFolder folder, string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "pipes are no files on Windows");
        var path = folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        return process.ExitCode == 0 ? path : throw new InvalidOperationException($"mkfifo ended with {process.ExitCode}.");
    }
}
