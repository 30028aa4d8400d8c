using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;
using LegoNet.Demo;

namespace LegoNet.Cli.Tests.Commands;

/// <summary>`legonet init`: a Model Builder configuration becomes a spec that trains.</summary>
public sealed class InitCommandTests
{
    private static readonly JsonDocumentOptions s_specs = new() { CommentHandling = JsonCommentHandling.Skip };

    // The parts of a good configuration that make it a bad one, and what the sentence must name.
    public static TheoryData<string, string, string> Refused => new()
    {
        {
            "\"Scenario\":\"Classification\"",
            "\"Scenario\":\"Forecasting\"",
            "\"Forecasting\" has no spec; text, image and tabular classification and regression"
        },
        { "\"Scenario\":\"Classification\"", "\"Scenario\":\"Recommendation\"", "Recommendation" },
        { "\"Scenario\":\"Classification\"", "\"Scenario\":\"ObjectDetection\"", "ObjectDetection" },
        { "\"Scenario\":\"Classification\"", "\"Scenario\":\"1\"", "has no spec" },
        { "\"Scenario\":\"Classification\"", "\"Scenario\":\"Default\"", "no scenario yet" },
        { "\"Scenario\":\"Classification\"", "\"Scenario\":\"ImageClassification\"", "\"Folder\"" },
        { "\"Scenario\":\"Classification\"", "\"Kind\":\"Classification\"", "is no Model Builder configuration" },
        { "\"Scenario\":\"Classification\"", "\"Scenario\":\"Classification\",\"scenario\":\"Regression\"", "is given twice" },
        { "\"Type\":\"TabularFile\"", "\"Type\":\"SQL\"", "SQL" },
        { "\"Type\":\"TabularFile\"", "\"Type\":\"Vott\"", "Vott" },
        { "reviews.tsv", "elsewhere.tsv", "elsewhere.tsv" },
        { "C:\\\\Users\\\\ann\\\\reviews.tsv", "", "no data file yet" },
        { "\"ColumnPurpose\":\"Label\"", "\"ColumnPurpose\":\"Ignore\"", "no label column" },
        { "\"ColumnPurpose\":\"Feature\"", "\"ColumnPurpose\":\"Ignore\"", "no feature column" },
        { "\"ColumnName\":\"mood\"", "\"ColumnName\":\"feeling\"", "no column \"feeling\"" },
        { "\"ColumnName\":\"body\"", "\"ColumnName\":\"mood\"", "twice" },
        { "\"ColumnName\":\"body\"", "\"ColumnName\":\"corpus\"", "no column \"corpus\"" },
        { "\"Delimiter\":\"\\t\"", "\"Delimiter\":\";;\"", "separator" },
        { "\"DataSource\":{", "\"Data\":{", "no data source yet" },
    };

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Init_TextWithoutHeader_TrainsAndClassifies(int version)
    {
        using var folder = new TempFolder();
        var config = Configurations.Table(
            "Classification", @"C:\Users\ann\Desktop\reviews.tsv", "\t", header: false,
            Configurations.Column("col0", "Feature"), Configurations.Column("col1", "Label", "Single", categorical: true));
        folder.Write("reviews.tsv", string.Concat(Configurations.Reviews(300).Select(r => $"{r.Text}\t{r.Label}\n\n")));
        folder.Write("more.tsv", string.Concat(Configurations.Reviews(100, seed: 2).Select(r => $"{r.Text}\t{r.Label}\n")));

        var spec = Init(folder, version == 0 ? Configurations.OfVersion0(config) : config);

        Assert.Equal(["0", "1"], Strings(spec["classes"]));
        Assert.Equal("col0", (string)spec["source"]!["text"]!);
        Assert.Equal("hashing", (string)spec["encoder"]!["type"]!);
        Assert.Equal("""{"trainer":"auto"}""", spec["adapter"]!.ToJsonString());
        Assert.Null(spec["temperature"]);
        Assert.True(AccuracyOn(folder, spec, "more.tsv") > 0.95);
    }

