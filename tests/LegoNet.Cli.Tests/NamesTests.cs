using LegoNet.Cli.Tests.Support;
using LegoNet.Data;

namespace LegoNet.Cli.Tests;

/// <summary>Whoever reads a name, and however it was typed, means the same person.</summary>
public sealed class NamesTests : IDisposable
{
    private const int People = 12;

    // Each part as two spellings of one.
    private static readonly (string Composed, string Decomposed)[] s_parts =
    [
        ("Jos\u00E9", "Jose\u0301"), ("\u00C5sa", "A\u030Asa"), ("Nguy\u1EC5n", "Nguye\u0302\u0303n"), ("\uD55C", "\u1112\u1161\u11AB"),
        ("\u0439", "\u0438\u0306"), ("#4711", "#4711"), ("\u200Bx", "\u200Bx"), ("a b", "a b"), ("\u4E2D", "\u4E2D"), ("O'Neil", "O'Neil"),
    ];

    private static readonly string[] s_edges = ["", " ", "  ", "\u00A0", "\u3000", "\u2009 "];

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Commands_GivenAnySpelling_AgreeOnOneTag(int seed)
    {
        var random = new Random(seed);
        Person[] people = [.. Enumerable.Range(0, People).Select(i => Person.Draw(random, i))];
        var points = Points.Draw(People * 3, seed: seed);
        points = [.. points.Select((p, i) => p with { Subject = $"\"{people[i % People].Spell(random)}\"" })];
        var spec = Write("points", points);
        var model = _folder["model"];
        Legonet.Run("train", spec, "--out", model).Succeeds();

        foreach (var person in people)
        {
            string? tag = null;
            for (var i = 0; i < 2; i++)
            {
                var inspected = Legonet.Run("inspect", model, "--subject", person.Spell(random), "--json").Succeeds().Json;
                Assert.Equal(3, inspected["records"]!.AsArray().Count);
                Assert.Equal(tag ??= (string)inspected["tag"]!, (string)inspected["tag"]!);
                Legonet.Run("prove", model, "--subject", person.Spell(random), "--out", _folder["proof.json"]).Succeeds();
                var check = Legonet.Run("check", _folder["proof.json"], "--key", model + ".signing.pub.pem", "--subject", person.Spell(random), "--json");
                Assert.Equal("presence", (string)check.Succeeds().Json["kind"]!);
                Assert.Equal(tag, (string)check.Json["tag"]!);
            }

            var record = points.First(p => RecordName.Normalize(p.Subject.Trim('"')) == person.Name);
            Legonet.Run("correct", model, "--subject", person.Spell(random), "--id", $" {record.Id}\u00A0", "--label", "red").Succeeds();
            Legonet.Run("correct", model, "--subject", person.Spell(random), "--id", record.Id, "--label", record.Label).Succeeds();
            var forecast = Legonet.Run("forget", model, "--subject", person.Spell(random), "--id", record.Id + " ", "--dry-run", "--json");
            Assert.Equal(1, (int)forecast.Succeeds().Json["records"]!);
        }

        Person[] gone = people[..4];
        var file = _folder.Write("who.txt", "\uFEFF" + string.Concat(gone.Select(p => p.Spell(random) + "\r\n")));
        Assert.Equal(12, (int)Legonet.Run("forget", model, "--file", file, "--json").Succeeds().Json["records"]!);
        Legonet.Run("verify", model, "--data", _folder["points.csv"], "--exclude", file).Succeeds();
        Legonet.Run("train", spec, "--out", _folder["never"], "--key", model + ".key", "--exclude", file).Succeeds();
        Tree.AssertSameModel(_folder["never"], model);
    }

    [Fact]
    public void Add_RecordUnderAnotherSpelling_IsTheRecordThatIsThere()
    {
        var points = Points.Draw(20);
        points[0] = points[0] with { Subject = "Jos\u00E9", Id = "\u00C5-1" };
        var model = _folder["model"];
        Legonet.Run("train", Write("points", points), "--out", model).Succeeds();

        points[0] = points[0] with { Subject = "\"Jose\u0301 \"", Id = "\u00A0A\u030A-1" };
        var again = _folder.Write("again.csv", Points.Csv(points));
        Assert.Equal(0, (int)Legonet.Run("add", model, "--data", again, "--json").Succeeds().Json["records"]!);
        var other = _folder.Write("other.csv", Points.Csv([points[0] with { Label = points[0].Label == "red" ? "blue" : "red" }]));
        Assert.Contains("other", Legonet.Refuses(3, "add", model, "--data", other), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" ", "is empty")]
    [InlineData("\u00A0", "is empty")]
    [InlineData("a\tb", "control character")]
    [InlineData("a\nb", "control character")]
    public void Commands_GivenWhatIsNoName_RefuseIt(string written, string said)
    {
        var model = _folder["model"];
        Legonet.Run("train", Write("points", Points.Draw(20)), "--out", model).Succeeds();
        Legonet.Run("prove", model, "--subject", "s1", "--out", _folder["proof.json"]).Succeeds();
        string[][] commands =
        [
            ["inspect", model, "--subject", written],
            ["prove", model, "--subject", written],
            ["check", _folder["proof.json"], "--key", model + ".signing.pub.pem", "--subject", written],
            ["forget", model, "--subject", written],
            ["forget", model, "--subject", "s1", "--id", written],
            ["forget", model, "--subject", written, "--ignore-unknown"],
            ["correct", model, "--subject", written, "--id", "a", "--label", "red"],
        ];
        Assert.All(commands, command => Assert.Contains(said, Legonet.Refuses(3, command), StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private string Write(string name, IReadOnlyList<Point> points)
    {
        _folder.Write(name + ".csv", Points.Csv(points));
        return _folder.Write(name + ".json", Points.Spec(data: name + ".csv"));
    }

    private sealed record Person((string Composed, string Decomposed)[] Parts, int Number)
    {
        public string Name => string.Concat(Parts.Select(p => p.Composed)) + Number;

        public static Person Draw(Random random, int number) => new([.. random.GetItems(s_parts, 3)], number);

        public string Spell(Random random)
            => s_edges[random.Next(s_edges.Length)]
                + string.Concat(Parts.Select(p => random.Next(2) == 0 ? p.Composed : p.Decomposed)) + Number
                + s_edges[random.Next(s_edges.Length)];
    }
}
