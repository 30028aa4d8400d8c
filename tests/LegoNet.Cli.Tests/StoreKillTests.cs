using System.Globalization;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>`legonet worker` and `legonet work --store` that are killed (SIGKILL) at random moments, and PostgreSQL that crashes under them.</summary>
public sealed class StoreKillTests
{
    private const int DefaultKills = 6;
    private const int LongestDelay = 3000;

    [Fact]
    public void Train_WorkersSubmitterAndStoreKilledAtRandomMoments_MakesTheModelOfTrain()
    {
        PostgresServer.Require();
        var kills = TestSwitch.Number(TestSwitch.Kills, DefaultKills);
        using var server = new PostgresServer();
        using var folder = new TempFolder();
        using var store = new ToolStore(server, folder["runs"]);
        folder.Write("points.csv", Points.Csv(Points.Draw(1500)));
        var (spec, key) = (folder.Write("spec.json", Points.With(Points.Spec(adapters: 24, active: 4), """{ "trainer": "auto" }""")), folder["key"]);
        Directory.CreateDirectory(folder["single"]);
        Legonet.Run("train", spec, "--out", folder["single/model"], "--key", key).Succeeds();
        var random = new Random(11);
        BackgroundProcess[] workers = [.. Enumerable.Range(0, 2).Select(_ => store.StartWorker(new ChildOptions()))];
        int killed = 0, killedWorkers = 0, killedSubmitters = 0, crashes = 0, runs = 0;
        while (killed < kills)
        {
            var place = folder[string.Create(CultureInfo.InvariantCulture, $"place-{runs++}")];
            Directory.CreateDirectory(place);
            var run = Path.Combine(folder["runs"], Path.GetFileName(place));
            Legonet.Run("plan", "train", spec, "--out", Path.Combine(place, "model"), "--run", run, "--key", key, "--tasks", "8").Succeeds();
            var submitter = store.StartSubmission(run);
            for (; killed < kills && IsThere(run); StartAgain(run, ref submitter))
            {
                Thread.Sleep(random.Next(LongestDelay));
                switch (killed++ % 5)
                {
                    case 1:
                        submitter.Kill();
                        killedSubmitters++;
                        break;
                    case 4:
                        server.Kill();
                        server.Start();
                        crashes++;
                        break;
                    default:
                        workers[random.Next(workers.Length)].Kill();
                        killedWorkers++;
                        break;
                }
            }

            store.Until(
                () =>
                {
                    StartAgain(run, ref submitter);
                    return !IsThere(run) && submitter.HasEnded;
                },
                "the run is finished");
            submitter.Dispose();
            Tree.AssertSameModel(folder["single/model"], Path.Combine(place, "model"));
            Assert.Equal(Tree.Names(folder["single"]), Tree.Names(place));
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{killedWorkers} workers and {killedSubmitters} submitters killed, PostgreSQL crashed {crashes} times, in {runs} runs");
        store.AssertEmpty();

        // As systemd does: those that were killed, and those that began while PostgreSQL was not there.
        void StartAgain(string run, ref BackgroundProcess submitter)
        {
            for (var i = 0; i < workers.Length; i++)
            {
                workers[i] = workers[i].HasEnded ? store.StartWorker(new ChildOptions()) : workers[i];
            }

            if (submitter.HasEnded && IsThere(run))
            {
                submitter.Dispose();
                submitter = store.StartSubmission(run);
            }
        }
    }

    private static bool IsThere(string run) => File.Exists(Path.Combine(run, "plan.json"));
}
