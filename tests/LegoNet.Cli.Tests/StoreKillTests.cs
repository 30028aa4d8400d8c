using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>`legonet worker` and `legonet work --store` that are killed (SIGKILL) at random moments, and PostgreSQL that crashes under them.</summary>
public sealed class StoreKillTests
{
    [Fact]
    public void Train_WorkersSubmitterAndStoreKilledAtRandomMoments_MakesTheModelOfTrain()
    {
        PostgresServer.Require();
        var wanted = TestSwitch.Number(TestSwitch.Kills, 6);
        using var server = new PostgresServer();
        using var folder = new TempFolder();
        using var store = new ToolStore(server, folder["runs"]);
        folder.Write("points.csv", Points.Csv(Points.Draw(1500)));
        var (spec, key) = (folder.Write("spec.json", Points.With(Points.Spec(adapters: 24, active: 4), """{ "trainer": "auto" }""")), folder["key"]);
        Directory.CreateDirectory(folder["single"]);
        Legonet.Run("train", spec, "--out", folder["single/model"], "--key", key).Succeeds();
        using var kills = new StoreKills(server, 2, () => store.StartWorker(new ChildOptions()), longestDelay: 3000);
        for (var i = 0; kills.Count < wanted; i++)
        {
            var (place, run) = (folder[$"place-{i}"], folder[$"runs/run-{i}"]);
            Directory.CreateDirectory(place);
            Legonet.Run("plan", "train", spec, "--out", Path.Combine(place, "model"), "--run", run, "--key", key, "--tasks", "8").Succeeds();

            kills.DuringRun(wanted, () => store.StartSubmission(run), () => !File.Exists(Path.Combine(run, "plan.json")));

            Tree.AssertSameModel(folder["single/model"], Path.Combine(place, "model"));
            Assert.Equal(Tree.Names(folder["single"]), Tree.Names(place));
        }

        TestContext.Current.TestOutputHelper!.WriteLine(kills.ToString());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["runs"]));
        // Of a run whose submitter was killed between finishing it and saying so, the workers look for the rest for an hour.
        Assert.Equal(0, store.Tasks);
    }
}
