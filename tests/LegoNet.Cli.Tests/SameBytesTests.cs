using System.Text.RegularExpressions;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>
/// The same bytes whatever the threads, the vector width and the order of the input: each case trains and forgets in child processes,
/// whose vector widths a start-up hook notes from within.
/// </summary>
public sealed class SameBytesTests : IClassFixture<SameBytesTests.Baselines>
{
    private const string Forgotten = "s4";

    private readonly Baselines _baselines;

    public SameBytesTests(Baselines baselines) => _baselines = baselines;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var kind in Baselines.Kinds)
            {
                foreach (var setting in (ReadOnlySpan<string>)
                [
                    "one thread", "two threads", "DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic", "shuffled",
                ])
                {
                    data.Add(kind, setting);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TrainAndForget_UnderAnotherSetting_GivesTheSameBytes(string kind, string setting)
    {
        using var folder = new TempFolder();
        var (spec, key, trained, forgotten) = _baselines.Of(kind);
        if (setting == "shuffled")
        {
            var lines = File.ReadAllLines(Path.ChangeExtension(spec, ".csv"));
            var rest = lines[1..];
            new Random(3).Shuffle(rest);
            Assert.NotEqual(lines[1..], rest);
            folder.Write(kind + ".csv", string.Join('\n', rest.Prepend(lines[0])) + "\n");
            spec = folder.Write(kind + ".json", File.ReadAllText(spec));
        }

        var widths = folder["widths.txt"];
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(SameBytesTests).Assembly.Location,
            [StartupHook.FileVariable] = widths,
        };
        if (setting.StartsWith("DOTNET_", StringComparison.Ordinal))
        {
            environment[setting] = "0";
        }

        var threads = setting == "one thread" ? "1" : "2";
        var child = new ChildOptions { Environment = environment };
        var model = folder["model"];
        Legonet.RunChild(child, "train", spec, "--out", model, "--key", key, "--threads", threads).Succeeds();
        AssertSwitched(setting, File.ReadAllText(widths));
        Tree.AssertSameModel(trained, model);

        File.Delete(widths);
        Legonet.RunChild(child, "forget", model, "--subject", Forgotten, "--key", key, "--threads", threads).Succeeds();
        AssertSwitched(setting, File.ReadAllText(widths));
        Tree.AssertSameModel(forgotten, model);
    }

    private static void AssertSwitched(string setting, string widths)
    {
        var expected = setting switch
        {
            "DOTNET_EnableAVX512" => "512:False",
            "DOTNET_EnableAVX2" => "512:False 256:False",
            "DOTNET_EnableHWIntrinsic" => "512:False 256:False 128:False",
            _ => "512:",
        };
        Assert.StartsWith(expected, widths, StringComparison.Ordinal);
    }

    /// <summary>Per kind of data: a model of everything, and one trained without the subject.</summary>
    public sealed class Baselines : IDisposable
    {
        private readonly TempFolder _folder = new();

        /// <summary>Trains them within this process.</summary>
        public Baselines()
        {
            var points = Points.Draw(700);
            _folder.Write("vector.csv", Points.Csv(points));
            _folder.Write("vector.json", Points.Spec(data: "vector.csv", adapters: 10, active: 4));
            WriteTexts();
            WriteTable();
            Copy("vector", "auto", """ "adapter": { "trainer": "auto" } """);
            Copy("hashing", "softmax", """ "adapter": { "trainer": "softmax", "lambda": 0.01 } """);
            Copy("tabular", "tuned ridge", """ "adapter": { "trainer": "ridge", "lambda": "auto" } """);
            foreach (var kind in Kinds)
            {
                var exclude = _folder.Write("exclude.txt", Forgotten + "\n");
                Legonet.Run("train", _folder[kind + ".json"], "--out", _folder[kind + "-all"], "--key", _folder["one.key"]).Succeeds();
                Legonet.Run("train", _folder[kind + ".json"], "--out", _folder[kind + "-never"], "--key", _folder["one.key"], "--exclude", exclude).Succeeds();
            }
        }

        /// <summary>Kinds of data, each with a built-in encoder of its own; and the same data with each of the other trainers.</summary>
        internal static string[] Kinds { get; } = ["vector", "hashing", "tabular", "auto", "softmax", "tuned ridge"];

        internal (string Spec, string Key, string Trained, string Forgotten) Of(string kind)
            => (_folder[kind + ".json"], _folder["one.key"], _folder[kind + "-all"], _folder[kind + "-never"]);

        /// <inheritdoc/>
        public void Dispose() => _folder.Dispose();

        private void Copy(string kind, string to, string adapter)
        {
            File.Copy(_folder[kind + ".csv"], _folder[to + ".csv"]);
            var spec = File.ReadAllText(_folder[kind + ".json"]).Replace($"\"{kind}.csv\"", $"\"{to}.csv\"", StringComparison.Ordinal);
            _folder.Write(to + ".json", Regex.Replace(spec, """ "adapter": \{[^}]*\}""".Trim(), adapter));
        }

        // Short codes and long shards (primal), and long codes and short shards (dual).
        private void WriteTexts()
        {
            var random = new Random(5);
            string[][] words = [["red", "crimson", "scarlet", "ruby"], ["green", "olive", "lime", "moss"], ["blue", "navy", "azure", "sky"]];
            string[] common = ["the", "a", "is", "very", "not", "colour", "of", "and", "house", "car"];
            var lines = Enumerable.Range(0, 300).Select(i =>
            {
                var c = random.Next(3);
                var text = Enumerable.Range(0, 6 + random.Next(12))
                    .Select(_ => random.Next(3) == 0 ? words[c][random.Next(4)] : common[random.Next(common.Length)]);
                return $"s{random.Next(20)},t{i},c{c},{string.Join(' ', text)}\n";
            });
            _folder.Write("hashing.csv", "subject,id,label,text\n" + string.Concat(lines));
            _folder.Write("hashing.json", """
                {
                  "task": "multiclass",
                  "classes": ["c0", "c1", "c2"],
                  "source": { "type": "text", "path": "hashing.csv", "subject": "subject", "id": "id", "label": "label" },
                  "encoder": { "type": "hashing", "dimension": 300, "chars": [3, 4] },
                  "routing": { "adapters": 9, "active": 3, "keys": "gaussian" },
                  "adapter": { "trainer": "ridge", "lambda": 300 }
                }
                """);
        }

        private void WriteTable()
        {
            var random = new Random(6);
            string[] kinds = ["oak", "ash", "elm"];
            var lines = Enumerable.Range(0, 400).Select(i =>
            {
                var (age, height, kind) = (random.Next(1, 200), random.NextDouble() * 30, random.Next(3));
                return FormattableString.Invariant($"s{random.Next(20)},p{i},{(age / 10.0) + height + (kind * 3):F2},{age},{height:F3},{kinds[kind]}\n");
            });
            _folder.Write("tabular.csv", "subject,id,value,age,height,kind\n" + string.Concat(lines));
            _folder.Write("tabular.json", """
                {
                  "task": "regression",
                  "target": { "min": 0, "max": 60, "step": 0.05 },
                  "source": { "type": "tabular", "path": "tabular.csv", "subject": "subject", "id": "id", "label": "value" },
                  "encoder": {
                    "type": "tabular",
                    "columns": [
                      { "name": "age", "min": 1, "max": 200, "amplitude": 127 },
                      { "name": "height", "edges": [5, 10, 15, 20, 25], "coding": "thermometer", "amplitude": 64 },
                      { "name": "kind", "categories": ["oak", "ash", "elm"], "amplitude": 64 }
                    ]
                  },
                  "routing": { "adapters": 6, "active": 2, "keys": "gaussian" },
                  "adapter": { "trainer": "ridge", "lambda": 5000 }
                }
                """);
        }
    }
}
