using System.Diagnostics;
using System.Globalization;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>`legonet work` whose processes are killed (SIGKILL) at random moments, the workers and the one that started them.</summary>
public sealed class RunKillTests : IDisposable
{
    private const int DefaultKills = 20;
    private const int LongestDelay = 2500;

    // A run whose workers die more often while no task gets done is given up.
    private const int KillsOfALife = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Work_KilledAtRandom_MakesTheModelOfTrain()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Whose children processes are is read from /proc.");
        var kills = TestSwitch.Number(TestSwitch.Kills, DefaultKills);
        _folder.Write("points.csv", Points.Csv(Points.Draw(1500)));
        var spec = _folder.Write("spec.json", Points.With(Points.Spec(adapters: 24, active: 4), """{ "trainer": "auto" }"""));
        Directory.CreateDirectory(_folder["single"]);
        Legonet.Run("train", spec, "--out", _folder["single/model"], "--key", _folder["key"]).Succeeds();
        var random = new Random(11);
        int killed = 0, workers = 0, parents = 0, runs = 0;
        while (killed < kills)
        {
            var place = _folder[string.Create(CultureInfo.InvariantCulture, $"place-{runs++}")];
            Directory.CreateDirectory(place);
            var (run, model) = (Path.Combine(place, "run"), Path.Combine(place, "model"));
            Legonet.Run("plan", "train", spec, "--out", model, "--run", run, "--key", _folder["key"], "--tasks", "8").Succeeds();
            while (Directory.Exists(run))
            {
                using var work = Start("work", "--run", run, "--workers", "2", "--threads", "1");
                for (var life = 0; life < KillsOfALife && killed < kills && !work.WaitForExit(random.Next(LongestDelay)); life++)
                {
                    int[] children = [.. ChildrenOf(work.Id)];
                    if (random.Next(3) == 0)
                    {
                        work.Kill();
                        parents++;
                        killed++;
                        work.WaitForExit();
                        Assert.True(SpinWait.SpinUntil(() => !children.Any(IsAlive), s_patience), "workers outlive the one that started them");
                    }
                    else if (children.Length > 0 && Kill(children[random.Next(children.Length)]))
                    {
                        workers++;
                        killed++;
                    }
                }

                Assert.True(work.WaitForExit(s_patience), "the run does not end");
                Assert.True(work.ExitCode is 0 or 137, $"ended with {work.ExitCode}");
            }

            Tree.AssertSameModel(_folder["single/model"], model);
            Assert.Equal(Tree.Names(_folder["single"]), Tree.Names(place));
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{workers} workers and {parents} of those that started them killed, in {runs} runs");
        Assert.Equal(kills, workers + parents);
    }

    private static Process Start(params string[] args)
    {
        var info = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "LegoNet.Cli.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(info)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static bool Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false; // It has ended.
        }
    }

    // After the name, which stands in parentheses: state and parent.
    private static (string State, int Parent)? StatusOf(int id)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{id}/stat");
            var words = status[(status.LastIndexOf(')') + 2)..].Split(' ');
            return (words[0], int.Parse(words[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool IsAlive(int id) => StatusOf(id) is { State: not ("Z" or "X") };

    private static IEnumerable<int> ChildrenOf(int parent)
        => Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0)
            .Where(id => id > 0 && StatusOf(id)?.Parent == parent);
}
