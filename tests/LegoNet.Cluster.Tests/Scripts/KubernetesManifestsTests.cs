using System.Text.RegularExpressions;
using LegoNet.Cluster.Scripts;
using LegoNet.Runs;

namespace LegoNet.Cluster.Tests.Scripts;

public partial class KubernetesManifestsTests
{
    private static readonly RunStage[] s_stages = [new("encode", 0, 3, Encodes: true), new("records", 3, 2), new("solve", 5, 4)];

    [Fact]
    public void Write_AgainAndAnywhere_IsTheSameTextWithUnixLines()
    {
        var text = Write("/mnt/shared/run");

        Assert.Equal(text, Write("/mnt/shared/run"));
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain('\t', text);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.Contains("# The project has NEVER RUN THIS on a cluster.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WithoutGpus_IsOneJobWhoseLastIndexIsTheFinish()
    {
        var job = Assert.Single(Jobs(Write("/mnt/shared/run")));

        Assert.Equal("legonet-0123456789ab", job["metadata.name"]);
        Assert.Equal("batch/v1", job["apiVersion"]);
        Assert.Equal("Job", job["kind"]);
        Assert.Equal("Indexed", job["spec.completionMode"]);
        Assert.Equal("10", job["spec.completions"]);
        Assert.Equal("4", job["spec.parallelism"]);
        Assert.Equal("0", job["spec.maxFailedIndexes"]);
        Assert.Equal("5", job["spec.backoffLimitPerIndex"]);
        Assert.Equal("Never", job["spec.template.spec.restartPolicy"]);
        Assert.Equal("\"/mnt/shared/run\"", job["spec.template.spec.containers[0].env[0].value"]);
        Assert.Equal("\"0\"", job["spec.template.spec.containers[0].env[1].value"]);
        Assert.Equal("\"9\"", job["spec.template.spec.containers[0].env[2].value"]);
    }

    [Fact]
    public void Write_ExitCodes_FailForGoodOrAreNotCounted()
    {
        var job = Assert.Single(Jobs(Write("/mnt/shared/run")));

        Assert.Equal("Ignore", job["spec.podFailurePolicy.rules[0].action"]);
        Assert.Equal("DisruptionTarget", job["spec.podFailurePolicy.rules[0].onPodConditions[0].type"]);
        Assert.Equal("FailJob", job["spec.podFailurePolicy.rules[1].action"]);
        Assert.Equal("[2, 3, 5]", job["spec.podFailurePolicy.rules[1].onExitCodes.values"]);
        Assert.Equal("Ignore", job["spec.podFailurePolicy.rules[2].action"]);
        Assert.Equal("[7]", job["spec.podFailurePolicy.rules[2].onExitCodes.values"]);
        // A rule about a container that is not there would never hold.
        Assert.Equal(job["spec.template.spec.containers[0].name"], job["spec.podFailurePolicy.rules[1].onExitCodes.containerName"]);
        Assert.Equal(job["spec.template.spec.containers[0].name"], job["spec.podFailurePolicy.rules[2].onExitCodes.containerName"]);
    }

    [Fact]
    public void Write_WithGpus_KeepsThemToTheStagesThatEncode()
    {
        var jobs = Jobs(Write("/mnt/shared/run", options => options with { EncodeGpus = 2, AtOnce = 50 }));

        Assert.Equal(["legonet-0123456789ab-1", "legonet-0123456789ab-2"], jobs.Select(j => j["metadata.name"]));
        Assert.Equal(["3", "7"], jobs.Select(j => j["spec.completions"]));
        Assert.Equal(["3", "7"], jobs.Select(j => j["spec.parallelism"]));
        Assert.Equal(["\"0\"", "\"3\""], jobs.Select(j => j["spec.template.spec.containers[0].env[1].value"]));
        Assert.Equal(["\"3\"", "\"6\""], jobs.Select(j => j["spec.template.spec.containers[0].env[2].value"]));
        Assert.Equal("\"2\"", jobs[0]["spec.template.spec.containers[0].resources.limits.nvidia.com/gpu"]);
        Assert.DoesNotContain(jobs[1].Keys, k => k.Contains("gpu", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_OnlyStagesWithGpus_FinishesWithoutOne()
    {
        var run = new PlannedRun("/mnt/shared/run", new RunStage("score", 0, 3, Encodes: true));

        var jobs = Jobs(KubernetesManifests.Write(run, Options() with { EncodeGpus = 1 }));

        Assert.Equal(["3", "1"], jobs.Select(j => j["spec.completions"]));
        Assert.Equal("\"0\"", jobs[1]["spec.template.spec.containers[0].env[2].value"]);
        Assert.DoesNotContain(jobs[1].Keys, k => k.Contains("gpu", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_WithEverySetting_SaysItToKubernetes()
    {
        var job = Assert.Single(Jobs(Write("/mnt/shared/it's $(HOME) \"x\"", options => options with
        {
            Volumes = [new("models", "/mnt/shared"), new("images", "/mnt/images")],
            Command = ["dotnet", "/app/$x.dll"],
            Memory = 2_000_000_000,
            Threads = 8,
            Retries = 2,
        })));

        Assert.Equal("\"registry.example/legonet:1\"", job["spec.template.spec.containers[0].image"]);
        Assert.Equal("1000", job["spec.template.spec.securityContext.runAsUser"]);
        Assert.Equal("100", job["spec.template.spec.securityContext.runAsGroup"]);
        Assert.Equal("true", job["spec.template.spec.securityContext.runAsNonRoot"]);
        Assert.Equal("\"dotnet\"", job["spec.template.spec.containers[0].args[2]"]);
        Assert.Equal("\"/app/$$x.dll\"", job["spec.template.spec.containers[0].args[3]"]);
        Assert.Equal("\"/mnt/shared/it's $$(HOME) \\\"x\\\"\"", job["spec.template.spec.containers[0].env[0].value"]);
        Assert.Equal("\"8\"", job["spec.template.spec.containers[0].env[3].value"]);
        Assert.Equal("\"8\"", job["spec.template.spec.containers[0].resources.requests.cpu"]);
        Assert.Equal("\"2000000000\"", job["spec.template.spec.containers[0].resources.requests.memory"]);
        Assert.Equal("\"2000000000\"", job["spec.template.spec.containers[0].resources.limits.memory"]);
        Assert.Equal("2", job["spec.backoffLimitPerIndex"]);
        Assert.Equal("\"/mnt/shared\"", job["spec.template.spec.containers[0].volumeMounts[0].mountPath"]);
        Assert.Equal("\"/mnt/images\"", job["spec.template.spec.containers[0].volumeMounts[1].mountPath"]);
        Assert.Equal("\"models\"", job["spec.template.spec.volumes[0].persistentVolumeClaim.claimName"]);
        Assert.Equal("\"images\"", job["spec.template.spec.volumes[1].persistentVolumeClaim.claimName"]);
        Assert.Equal(job["spec.template.spec.volumes[1].name"], job["spec.template.spec.containers[0].volumeMounts[1].name"]);
    }

    [Theory]
    [InlineData("/mnt/other/run", "/mnt/shared")]
    [InlineData("/mnt/shared2/run", "/mnt/shared")]
    [InlineData("/mnt/shared/run", "shared")]
    [InlineData("/mnt/a:b/run", "/mnt/a:b")]
    public void Write_RunThatTasksWouldNotSee_IsRefused(string path, string mount)
    {
        var refused = Assert.Throws<LegoNetException>(() => Write(path, options => options with { Volumes = [new("models", mount)] }));

        Assert.Equal(LegoNetError.BadInput, refused.Error);
        Assert.Contains("CLAIM=/PATH", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_MoreTasksThanAJobCanHave_IsRefused()
    {
        var most = new PlannedRun("/mnt/shared/run", new RunStage("solve", 0, 99_999));
        var over = new PlannedRun("/mnt/shared/run", new RunStage("solve", 0, 100_000));

        Assert.Equal("100000", Assert.Single(Jobs(KubernetesManifests.Write(most, Options())))["spec.completions"]);
        Assert.Contains("--tasks", Assert.Throws<LegoNetException>(() => KubernetesManifests.Write(over, Options())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "task --run /mnt/shared/run --index 3 --threads 1", 0)]
    [InlineData(6, "finish --run /mnt/shared/run --threads 1", 0)]
    [InlineData(0, "task --run /mnt/shared/run --index 3 --threads 1", 5)]
    public void Write_Script_CallsTheToolAndHandsOnWhatItSays(int index, string call, int status)
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "The script is for a POSIX shell.");
        using var folder = new TempFolder();
        var job = Jobs(Write("/mnt/shared/run", options => options with { EncodeGpus = 1 }))[1];
        var script = folder.Write("script", job["spec.template.spec.containers[0].args[0]"]);
        var tool = folder.Write("tool", $"echo \"$@\" >'{folder["calls"]}'; exit {status}");
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh") { ArgumentList = { script, "sh", tool } };
        (string, string)[] variables = [("RUN", "/mnt/shared/run"), ("FIRST", "3"), ("COUNT", "6"), ("THREADS", "1"), ("JOB_COMPLETION_INDEX", $"{index}")];
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = System.Diagnostics.Process.Start(start)!;
        process.WaitForExit();

        Assert.Equal(status, process.ExitCode);
        Assert.Equal(call, File.ReadAllText(folder["calls"]).TrimEnd());
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Options() with { Memory = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Options() with { Threads = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Options() with { AtOnce = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Options() with { EncodeGpus = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Options() with { Retries = -1 });
    }

    private static KubernetesOptions Options() => new()
    {
        Image = "registry.example/legonet:1",
        Volumes = [new("models", "/mnt/shared")],
        User = 1000,
        Group = 100,
    };

    private static string Write(string path, Func<KubernetesOptions, KubernetesOptions>? change = null)
        => KubernetesManifests.Write(new PlannedRun(path, s_stages), change is null ? Options() : change(Options()));

    // The documents of a file, each as paths and values. It reads the block style that is written here, and nothing else: two spaces a
    // level, `- ` for items, `|` for a text of several lines; everything else on a line is the value as it stands.
    private static List<Dictionary<string, string>> Jobs(string yaml) => [.. yaml.Split("---\n").Skip(1).Select(Read)];

    private static Dictionary<string, string> Read(string document)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new Stack<(int Indent, string Path)>();
        var items = new Dictionary<string, int>(StringComparer.Ordinal);
        var lines = new Queue<string>(document.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        while (lines.TryDequeue(out var line))
        {
            var match = Line().Match(line);
            var indent = match.Groups["indent"].Length;
            while (open.TryPeek(out var top) && top.Indent >= indent)
            {
                open.Pop();
            }

            var path = open.TryPeek(out var parent) ? parent.Path : "";
            Assert.True(match.Success && indent == (open.Count == 0 ? 0 : parent.Indent + 2), $"{path}: {line}");
            if (match.Groups["item"].Success)
            {
                items[path] = items.TryGetValue(path, out var seen) ? seen + 1 : 0;
                path = $"{path}[{items[path]}]";
                open.Push((indent, path));
                indent += 2;
            }

            var (name, value) = (match.Groups["name"].Value, match.Groups["value"].Value);
            path = name.Length == 0 ? path : path.Length == 0 ? name : $"{path}.{name}";
            if (value == "|")
            {
                // The block: every line that is indented further.
                var block = new List<string>();
                while (lines.TryPeek(out var next) && next.TakeWhile(c => c == ' ').Count() > match.Groups["indent"].Length)
                {
                    block.Add(lines.Dequeue());
                }

                var margin = block.Min(l => l.TakeWhile(c => c == ' ').Count());
                value = string.Concat(block.Select(l => l[margin..] + "\n"));
            }

            if (value.Length == 0)
            {
                open.Push((indent, path));
            }
            else
            {
                Assert.True(values.TryAdd(path, value), $"{path} is there twice");
            }
        }

        return values;
    }

    [GeneratedRegex("^(?<indent> *)(?<item>- )?(?:(?<name>[A-Za-z0-9./]+):(?: (?<value>.+))?|(?<value>.+))$")]
    private static partial Regex Line();
}
