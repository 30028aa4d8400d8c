using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;
using LegoNet.Demo;

namespace LegoNet.Cli.Tests.Commands;

/// <summary>`legonet init --data`: a file of somebody's own becomes a spec that trains, whatever it looks like, or one sentence says why not.</summary>
public sealed class InitDataTests
{
    private static readonly JsonDocumentOptions s_specs = new() { CommentHandling = JsonCommentHandling.Skip };

    // A whole file, and what the sentence must name.
    public static TheoryData<string, string> Refused => new()
    {
        { "", "is empty" },
        { "label,a\n", "has no rows" },
        { "label\nx\ny\n", "one column only" },
        { "label,a,a\nx,1,2\n", "\"a\" is given twice" },
        { "label,a\nx,1\nx,2\n", "all rows have the same label" },
        { "label,a\nx,1\n,2\n", "line 3: has no label" },
        { "label,a\nx,1\ny,2,3\n", "line 3: has 3 fields" },
        { "label,a\nx,1\ny,\"2\nz,3\n\"\"", "never closed" },
        { "label,a\nx,\ny,?\n", "no column to learn from" },
        { "label;km\nx;1\ny;2,5\n", "line 3: column \"km\" has decimal commas" },
        { "label;km;l\nx;1;2,5\ny;2,5;3\n", "line 3: columns \"km\", \"l\" have decimal commas" },
        { "label,a\n3e13,1.5\n2.5,2.5\n", "numbers beyond ±10¹²" },
        { "label,a\rx,1\ry,2\r", "carriage return" },
        { "label,when\nx,2026-01-01\ny,2026-01-02\n", "dates and times" },
        { "mood,a\nx,1\ny,2\n", "--label (its columns are mood, a)" },
        { "mood,\"a\nb\",\"say \"\"it\"\"\",${HOME}\nx,1,2,3\n", "its columns are mood, a b, say \"it\", ${HOME}" },
        { "label,\0a\nx,1\n", "zero bytes" },
    };

    [Theory]
    [InlineData(",", "\n", "csv")]
    [InlineData(";", "\r\n", "csv")]
    [InlineData("\t", "\n", "tsv")]
    [InlineData("\t", "\n", "csv")]
    [InlineData("|", "\r\n", "txt")]
    public void Init_AnySeparator_TrainsAtOnceAndForgets(string separator, string lineEnd, string ending)
    {
        using var folder = new TempFolder();
        var text = Customers(200).Replace(",", separator, StringComparison.Ordinal).Replace("\n", lineEnd, StringComparison.Ordinal);
        var data = folder.Write($"own.{ending}", "\ufeff" + text);

        var run = Init(folder, data, "--label", "left", "--subject", "customer");

        Assert.Equal("binary", (string)run["task"]!);
        Assert.Contains(run["proposed"]!.AsArray(), p => ((string)p!).StartsWith("contract: the id", StringComparison.Ordinal));
        Assert.Equal(["since"], run["leftOut"]!.AsArray().Select(c => (string)c!["column"]!));
        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
        Assert.Equal(5, (int)Legonet.Run("forget", folder["model"], "--subject", "C7", "--json").Succeeds().Json["records"]!);
    }

    [Fact]
    public void Init_TextAndColumns_LearnsFromBoth()
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", Customers(300));

        Init(folder, data, "--label", "left", "--subject", "customer");