    [Fact]
    public void Init_TextWithQuotedLinesAndSubjects_TrainsAndForgetsAPerson()
    {
        using var folder = new TempFolder();
        var config = Configurations.Table(
            "TextClassification", "data/tickets.csv", ",", header: true,
            Configurations.Column("customer", "Ignore"),
            Configurations.Column("ticket", "Ignore"),
            Configurations.Column("body", "Text"),
            Configurations.Column("mood", "Label", categorical: true));
        config["DataSource"]!["AllowQuoting"] = true;
        config["DataSource"]!["ReadMultiLines"] = true;
        var rows = Configurations.Reviews(200)
            .Select((r, i) => $"c{i % 20},t{i},\"{r.Text},\nsaid \"\"we\"\"\",{(r.Label == "1" ? "good" : "bad")}\n");
        folder.Write("data/tickets.csv", "customer,ticket,body,mood\n" + string.Concat(rows));

        var run = Legonet.Run("init", "--from", Write(folder, config), "--subject", "customer", "--id", "ticket", "--json").Succeeds().Json;

        Assert.DoesNotContain(
            run["warnings"]!.AsArray(),
            w => ((string)w!).Contains("--subject", StringComparison.Ordinal) || ((string)w!).Contains("--id", StringComparison.Ordinal));
        Legonet.Run("train", folder["model.json"], "--out", folder["model"]).Succeeds();
        Assert.Equal(10, (int)Legonet.Run("forget", folder["model"], "--subject", "c3", "--json").Succeeds().Json["records"]!);
    }

    [Fact]
    public void Init_TabularClassification_TrainsAndSaysWhatItLeftOut()
    {
        using var folder = new TempFolder();
        var config = FareTable("Classification", "far");
        WriteFares(folder, "fares.csv", 400, 1);
        WriteFares(folder, "more.csv", 100, 2);

        var run = Legonet.Run("init", "--from", Write(folder, config), "--json").Succeeds().Json;
        var spec = ReadSpec(folder["model.json"]);

        Assert.Equal("composite", (string)spec["encoder"]!["type"]!);
        Assert.Equal(["comment"], Strings(spec["encoder"]!["parts"]![0]!["columns"]));
        var columns = spec["encoder"]!["parts"]![1]!["columns"]!.AsArray();
        Assert.Equal(["distance", "distance", "minutes", "minutes", "payment", "area"], columns.Select(c => (string)c!["name"]!));
        Assert.Equal((0.0, 20.0), ((double)columns[0]!["min"]!, (double)columns[0]!["max"]!));
        Assert.Equal(["card", "cash"], Strings(columns[4]!["categories"]));
        Assert.Equal(["pickup"], run["leftOut"]!.AsArray().Select(c => (string)c!["column"]!));
        Assert.Contains(run["warnings"]!.AsArray(), w => ((string)w!).Contains("no --subject column", StringComparison.Ordinal));
        Assert.Contains(run["warnings"]!.AsArray(), w => ((string)w!).Contains("no --id column", StringComparison.Ordinal));
        Assert.True(AccuracyOn(folder, spec, "more.csv") > 0.9);
    }

    [Fact]
    public void Init_BooleanLabel_IsBinaryWithTrueThePositiveClass()
    {
        using var folder = new TempFolder();
        var config = FareTable("Classification", "far");
        config["DataSource"]!["ColumnProperties"]!.AsArray().Single(c => (string)c!["ColumnName"]! == "far")!["ColumnDataFormat"] = "Boolean";
        WriteFares(folder, "fares.csv", 60, 1);

        var spec = Init(folder, config);

        Assert.Equal("binary", (string)spec["task"]!);
        Assert.Equal(["no", "yes"], Strings(spec["classes"]));
    }

    [Fact]
    public void Init_Regression_TrainsAndPredicts()
    {
        using var folder = new TempFolder();
        WriteFares(folder, "fares.csv", 400, 1);
        WriteFares(folder, "more.csv", 100, 2);

        var spec = Init(folder, FareTable("Regression", "fare"));

        Assert.Equal("regression", (string)spec["task"]!);
        Assert.Equal(0.01, (double)spec["target"]!["step"]!);
        Assert.Equal("""{"trainer":"ridge","lambda":"auto"}""", spec["adapter"]!.ToJsonString());
        Assert.True((double)Evaluate(folder, spec, "more.csv")["rSquared"]! > 0.9);
    }

    [Fact]
    public void Init_ValidationFile_BecomesTheTestSource()
    {
        using var folder = new TempFolder();
        var config = FareTable("Classification", "far");
        config["TrainingOption"]!["ValidationOption"] = new JsonObject
        {
            ["Version"] = 0,
            ["Type"] = "FileValidationOption",
            ["FilePath"] = @"D:\data\kept\more.csv",
        };
        WriteFares(folder, "fares.csv", 200, 1);
        WriteFares(folder, "kept/more.csv", 50, 2);

        Init(folder, config);

        Legonet.Run("train", folder["model.json"], "--out", folder["model"]).Succeeds();
        Assert.Equal(50, (int)Legonet.Run("evaluate", folder["model"], "--data", folder["model.json"] + "#test", "--json").Succeeds().Json["records"]!);
    }

