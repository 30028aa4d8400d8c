using LegoNet.Cluster.Scripts;
using LegoNet.Runs;

namespace LegoNet.Cluster.Tests.Scripts;

public class SlurmScriptTests
{
    private static readonly RunStage[] s_stages = [new("encode", 0, 3, Encodes: true), new("records", 3, 2)];

    [Fact]
    public void Write_AgainAndAnywhere_IsTheSameTextWithUnixLines()
    {
        var run = new PlannedRun("/data/run", s_stages);
        var options = new SlurmOptions { Command = ["legonet"] };

        var text = SlurmScript.Write(run, options);

        Assert.Equal(text, SlurmScript.Write(run, options));
        Assert.StartsWith("#!/bin/sh\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WithEverySetting_AsksSlurmForIt()
    {
        var text = SlurmScript.Write(
            new PlannedRun("/data/run", s_stages),
            new SlurmOptions
            {
                Command = ["dotnet", "/opt/it's/legonet.dll"],
                Memory = 1_000_000_001,
                Threads = 8,
                EncodeResources = "gpu:1",
                AtOnce = 20,
                Retries = 2,
            });

        Assert.Contains("\n  command 'dotnet' '/opt/it'\\''s/legonet.dll' \"$@\"\n", text, StringComparison.Ordinal);
        Assert.Contains("\nmemory=954M\n", text, StringComparison.Ordinal);
        Assert.Contains("\nthreads=8\n", text, StringComparison.Ordinal);
        Assert.Contains("\nretries=2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nat_once=%20\n", text, StringComparison.Ordinal);
        Assert.Contains("stage='encode' first=0 count=3\nsubmit_stage --gres='gpu:1' \"$@\"\n", text, StringComparison.Ordinal);
        Assert.Contains("stage='records' first=3 count=2\nsubmit_stage \"$@\"\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_PathThatSlurmWouldRead_IsEscapedOrRefused()
    {
        var options = new SlurmOptions { Command = ["legonet"] };

        var text = SlurmScript.Write(new PlannedRun("/data/50%a/run/", s_stages), options);
        var refused = Assert.Throws<LegoNetException>(() => SlurmScript.Write(new PlannedRun(@"/data/a\b", s_stages), options));

        Assert.Contains("\nrun='/data/50%a/run'\n", text, StringComparison.Ordinal);
        Assert.Contains("\npattern='/data/50%%a/run/slurm'\n", text, StringComparison.Ordinal);
        Assert.Contains("\nfinish_pattern='/data/50%%a/legonet-0123456789ab.log'\n", text, StringComparison.Ordinal);
        Assert.Equal(LegoNetError.BadInput, refused.Error);
        Assert.Contains("backslash", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SlurmOptions { Command = ["legonet"], Memory = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SlurmOptions { Command = ["legonet"], Threads = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SlurmOptions { Command = ["legonet"], AtOnce = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SlurmOptions { Command = ["legonet"], Retries = -1 });
    }
}