        var parts = Spec(folder)["encoder"]!["parts"]!.AsArray();
        Assert.Equal(["hashing", "tabular"], parts.Select(p => (string)p!["type"]!));
        Assert.Equal("remark", (string)parts[0]!["columns"]![0]!);
        Assert.Equal(["plan", "months", "months", "calls", "calls"], parts[1]!["columns"]!.AsArray().Select(c => (string)c!["name"]!));
    }

    [Theory]
    [InlineData(false, 64)]
    [InlineData(true, 1)]
    public void Init_ManyRecords_ProposesManyAdaptersUnlessOneWouldGetMostRecords(bool alike, int adapters)
    {
        using var folder = new TempFolder();
        var text = new StringBuilder("order,label,a,b,c,d,e,f\n");
        for (var i = 0; i < 16_000; i++)
        {
            // Numbers that mostly stand near the lower end of their range look alike; many categories do not.
            var fields = Enumerable.Range(0, 6).Select(c => alike ? $"{(i % 50 > 0 ? i * (c + 3) % 7 : i * (c + 3) * 37 % 1000)}" : $"v{i / (c + 1) * 7 % 40}");
            text.Append(CultureInfo.InvariantCulture, $"o{i},{(i % 3 == 0 ? "yes" : "no")},{string.Join(',', fields)}\n");
        }

        var run = Init(folder, folder.Write("own.csv", text.ToString()), "--label", "label", "--id", "order");

        Assert.Equal(adapters, (int)Spec(folder)["routing"]!["adapters"]!);
        Assert.Equal(alike, run["proposed"]!.AsArray().Any(p => ((string)p!).StartsWith("one adapter: of the 64", StringComparison.Ordinal)));
    }

    [Fact]
    public void Init_Gzip_IsReadAndNamedWithoutBothEndings()
    {
        using var folder = new TempFolder();
        var data = folder["own.csv.gz"];
        using (var file = new GZipStream(File.Create(data), CompressionLevel.Fastest))
        {
            file.Write(Encoding.UTF8.GetBytes(Customers(60)));
        }

        Init(folder, data, "--label", "left");
        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
    }

    [Fact]
    public void Init_MissingValuesEverywhere_Trains()
    {
        using var folder = new TempFolder();
        var random = new Random(1);
        string[] marks = ["", "?", "NA", "null"];
        var rows = Enumerable.Range(0, 200).Select(i =>
        {
            string OrMissing(string value) => random.Next(2) == 0 ? marks[i % 4] : value;
            return $"{(i % 2 == 0 ? "a" : "b")},{OrMissing($"{random.Next(50)}")},{OrMissing($"k{random.Next(3)}")},NA,{(i == 7 ? "odd" : "1")}\n";
        });
        var data = folder.Write("own.csv", "label,size,kind,nothing,mixed\n" + string.Concat(rows));

        var run = Init(folder, data);

        var left = run["leftOut"]!.AsArray().ToDictionary(c => (string)c!["column"]!, c => (string)c!["why"]!);
        Assert.Equal("it has no values", left["nothing"]);
        Assert.Contains("line 9 holds no number", left["mixed"], StringComparison.Ordinal);
        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
    }

    [Fact]
    public void Init_WhatNamesPeople_IsLeftOutAndNowhereInTheSpec()
    {
        using var folder = new TempFolder();
        var rows = Enumerable.Range(0, 400).Select(i =>
            $"{i % 2},Ann{i % 40} Lee,a{i % 40}@example.org,{4000 + (i % 60)},+49 170 555{i % 50:D4},{i * 7},{i % 5}\n");
        var data = folder.Write("own.csv", "label,full_name,mail,customerID,phone,row,size\n" + string.Concat(rows));

        var run = Init(folder, data);

        Assert.Equal(["full_name", "mail", "customerID", "phone"], run["leftOut"]!.AsArray().Select(c => (string)c!["column"]!));
        Assert.Contains(run["warnings"]!.AsArray(), w => ((string)w!).Contains("\"customerID\" may say whose", StringComparison.Ordinal));
        Assert.DoesNotContain("Lee", File.ReadAllText(folder["own.json"]), StringComparison.Ordinal);
        Assert.DoesNotContain("example.org", File.ReadAllText(folder["own.json"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.5", "regression")]
    [InlineData("7", "regression")]
    [InlineData("grade", "multiclass")]
    [InlineData("flag", "binary")]
    public void Init_LabelOfAnyKind_DecidesTheTask(string label, string task)
    {
        using var folder = new TempFolder();
        var random = new Random(2);
        var rows = Enumerable.Range(0, 300).Select(i =>
        {
            var value = label switch { "1.5" => $"{i / 10.0:F1}", "7" => $"{random.Next(900)}", "grade" => $"{i % 5}", _ => $"{i % 2}" };
            return $"{value},{i % 13},{(i % 3 == 0 ? "x" : "y")}\n";
        });
        var data = folder.Write("own.csv", "label,a,b\n" + string.Concat(rows));

        Assert.Equal(task, (string)Init(folder, data)["task"]!);
        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
    }

    [Theory]
    [InlineData("n")]
    [InlineData("")]
    public void Init_LabelOfFiveThousandValues_SaysThatItIsAnIdAndCanBeInsistedOn(string prefix)
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", "label,a\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{prefix}{i},{i % 7}\n")));

        var message = Legonet.Refuses(3, "init", "--data", data);
        Assert.Contains("5,000 different values in 5,000 rows, so it looks like an id", message, StringComparison.Ordinal);
        Init(folder, data, "--task", "multiclass");
        Assert.Equal(5000, Spec(folder)["classes"]!.AsArray().Count);
    }

    [Fact]
    public void Init_TenThousandColumns_TrainsWithACodeThatIsNotTooLong()
    {
        using var folder = new TempFolder();
        var random = new Random(3);
        var text = new StringBuilder("label," + string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"c{i}")) + "\n");
        for (var i = 0; i < 30; i++)
        {
            text.Append(i % 2 == 0 ? "a," : "b,").AppendJoin(',', Enumerable.Range(0, 10_000).Select(_ => random.Next(100))).Append('\n');
        }

        var data = folder.Write("own.csv", text.ToString());

        var shown = Legonet.Run("init", "--data", data).Succeeds().Output;

        Assert.Contains("… and ", shown, StringComparison.Ordinal);
        Assert.True(shown.Split('\n').Length < 100);
        Assert.InRange(Spec(folder)["encoder"]!["columns"]!.AsArray().Count, 9_900, 10_000);
        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
    }

    [Fact]
    public void Init_WithoutHeader_NamesColumnsByTheirPlace()
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", string.Concat(Enumerable.Range(0, 60).Select(i => $"{i % 9},{(i % 2 == 0 ? "good" : "bad")},{i * 0.5:F1}\n")));

        var run = Init(folder, data, "--label", "2");

        Assert.Contains(run["warnings"]!.AsArray(), w => ((string)w!).Contains("holds values and no names", StringComparison.Ordinal));
        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
    }

    [Fact]
    public void Init_NamesWithQuotesLinesAndVariables_Trains()
    {
        using var folder = new TempFolder();
        var rows = Enumerable.Range(0, 60).Select(i => $"{(i % 2 == 0 ? "a" : "b")},{i % 9},{i % 3},{i % 4}.5\n");
        var data = folder.Write("own.csv", "\"the\nlabel\",\"say \"\"it\"\"\",${HOME},C:\\new\n" + string.Concat(rows));

        var run = Legonet.Run("init", "--data", data, "--label", "the\nlabel").Succeeds();

        Assert.Contains("the label (label): 2 classes", run.Output, StringComparison.Ordinal);
        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
    }

    [Fact]
    public void Init_TestFile_MeasuresWhatWasLearnedEvenWhereItsLabelsEndInAStop()
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", Customers(200));
        var kept = Customers(50, seed: 2).Replace(",yes\n", ",yes.\n", StringComparison.Ordinal).Replace(",no\n", ",no.\n", StringComparison.Ordinal);
        var test = folder.Write("kept.csv", kept);

        Init(folder, data, "--label", "left", "--test", test);

        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
        Assert.Equal(50, (int)Legonet.Run("evaluate", folder["model"], "--data", folder["own.json"] + "#test", "--json").Succeeds().Json["records"]!);
    }

    [Fact]
    public void Init_TestFileWithOtherColumnsOrClasses_IsRefusedOrWarnedOf()
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", "label,a\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{(i % 2 == 0 ? "x" : "y")},{i % 9}\n")));
        var other = folder.Write("other.csv", "label,b\nx,1\n");
        var more = folder.Write("more.csv", "label,a\nz,1\n");

        Assert.Contains("no column \"a\" (a feature)", Legonet.Refuses(3, "init", "--data", data, "--test", other), StringComparison.Ordinal);
        var run = Init(folder, data, "--test", more);
        Assert.Contains(
            run["warnings"]!.AsArray(),
            w => ((string)w!).Contains("1 class of the test records is in no record to train on", StringComparison.Ordinal));
    }

    [Fact]
    public void Init_IdThatRepeatsWithOtherContent_NamesTheLineBeforeATrainingWould()
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", "label,id,a\nx,1,5\ny,2,6\nx,1,7\n");

        var message = Legonet.Refuses(3, "init", "--data", data, "--id", "id");
        Assert.Contains("line 4", message, StringComparison.Ordinal);
        Assert.Contains("choose another --id", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Init_HostileFile_IsOneSentenceAndWritesNothing(string content, string named)
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", content);

        Assert.Contains(named, Legonet.Refuses(3, "init", "--data", data), StringComparison.Ordinal);
        Assert.Equal(["own.csv"], Directory.EnumerateFiles(folder.Path).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void Init_Utf16_SaysToSaveAsUtf8()
    {
        using var folder = new TempFolder();
        var data = folder["own.csv"];
        File.WriteAllText(data, "label,a\nx,1\n", Encoding.Unicode);

        Assert.Contains("UTF-16; save it as UTF-8", Legonet.Refuses(3, "init", "--data", data), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--label", "lef", "no column \"lef\" (--label); its columns are left, customer, contract")]
    [InlineData("--subject", "left", "is the label")]
    [InlineData("--id", "nix", "(--id)")]
    [InlineData("--label", "Left", "its columns are left, customer")]
    [InlineData("--text", "left", "is the label, so it cannot be --text too")]
    [InlineData("--ignore", "left", "is the label, so it cannot be --ignore too")]
    [InlineData("--test", "own.csv", "is the data itself")]
    [InlineData("--text", "nix", "(--text)")]
    [InlineData("--ignore", "nix", "(--ignore)")]
    [InlineData("--test", "nowhere.csv", "nowhere.csv")]
    [InlineData("--encoder", "x.onnx", "image classification")]
    public void Init_BadOption_IsOneSentence(string option, string value, string named)
    {
        using var folder = new TempFolder();
        string[] label = option == "--label" ? [] : ["--label", "left"];
        var data = folder.Write("own.csv", Customers(60));
        var message = Legonet.Refuses(3, ["init", "--data", data, .. label, option, value == "own.csv" ? data : value]);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Init_OneColumnForTwoUses_IsRefused()
    {
        using var folder = new TempFolder();
        string[] init = ["init", "--data", folder.Write("own.csv", Customers(60)), "--label", "left"];

        Assert.Contains("\"remark\" is both", Legonet.Refuses(3, [.. init, "--text", "remark", "--ignore", "remark"]), StringComparison.Ordinal);
        Assert.Contains("is the subject", Legonet.Refuses(3, [.. init, "--subject", "customer", "--text", "customer"]), StringComparison.Ordinal);
        Assert.Contains("is the id", Legonet.Refuses(3, [.. init, "--id", "contract", "--text", "contract"]), StringComparison.Ordinal);

        Legonet.Run([.. init, "--text", "contract"]).Succeeds();

        var spec = Spec(folder);
        Assert.Null((string?)spec["source"]!["id"]);
        Assert.Contains("contract", spec["encoder"]!["parts"]![0]!["columns"]!.AsArray().Select(c => (string)c!));
    }

    [Fact]
    public void Init_ColumnsCalledByYears_AreNamesWhereOneOfThemIsSaid()
    {
        using var folder = new TempFolder();
        var rows = Enumerable.Range(0, 30).Select(i => $"{i % 7},{i % 5},{(i % 2 == 0 ? "yes" : "no")}\n");
        var data = folder.Write("own.csv", "2023,2024,left\n" + string.Concat(rows));

        Assert.Equal(30, (int)Init(folder, data, "--label", "left")["records"]!);
    }

    [Theory]
    [InlineData("ja", "nein")]
    [InlineData("oui", "non")]
    public void Init_YesAndNoInAnotherLanguage_IsABinaryTaskWithYesThePositive(string yes, string no)
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", "label,a\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"{(i % 3 == 0 ? yes : no)},{i % 7}\n")));

        Assert.Equal("binary", (string)Init(folder, data)["task"]!);
        Assert.Equal([no, yes], Spec(folder)["classes"]!.AsArray().Select(c => (string)c!));
    }

    [Fact]
    public void Init_PathsThatAreNoData_AreOneSentence()
    {
        using var folder = new TempFolder();
        var missing = Legonet.Refuses(3, "init", "--data", @"C:\Users\ann\own.csv", "--out", folder["x.json"]);
        Assert.Contains("no such file or folder", missing, StringComparison.Ordinal);
        var variable = folder.Write("${x}/own.csv", Customers(60));
        Assert.Contains("${", Legonet.Refuses(3, "init", "--data", variable, "--label", "left", "--out", folder["x.json"]), StringComparison.Ordinal);
        Legonet.Run("init", "--data", folder.Write(@"a\b.csv", Customers(60)), "--label", "left", "--out", folder["x.json"]).Succeeds();
        Legonet.Run("train", folder["x.json"], "--out", folder["model"]).Succeeds();
    }

    [Fact]
    public void Init_AtATerminal_AsksUntilTheAnswersSuit()
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", Customers(100));

        var run = Legonet.RunAnswered("nix\n\nleft\n1\nnone\n", "init", "--data", data).Succeeds();

        Assert.Contains("100 rows, 8 columns.", run.Error, StringComparison.Ordinal);
        Assert.Contains("There is no column \"nix\"", run.Error, StringComparison.Ordinal);
        Assert.Contains("That is the column to be predicted", run.Error, StringComparison.Ordinal);
        Assert.Contains("Which column is to be predicted? Type its name or its number [left]: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("C7", run.Error, StringComparison.Ordinal);
        var source = Spec(folder)["source"]!;
        Assert.Equal(("left", "customer", null), ((string?)source["label"], (string?)source["subject"], (string?)source["id"]));
    }

    [Fact]
    public void Init_AtATerminalWithAllSaidOrWithJson_AsksNothing()
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", Customers(100));

        Legonet.RunAnswered("", "init", "--data", data, "--label", "left", "--subject", "customer", "--id", "contract").Succeeds();
        Assert.Contains("--label", Legonet.RunAnswered("left\n", "init", "--data", data, "--force", "--json").Fails(3), StringComparison.Ordinal);
        var ended = Legonet.RunAnswered("left\n", "init", "--data", data, "--force");
        Assert.Contains($"{Environment.NewLine}legonet: The answers ended", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Init_ImagesWithTrainAndTestFolders_TakesBoth()
    {
        using var folder = new TempFolder();
        TestImages.WriteFolder(folder, "own/train", new GeneratedImageSource(GeneratedImageSource.DemoSet, GeneratedImageSource.TrainSplit, 30, 10, 3));
        TestImages.WriteFolder(folder, "own/test", new GeneratedImageSource(GeneratedImageSource.DemoSet, GeneratedImageSource.TestSplit, 10, 10, 3));

        Legonet.Run("init", "--data", folder["own"], "--encoder", Repository.Model("shapes32.card.json")).Succeeds();

        Assert.Equal("train/{label}/*.png", (string)Spec(folder)["source"]!["include"]!);
        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
        Assert.Equal(10, (int)Legonet.Run("evaluate", folder["model"], "--data", folder["own.json"] + "#test", "--json").Succeeds().Json["records"]!);
    }

    [Fact]
    public void Init_ArchiveOfImages_Trains()
    {
        using var folder = new TempFolder();
        TestImages.WriteFolder(folder, "own", new GeneratedImageSource(GeneratedImageSource.DemoSet, GeneratedImageSource.TrainSplit, 30, 10, 3));
        System.Formats.Tar.TarFile.CreateFromDirectory(folder["own"], folder["own.tar"], includeBaseDirectory: true);

        Legonet.Run("init", "--data", folder["own.tar"], "--encoder", Repository.Model("shapes32.card.json")).Succeeds();

        Assert.Equal(30, (int)Legonet.Run("train", folder["own.json"], "--out", folder["model"], "--json").Succeeds().Json["records"]!);
    }

    [Fact]
    public void Init_Vectors_ProposesARangeAndTrains()
    {
        using var folder = new TempFolder();
        var data = Points.Npy(folder, "own", Points.Draw(120));

        Init(folder, data);

        var encoder = Spec(folder)["encoder"]!;
        Assert.Equal(("vector", Points.Dimension), ((string)encoder["type"]!, (int)encoder["dimension"]!));
        Assert.InRange((double)encoder["max"]!, (double)encoder["min"]! + 2, 8);
        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
        File.Delete(folder["own.csv"]);
        Assert.Contains("own.csv beside it", Legonet.Refuses(3, "init", "--data", data, "--force"), StringComparison.Ordinal);
    }

    [Fact]
    public void Init_VectorsWithFewerRows_NamesBothAsATrainingWould()
    {
        using var folder = new TempFolder();
        var data = Points.Npy(folder, "own", Points.Draw(120));
        var kept = Points.Npy(folder, "kept", Points.Draw(40, seed: 2));
        File.WriteAllLines(folder["own.csv"], File.ReadAllLines(folder["own.csv"])[..101]);
        Assert.Contains("own.csv: has 100 rows where", Legonet.Refuses(3, "init", "--data", data), StringComparison.Ordinal);

        File.WriteAllLines(folder["kept.csv"], File.ReadAllLines(folder["kept.csv"])[..31]);
        Points.Npy(folder, "own", Points.Draw(120));
        Assert.Contains("kept.csv: has 30 rows where", Legonet.Refuses(3, "init", "--data", data, "--test", kept), StringComparison.Ordinal);
    }

    [Fact]
    public void Init_VectorsWithAClassOnlyInTheTest_DeclaresItSoThatItCanBeMeasured()
    {
        using var folder = new TempFolder();
        var data = Points.Npy(folder, "own", Points.Draw(120).Where(p => p.Label != "red").ToArray());
        var kept = Points.Npy(folder, "kept", Points.Draw(40, seed: 2));

        Init(folder, data, "--test", kept);

        Legonet.Run("train", folder["own.json"], "--out", folder["model"]).Succeeds();
        Legonet.Run("evaluate", folder["model"], "--data", folder["own.json"] + "#test").Succeeds();
    }

    [Fact]
    public void Train_OnData_SaysHowToMakeASpec()
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", Customers(20));
        foreach (var path in (string[])[data, folder.Path])
        {
            foreach (var command in (string[])["train", "encode"])
            {
                Assert.Contains(
                    $"make a spec first: legonet init --data {path}", Legonet.Refuses(3, command, path, "--out", folder["x"]), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void AnyCommand_DataInThePlaceOfASpecOrModelAndAnOptionMissing_SaysWhatComesFirst()
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", Customers(20));
        foreach (var command in (string[])["train", "encode", "tune", "evaluate", "score"])
        {
            var run = Legonet.Run(command, data);
            Assert.Equal(2, run.ExitCode);
            var message = run.Error;
            Assert.Contains($"make a spec first: legonet init --data {data}", message, StringComparison.Ordinal);
            Assert.DoesNotContain("is required", message, StringComparison.Ordinal);
        }
    }

    // Customers of a telephone company; how many months and calls decide who left, and the remarks tell too.
    private static string Customers(int count, int seed = 1)
    {
        string[] good = ["all is well with my line today", "the speed is just as promised here"];
        string[] bad = ["the line is down again this week", "nobody ever calls me back here"];
        var random = new Random(seed);
        var text = new StringBuilder("customer,contract,plan,since,months,calls,remark,left\n");
        for (var i = 0; i < count; i++)
        {
            var (months, calls) = (random.Next(80), random.Next(8));
            var left = calls * 8 > months;
            text.Append(CultureInfo.InvariantCulture, $"C{i % (count / 5)},K{seed}{i:D4},{(random.Next(3) == 0 ? "plus" : "basic")},")
                .Append(CultureInfo.InvariantCulture, $"20{random.Next(10, 26)}-0{random.Next(1, 9)}-11,")
                .Append(CultureInfo.InvariantCulture, $"{months},{calls},{(left ? bad : good)[random.Next(2)]} number {i},{(left ? "yes" : "no")}\n");
        }

        return text.ToString();
    }

    private static JsonObject Init(TempFolder folder, string data, params string[] options)
    {
        var run = Legonet.Run(["init", "--data", data, "--out", folder["own.json"], "--json", .. options]).Succeeds().Json;
        _ = Spec(folder);
        return run;
    }

    // As written, which must suit the schema.
    private static JsonNode Spec(TempFolder folder)
    {
        var spec = JsonNode.Parse(File.ReadAllText(folder["own.json"]), documentOptions: s_specs)!;
        var schema = new JsonSchema(JsonNode.Parse(File.ReadAllText(Repository.Pipeline("spec.schema.json")))!.AsObject());
        Assert.Null(schema.Check(spec));
        return spec;
    }
}