    [Fact]
    public void Init_ValuesOfFew_AreNowhereInTheSpec()
    {
        using var folder = new TempFolder();
        WriteFares(folder, "fares.csv", 200, 1, "73.21,999,voucher-of-ann,atlantis,2026-01-05,hello,yes,12.34\n");

        var spec = Init(folder, FareTable("Classification", "far"));

        var text = File.ReadAllText(folder["model.json"]);
        Assert.All(["73.21", "999", "voucher", "atlantis"], value => Assert.DoesNotContain(value, text, StringComparison.Ordinal));
        Legonet.Run("train", folder["model.json"], "--out", folder["model"]).Succeeds();
        var columns = spec["encoder"]!["parts"]![1]!["columns"]!.AsArray();
        Assert.Equal(45, (double)columns.Last(c => (string)c!["name"]! == "minutes" && c["max"] is not null)!["max"]!);
    }

    [Fact]
    public void Init_ValueThatOneSubjectHasOften_IsNotProposed()
    {
        using var folder = new TempFolder();
        var config = Configurations.Table(
            "Classification", "shops.csv", ",", header: true,
            Configurations.Column("customer", "Ignore"),
            Configurations.Column("shop", "Feature", categorical: true),
            Configurations.Column("size", "Feature", "Single"),
            Configurations.Column("kind", "Label", categorical: true));
        var rows = Enumerable.Range(0, 120).Select(i =>
        {
            var shop = i % 12 == 0 ? "ownshop" : i % 2 == 0 ? "high street" : "market";
            return $"c{i % 12},{shop},{(i % 12 == 0 ? 5000 : i % 7)},{(i % 2 == 0 ? "a" : "b")}\n";
        });
        folder.Write("shops.csv", "customer,shop,size,kind\n" + string.Concat(rows));

        Assert.Contains("ownshop", Init(folder, config).ToJsonString(), StringComparison.Ordinal);
        var careful = Init(folder, config, "--subject", "customer", "--force").ToJsonString();

        Assert.DoesNotContain("ownshop", careful, StringComparison.Ordinal);
        Assert.DoesNotContain("5000", careful, StringComparison.Ordinal);
        Assert.Contains("high street", careful, StringComparison.Ordinal);
    }

    [Fact]
    public void Init_SkewedColumn_IsCutAtWideningPlaces()
    {
        using var folder = new TempFolder();
        var config = Configurations.Table(
            "Classification", "gain.csv", ",", header: true,
            Configurations.Column("gain", "Feature", "Single"), Configurations.Column("kind", "Label", categorical: true));
        var rows = Enumerable.Range(0, 200).Select(i => $"{(i % 10 == 0 ? 90_000 : i % 20)},{(i % 2 == 0 ? "a" : "b")}\n");
        folder.Write("gain.csv", "gain,kind\n" + string.Concat(rows));

        var edges = Init(folder, config)["encoder"]!["columns"]![1]!["edges"]!.AsArray().Select(e => (double)e!).ToArray();

        Assert.Contains(10, edges);
        Assert.Contains(5000, edges);
        Assert.Equal(edges.Order(), edges);
    }

    [Fact]
    public void Init_RareClass_IsListedWithAWarning()
    {
        using var folder = new TempFolder();
        var config = Reviews(folder, "hello there\tannoyed-ann\n");

        var run = Legonet.Run("init", "--from", Write(folder, config), "--json").Succeeds().Json;

        Assert.Contains("annoyed-ann", Strings(ReadSpec(folder["model.json"])["classes"]));
        Assert.Contains(run["warnings"]!.AsArray(), w => ((string)w!).Contains("1 class of 3 is had by fewer than 5 rows", StringComparison.Ordinal));
    }

    [Fact]
    public void Init_QuotingOtherThanSaid_ReadsTheFileAndSaysSo()
    {
        using var folder = new TempFolder();
        var config = Configurations.Table(
            "Classification", "reviews.csv", ",", header: true,
            Configurations.Column("body", "Feature"), Configurations.Column("mood", "Label", categorical: true));
        folder.Write("reviews.csv", "body,mood\n" + string.Concat(Configurations.Reviews(60).Select(r => $"\"so, {r.Text}\",{r.Label}\n")));

        var run = Legonet.Run("init", "--from", Write(folder, config), "--json").Succeeds().Json;

        Assert.Contains(run["warnings"]!.AsArray(), w => ((string)w!).Contains("\"quotes\": true", StringComparison.Ordinal));
        Legonet.Run("train", folder["model.json"], "--out", folder["model"]).Succeeds();
    }

