using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class TrainCommandTests
{
    private const string Header = "subject,id,label,x1,x2,x3,x4,x5,x6,x7,x8\n";
    private const string Row = "s1,r1,red,0,0,0,0,0,0,0,0\n";

    // What replaces a part of a good spec, and what the sentence must name.
    public static TheoryData<string, string, string[]> BadSpecs => new()
    {
        { "\"seed\": 3", "\"seed\": 3, \"sed\": 1", ["spec.json", "sed"] },
        { "\"seed\": 3", "\"seed\": -1", ["spec.json", "seed"] },
        { "\"seed\": 3", "\"seed\": 3, \"seed\": 4", ["spec.json", "seed", "twice"] },
        { "\"seed\": 3", "\"seed\": }", ["spec.json", "line 7", "JSON"] },
        { "\"multiclass\"", "\"clustering\"", ["spec.json", "task", "clustering"] },
        { "\"classes\": [\"red\", \"green\", \"blue\", \"grey\"],", "", ["spec.json", "classes"] },
        { "\"grey\"", "\"red\"", ["spec.json", "classes", "distinct"] },
        { "\"type\": \"vectors\"", "\"type\": \"vecs\"", ["spec.json", "source.type", "vecs"] },
        { "\"path\": \"points.csv\"", "\"path\": \"nowhere.csv\"", ["nowhere.csv"] },
        { "\"path\": \"points.csv\"", "\"path\": \"${LEGONET_NO_SUCH_VARIABLE}/points.csv\"", ["source.path", "LEGONET_NO_SUCH_VARIABLE"] },
        { "\"label\": \"label\"", "\"label\": \"colour\"", ["points.csv", "colour"] },
        { "\"type\": \"vector\"", "\"type\": \"magic\"", ["spec.json", "encoder.type", "magic"] },
        { "\"dimension\": 8", "\"dimension\": 7", ["points.csv", "8 dimensions where 7"] },
        { "\"max\": 4", "\"max\": -4", ["spec.json", "encoder.max"] },
        { "\"dimension\": 8, \"min\": -4, \"max\": 4", "\"card\": \"missing.card.json\"", ["missing.card.json"] },
        { "\"active\": 3", "\"active\": 13", ["spec.json", "routing.active"] },
        { "\"keys\": \"gaussian\"", "\"keys\": \"public\"", ["spec.json", "routing.keys"] },
        { "\"trainer\": \"ridge\"", "\"trainer\": \"forest\"", ["spec.json", "adapter.trainer", "forest"] },
        { "\"trainer\": \"ridge\"", "\"trainer\": \"mlnet:no-such-trainer\"", ["spec.json", "adapter.trainer", "mlnet:no-such-trainer"] },
        { "\"lambda\": 1000", "\"lambda\": 0", ["spec.json", "adapter.lambda"] },
        { "\"lambda\": 1000", "\"lambda\": \"big\"", ["spec.json", "adapter.lambda"] },
    };

    public static TheoryData<string, string[]> BadData => new()
    {
        { "", ["points.csv"] },
        { Header, ["points.csv", "no rows"] },
        { Header + "s1,r1,red,0,0,0,0,0,0,0\n", ["points.csv", "line 2"] },
        { Header + Row + "s1,r2,red,0,0,0,0,0,0,0,NaN\n", ["points.csv", "line 3"] },
        { Header + Row + "s1,r2,red,0,0,0,0,0,0,0,one\n", ["points.csv", "line 3", "x8"] },
        { Header + Row + "s1,r2,red,0,0,0,0,0,0,0,1e999\n", ["points.csv", "line 3"] },
        { Header + Row + "s1,r2,purple,0,0,0,0,0,0,0,0\n", ["points.csv", "line 3", "\"purple\""] },
        { Header + Row + "s1,r2,,0,0,0,0,0,0,0,0\n", ["points.csv", "line 3"] },
        { Header + Row + ",r2,red,0,0,0,0,0,0,0,0\n", ["points.csv", "line 3", "subject"] },
        { Header + Row + "s1,r1,blue,0,0,0,0,0,0,0,0\n", ["points.csv", "line 2", "line 3", "same subject and id"] },
        { Header + Row + "s1,r1,red,0,0,0,0,0,0,0,3\n", ["points.csv", "line 2", "line 3", "same subject and id"] },
        { Header + Row + "s1,\"r2,red,0,0,0,0,0,0,0,0\n", ["points.csv", "line 3"] },
    };

    [Theory]
    [MemberData(nameof(BadSpecs))]
    public void Train_WithBadSpec_NamesTheFieldAndLeavesNothing(string part, string replacement, string[] named)
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(20)));
        var good = Points.Spec();
        Assert.Contains(part, good, StringComparison.Ordinal);
        var spec = folder.Write("spec.json", good.Replace(part, replacement, StringComparison.Ordinal));

        RefusesToTrain(folder, spec, named);
    }

    [Theory]
    [MemberData(nameof(BadData))]
    public void Train_WithBadData_NamesTheLineAndLeavesNothing(string csv, string[] named)
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", csv);

        RefusesToTrain(folder, folder.Write("spec.json", Points.Spec()), named);
    }

    [Fact]
    public void Train_WithRegressionTargetOutOfRange_NamesTheLine()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Header + "s1,r1,20.5,0,0,0,0,0,0,0,0\n");

        RefusesToTrain(folder, folder.Write("spec.json", Points.Spec("regression")), ["points.csv", "line 2", "-20 to 20"]);
    }

    [Fact]
    public void Train_WithoutSpecFile_NamesIt()
    {
        using var folder = new TempFolder();
        RefusesToTrain(folder, folder["nowhere.json"], ["nowhere.json"]);
    }

    [Fact]
    public void Train_OverExistingDirectory_LeavesItAlone()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(20)));
        var spec = folder.Write("spec.json", Points.Spec());
        folder.Write("model/notes.txt", "mine");

        var message = Legonet.Refuses(3, "train", spec, "--out", folder["model"]);

        Assert.Contains(folder["model"], message, StringComparison.Ordinal);
        Assert.Equal(["model/notes.txt"], Directory.EnumerateFiles(folder["model"]).Select(f => Path.GetRelativePath(folder.Path, f).Replace('\\', '/')));
    }

    [Fact]
    public void Train_RowsGivenTwiceAndValuesOutsideTheRange_SaysHowMany()
    {
        using var folder = new TempFolder();
        var points = Points.Draw(20);
        (points[3].Values[0], points[3].Values[1]) = (4.5f, -99);
        folder.Write("points.csv", Points.Csv([.. points, points[0], points[1]]));

        var notes = Legonet.Run("train", folder.Write("spec.json", Points.Spec()), "--out", folder["model"]).Succeeds().Error;

        Assert.Contains("note: 2 records of the source were passed over: given twice, subject, id and content.", notes, StringComparison.Ordinal);
        Assert.Contains("note: 2 values of the source lay outside the declared ranges and were clamped to them.", notes, StringComparison.Ordinal);

        var again = Legonet.Run("add", folder["model"], "--data", folder["points.csv"]).Succeeds().Error;

        Assert.Contains("note: 22 records of the source were passed over: stored already, or given twice", again, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"type\": \"vector\" }")]
    [InlineData("{ \"type\": \"vector\", \"dimension\": 8 }")]
    public void Train_VectorsWithoutCardOrRange_ProposesARangeAndTakesNone(string encoder)
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(300)));
        var text = Points.Spec().Replace("""{ "type": "vector", "dimension": 8, "min": -4, "max": 4 }""", encoder, StringComparison.Ordinal);
        var message = Legonet.Refuses(3, "train", folder.Write("spec.json", text), "--out", folder["model"]);
        Assert.Contains(
            $"spec.json: encoder must have a card, or dimension, min and max; the first 300 rows of {folder["points.csv"]} would fit into "
            + "\"dimension\": 8, \"min\": -4, \"max\": 4, which is for you to write if you know it from elsewhere too",
            message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("adapters", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["model"]));
    }

    [Fact]
    public void Train_VectorsThatNoRangeSuits_SaysThatOneAdapterWouldGetThem()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(300).Select(p => p with { Values = [.. p.Values.Select((v, i) => i < 4 ? 1_000 + v : v)] })));
        var text = Points.Spec().Replace(", \"min\": -4, \"max\": 4", "", StringComparison.Ordinal);
        Assert.Contains(
            "one of 64 adapters would then get 100 % of these rows: better take a card that standardises them, or one adapter.",
            Legonet.Refuses(3, "train", folder.Write("spec.json", text), "--out", folder["model"]),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-4, 4, 16, false)]
    [InlineData(1_000, 1_008, 16, true)]
    [InlineData(1_000, 1_008, 1, false)]
    public void TrainAndInspect_ShardsSoUnequalThatRoutingFailed_Warn(int min, int max, int adapters, bool warns)
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(300)));
        var text = Points.Spec(adapters: adapters, active: 1).Replace("\"min\": -4, \"max\": 4", $"\"min\": {min}, \"max\": {max}", StringComparison.Ordinal);
        var notes = Legonet.Run("train", folder.Write("spec.json", text), "--out", folder["model"]).Succeeds().Error;
        const string said = "one adapter holds 300 of 300 records where 19 would be even, so routing hardly tells them apart";
        Assert.Equal(warns, notes.Contains($"warning: {folder["model"]}: {said}", StringComparison.Ordinal));
        Assert.Equal(warns, Legonet.Run("inspect", folder["model"]).Succeeds().Output.Contains($"warning    {said}", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_OverExistingFile_LeavesItAlone()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(20)));
        var file = folder.Write("model", "mine");

        Assert.Contains(file, Legonet.Refuses(3, "train", folder.Write("spec.json", Points.Spec()), "--out", file), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    [InlineData("zz23456789012345678901234567890123456789012345678901234567890123")]
    public void Train_WithMalformedKeyFile_NamesIt(string key)
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(20)));
        var spec = folder.Write("spec.json", Points.Spec());

        RefusesToTrain(folder, spec, ["given.key"], "--key", folder.Write("given.key", key));
    }

    [Theory]
    [InlineData("a\tb\tc", "line 2")]
    [InlineData("\tb", "line 2")]
    [InlineData("b\t ", "line 2")]
    public void Train_ExcludingWithMalformedFile_NamesTheLine(string line, string named)
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(20)));
        var spec = folder.Write("spec.json", Points.Spec());

        RefusesToTrain(folder, spec, ["out.txt", named], "--exclude", folder.Write("out.txt", "s1\n" + line + "\n"));
    }

    [Fact]
    public void Train_ExcludingEverybody_SaysThatNothingIsLeft()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Header + Row);
        var spec = folder.Write("spec.json", Points.Spec());

        RefusesToTrain(folder, spec, ["no records"], "--exclude", folder.Write("out.txt", "s1\n"));
    }

    [Fact]
    public void Train_FromNpyAndCsv_GivesTheSameModelAsFromCsv()
    {
        using var folder = new TempFolder();
        var points = Points.Draw(80);
        var model = Points.Train(folder, "csv", points);
        Points.Npy(folder, "vectors", points);
        var spec = folder.Write("npy.json", Points.Spec().Replace(
            "\"type\": \"vectors\", \"path\": \"points.csv\"",
            "\"type\": \"npy\", \"vectors\": \"vectors.npy\", \"records\": \"vectors.csv\"",
            StringComparison.Ordinal));

        Legonet.Run("train", spec, "--out", folder["npy"], "--key", folder["csv.key"]).Succeeds();

        Tree.AssertSameModel(model, folder["npy"]);
    }

    [Fact]
    public void Train_WithSpecOfCommentsAndTrailingCommas_Trains()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(20)));
        var spec = folder.Write("spec.json", "// What it is.\n" + Points.Spec().Replace("\"seed\": 3", "\"seed\": 3, /* last */", StringComparison.Ordinal));

        Assert.Equal(20, (int)Legonet.Run("train", spec, "--out", folder["model"], "--json").Succeeds().Json["records"]!);
    }

    [Fact]
    public void Train_WithoutIds_NotesHowRecordsAreNamed()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(20)));
        var spec = folder.Write("spec.json", Points.Spec().Replace(
            "\"subject\": \"subject\", \"id\": \"id\",",
            "\"features\": [\"x1\", \"x2\", \"x3\", \"x4\", \"x5\", \"x6\", \"x7\", \"x8\"],",
            StringComparison.Ordinal));

        var run = Legonet.Run("train", spec, "--out", folder["model"], "--json").Succeeds();

        Assert.Contains("note: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, (int)Legonet.Run("forget", folder["model"], "--subject", "points.csv:7", "--json").Succeeds().Json["records"]!);
    }

    private static void RefusesToTrain(TempFolder folder, string spec, string[] named, params string[] more)
    {
        var model = folder["model"];
        var message = Legonet.Refuses(3, ["train", spec, "--out", model, .. more]);
        foreach (var part in named)
        {
            Assert.Contains(part, message, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(model) || Directory.Exists(model + ".partial"));
    }
}