    [Fact]
    public void Init_Twice_WritesTheSameSpecWithWhereItCameFrom()
    {
        using var folder = new TempFolder();
        var config = Write(folder, Reviews(folder));
        Legonet.Run("init", "--from", config, "--out", folder["a.json"]).Succeeds();
        Legonet.Run("init", "--from", config, "--out", folder["sub/../b.json"]).Succeeds();

        var text = File.ReadAllText(folder["a.json"]);
        Assert.Equal(text.Replace("\"a\"", "\"b\"", StringComparison.Ordinal), File.ReadAllText(folder["b.json"]));
        Assert.Contains("were proposed from reviews.tsv on 20", text, StringComparison.Ordinal);
        Assert.Equal(
            ["a.json", "b.json", "model.mbconfig", "reviews.tsv"],
            Directory.EnumerateFiles(folder.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Init_WithoutJson_SaysWhatWasProposed()
    {
        using var folder = new TempFolder();
        var run = Legonet.Run("init", "--from", Write(folder, Reviews(folder))).Succeeds();

        Assert.Contains("text classification, 80 records found in", run.Output, StringComparison.Ordinal);
        Assert.Contains("Proposed from these records, and declared from here on; edit before training", run.Output, StringComparison.Ordinal);
        Assert.Contains("mood (label): 2 classes", run.Output, StringComparison.Ordinal);
        Assert.Contains("legonet train", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Init_OverAnExistingFile_NeedsForceAndASpec()
    {
        using var folder = new TempFolder();
        var config = Write(folder, Reviews(folder));
        Legonet.Run("init", "--from", config).Succeeds();
        folder.Write("notes.json", """{ "mine": true }""");
        var data = File.ReadAllText(folder["reviews.tsv"]);

        Assert.Contains("--force", Legonet.Refuses(3, "init", "--from", config), StringComparison.Ordinal);
        Legonet.Run("init", "--from", config, "--force").Succeeds();
        Assert.Contains("no spec", Legonet.Refuses(3, "init", "--from", config, "--force", "--out", folder["notes.json"]), StringComparison.Ordinal);
        Assert.Contains("no spec", Legonet.Refuses(3, "init", "--from", config, "--force", "--out", folder["reviews.tsv"]), StringComparison.Ordinal);
        Assert.Contains("configuration itself", Legonet.Refuses(3, "init", "--from", config, "--force", "--out", config), StringComparison.Ordinal);
        Assert.Equal(data, File.ReadAllText(folder["reviews.tsv"]));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Init_BadConfiguration_IsOneSentenceAndWritesNothing(string part, string replacement, string named)
    {
        using var folder = new TempFolder();
        var good = Reviews(folder).ToJsonString();
        Assert.Contains(part, good, StringComparison.Ordinal);
        var config = folder.Write("model.mbconfig", good.Replace(part, replacement, StringComparison.Ordinal));

        Assert.Contains(named, Legonet.Refuses(3, "init", "--from", config), StringComparison.Ordinal);
        Assert.Equal(["model.mbconfig", "reviews.tsv"], Directory.EnumerateFiles(folder.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("not json", "JSON in line 1")]
    [InlineData("[1, 2]", "is no Model Builder configuration")]
    [InlineData("""{ "task": "binary" }""", "is no Model Builder configuration")]
    [InlineData(null, "no such file")]
    public void Init_NoConfiguration_IsOneSentence(string? content, string named)
    {
        using var folder = new TempFolder();
        var file = content is null ? folder["nowhere.mbconfig"] : folder.Write("model.mbconfig", content);

        Assert.Contains(named, Legonet.Refuses(3, "init", "--from", file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("good day\t\n", "has no label")]
    [InlineData("good\tday\t1\n", "3 fields")]
    public void Init_BadRow_NamesTheLine(string row, string named)
    {
        using var folder = new TempFolder();
        var config = Write(folder, Reviews(folder, row));

        var message = Legonet.Refuses(3, "init", "--from", config);
        Assert.Contains("line 82", message, StringComparison.Ordinal);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Init_DecimalCommas_AreRefusedWithTheirPlace()
    {
        using var folder = new TempFolder();
        var config = Configurations.Table(
            "Classification", "fares.csv", ";", header: true,
            Configurations.Column("km", "Feature", "Single"), Configurations.Column("kind", "Label", categorical: true));
        config["DataSource"]!["DecimalMarker"] = ",";
        folder.Write("fares.csv", "km;kind\n1;a\n2,5;b\n");

        var message = Legonet.Refuses(3, "init", "--from", Write(folder, config));
        Assert.Contains("line 3", message, StringComparison.Ordinal);
        Assert.Contains("decimal commas", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--subject", "nobody", "nobody")]
    [InlineData("--id", "nothing", "nothing")]
    [InlineData("--subject", "mood", "label")]
    [InlineData("--data", "nowhere.tsv", "nowhere.tsv")]
    [InlineData("--encoder", "x.onnx", "image classification")]
    public void Init_BadOption_IsOneSentence(string option, string value, string named)
    {
        using var folder = new TempFolder();
        Assert.Contains(named, Legonet.Refuses(3, "init", "--from", Write(folder, Reviews(folder)), option, value), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--at-least", "0")]
    [InlineData("--at-least", "many")]
    [InlineData("--size", "99999")]
    [InlineData("--label", "mood")]
    [InlineData("--text", "body")]
    [InlineData("--task", "binary")]
    [InlineData("--task", "guessing")]
    public void Init_BadNumberOrOptionOfOwnData_IsAUsageError(string option, string value)
    {
        Assert.Contains(option, Legonet.Refuses(2, "init", "--from", "x.mbconfig", option, value), StringComparison.Ordinal);
    }

    [Fact]
    public void Init_Images_TrainsOnACard()
    {
        using var folder = new TempFolder();
        WriteImages(folder, "pictures", GeneratedImageSource.DemoSet, 60);
        folder.Write("pictures/boat/Thumbs.db", "no image");

        var spec = Init(folder, Configurations.Images(@"C:\data\pictures"), "--encoder", Repository.Model("shapes32.card.json"));

        Assert.Equal("{label}/*.png", (string)spec["source"]!["include"]!);
        Assert.Contains("boat", Strings(spec["classes"]));
        Assert.Equal(60, (int)Legonet.Run("train", folder["model.json"], "--out", folder["model"], "--json").Succeeds().Json["records"]!);
    }

    [Fact]
    public void Init_ImagesWithOnnxAndReferences_MakesTheCardAtTheFirstTraining()
    {
        using var folder = new TempFolder();
        WriteImages(folder, "pictures", GeneratedImageSource.DemoSet, 40);
        WriteImages(folder, "public", GeneratedImageSource.PublicSet, 40);
        File.Copy(Repository.Model("shapes32.onnx"), folder["shapes32.onnx"]);

        var config = Configurations.OfVersion0(Configurations.Images("pictures"));
        var spec = Init(folder, config, "--encoder", folder["shapes32.onnx"], "--reference", folder["public"], "--size", "32");

        var calibrate = spec["encoder"]!["calibrate"]!;
        Assert.Equal(
            ("shapes32.onnx", "public", 32),
            ((string)calibrate["model"]!, (string)calibrate["reference"]!["path"]!, (int)calibrate["input"]!["height"]!));
        Legonet.Run("train", folder["model.json"], "--out", folder["model"]).Succeeds();
        Assert.True(File.Exists(folder["model.card.json"]));
    }

    [Fact]
    public void Init_ImagesWithoutEncoder_SaysWhatToAdd()
    {
        using var folder = new TempFolder();
        WriteImages(folder, "pictures", GeneratedImageSource.DemoSet, 20);
        var config = Write(folder, Configurations.Images("pictures"));

        var message = Legonet.Refuses(3, "init", "--from", config);
        Assert.Contains("--encoder FILE.onnx", message, StringComparison.Ordinal);
        Assert.Contains("--reference PATH", message, StringComparison.Ordinal);
        Assert.Contains(
            "--reference PATH",
            Legonet.Refuses(3, "init", "--from", config, "--encoder", Repository.Model("shapes32.onnx")),
            StringComparison.Ordinal);
        Assert.Contains(
            "nowhere",
            Legonet.Refuses(3, "init", "--from", config, "--encoder", "nowhere.onnx", "--reference", folder.Path),
            StringComparison.Ordinal);
        Assert.Contains(
            "nowhere",
            Legonet.Refuses(3, "init", "--from", config, "--encoder", Repository.Model("shapes32.onnx"), "--reference", "nowhere"),
            StringComparison.Ordinal);
        Assert.Contains("--subject", Legonet.Refuses(3, "init", "--from", config, "--subject", "s"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pictures/only/a.png", "1 subfolder")]
    [InlineData("pictures/a/x.bmp", ".bmp")]
    [InlineData("elsewhere/a/x.png", "pictures")]
    public void Init_FolderWithoutClasses_IsOneSentence(string file, string named)
    {
        using var folder = new TempFolder();
        folder.Write(file, TestImages.GreyJpeg());
        var config = Write(folder, Configurations.Images("pictures"));
        Assert.Contains(
            named,
            Legonet.Refuses(3, "init", "--from", config, "--encoder", Repository.Model("shapes32.card.json")),
            StringComparison.Ordinal);
    }

    // 80 reviews on lines 2 to 81, and more rows after them.
    private static JsonObject Reviews(TempFolder folder, string more = "")
    {
        folder.Write("reviews.tsv", "body\tmood\n" + string.Concat(Configurations.Reviews(80).Select(r => $"{r.Text}\t{r.Label}\n")) + more);
        return Configurations.Table(
            "Classification", @"C:\Users\ann\reviews.tsv", "\t", header: true,
            Configurations.Column("body", "Feature"), Configurations.Column("mood", "Label", "Single", categorical: true));
    }

    private static JsonObject FareTable(string scenario, string label)
    {
        string Purpose(string name) => name == label ? "Label" : name is "far" or "fare" ? "Ignore" : "Feature";
        return Configurations.Table(
            scenario, @"C:\data\fares.csv", ",", header: true,
            Configurations.Column("distance", "Feature", "Single"),
            Configurations.Column("minutes", "Feature", "Single"),
            Configurations.Column("payment", "Feature", categorical: true),
            Configurations.Column("area", "Feature"),
            Configurations.Column("pickup", "Feature", "DateTime"),
            Configurations.Column("comment", "Feature"),
            Configurations.Column("far", Purpose("far"), categorical: true),
            Configurations.Column("fare", Purpose("fare"), "Single"));
    }

    private static void WriteFares(TempFolder folder, string name, int count, int seed, string more = "")
    {
        var rows = Configurations.Fares(count, seed).Select((f, i) =>
        {
            var (payment, far) = (i % 9 == 0 ? "?" : f.Payment, f.Distance > 9 ? "yes" : "no");
            return string.Create(
                CultureInfo.InvariantCulture, $"{f.Distance},{f.Minutes},{payment},{f.Area},2026-01-05,ride {i},{far},{f.Fare}\n");
        });
        folder.Write(name, "distance,minutes,payment,area,pickup,comment,far,fare\n" + string.Concat(rows) + more);
    }

    private static void WriteImages(TempFolder folder, string name, string set, int count)
        => TestImages.WriteFolder(folder, name, new GeneratedImageSource(set, GeneratedImageSource.TrainSplit, count, 10, 3));

    private static string Write(TempFolder folder, JsonObject config) => folder.Write("model.mbconfig", config.ToJsonString());

    // Writes the spec to model.json, which must suit the schema.
    private static JsonNode Init(TempFolder folder, JsonObject config, params string[] options)
    {
        Legonet.Run(["init", "--from", Write(folder, config), .. options]).Succeeds();
        return ReadSpec(folder["model.json"]);
    }

    private static JsonNode ReadSpec(string file)
    {
        var spec = JsonNode.Parse(File.ReadAllText(file), documentOptions: s_specs)!;
        var schema = new JsonSchema(JsonNode.Parse(File.ReadAllText(Repository.Pipeline("spec.schema.json")))!.AsObject());
        Assert.Null(schema.Check(spec));
        return spec;
    }

    private static double AccuracyOn(TempFolder folder, JsonNode spec, string data) => (double)Evaluate(folder, spec, data)["accuracy"]!;

    // Trains on the spec as it was written, and evaluates on another file that is laid out in the same way.
    private static JsonObject Evaluate(TempFolder folder, JsonNode spec, string data)
    {
        Legonet.Run("train", folder["model.json"], "--out", folder["model"]).Succeeds();
        var test = spec["source"]!.DeepClone();
        test["path"] = data;
        return Legonet.Run("evaluate", folder["model"], "--data", folder.Write("test.json", test.ToJsonString()), "--json").Succeeds().Json;
    }

    private static string[] Strings(JsonNode? array) => [.. array!.AsArray().Select(v => (string)v!)];
}
