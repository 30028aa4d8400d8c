using System.Formats.Tar;
using System.IO.Compression;
using LegoNet.Cli.Tests.Support;
using LegoNet.Data.Formats;

namespace LegoNet.Cli.Tests.Commands;

public sealed class AddCommandTests(TrainedModels models)
{
    private const string Header = "subject,id,label,x1,x2,x3,x4,x5,x6,x7,x8\n";
    private const string Row = "new,n1,red,0,0,0,0,0,0,0,0\n";

    public static TheoryData<string, string, string[]> BadTables => new()
    {
        { "more.csv", "", ["more.csv"] },
        { "more.csv", Header, ["more.csv", "no rows"] },
        { "more.csv", "subject,id,label,x1,x2,x3,x4,x5,x6,x7\nnew,n1,red,0,0,0,0,0,0,0\n", ["more.csv", "7 dimensions where 8"] },
        { "more.csv", Header + Row + "new,n2,red,0,0,0,0,0,0,0,nan\n", ["more.csv", "line 3"] },
        { "more.csv", Header + Row + "new,n2,purple,0,0,0,0,0,0,0,0\n", ["more.csv", "line 3", "\"purple\""] },
        { "more.csv", Header + Row + "new,n2,red,0,0\n", ["more.csv", "line 3"] },
        { "more.csv", Header + Row + "new,n1,blue,0,0,0,0,0,0,0,0\n", ["more.csv", "line 2", "line 3", "other content"] },
        { "more.csv", "id,x1,x2,x3,x4,x5,x6,x7,x8\nn1,0,0,0,0,0,0,0,0\n", ["more.csv", "line 2", "label"] },
        { "more.npy", "not an array", ["more.npy"] },
        { "more.safetensors", "not an array either, though long enough for a header", ["more.safetensors"] },
        { "more.json", "{ \"type\": \"vectors\", \"path\": \"nowhere.csv\" }", ["nowhere.csv"] },
        { "more.json", "{ \"type\": \"vectors\" }", ["more.json", "path"] },
        { "more.json", "{ \"typ\": ", ["more.json", "line 1"] },
        { "more.xlsx", "?", ["more.xlsx"] },
    };

    [Fact]
    public void Add_NewRecords_EqualsTrainingOnAllOfThem()
    {
        using var folder = new TempFolder();
        var points = Points.Draw(160);
        var key = folder["one.key"];
        var whole = Points.Train(folder, "whole", points, key: key);
        var part = Points.Train(folder, "part", points.Take(90), key: key);
        var rest = folder.Write("rest.csv", Points.Csv(points.Skip(80))); // Ten of them are stored already.

        var receipt = Legonet.Run("add", part, "--data", rest, "--key", key, "--receipt", folder["receipt.json"], "--json").Succeeds().Json;

        Tree.AssertSameModel(whole, part);
        Assert.Equal(70, (int)receipt["records"]!);
        Assert.Contains((string)receipt["rootAfter"]!, File.ReadAllText(folder["receipt.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Add_StoredRecordsAgain_ChangesNothing()
    {
        using var model = models.CopyPoints();
        var before = Tree.Read(model.Path);

        var run = Legonet.Run("add", model.Path, "--data", model.Folder.Write("again.csv", Points.Csv(TrainedModels.Drawn))).Succeeds();

        Assert.Contains("Nothing to do", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, Tree.Read(model.Path));
    }

    [Theory]
    [MemberData(nameof(BadTables))]
    public void Add_WithBadTable_NamesThePlace(string name, string content, string[] named)
    {
        using var model = models.CopyPoints();
        var message = model.Refuses(3, "add", model.Path, "--data", model.Folder.Write(name, content));
        AssertNames(message, named);
    }

    [Fact]
    public void Add_StoredKeyWithOtherContent_IsRefused()
    {
        using var model = models.CopyPoints();
        var changed = TrainedModels.Drawn[5] with { Label = TrainedModels.Drawn[5].Label == "red" ? "blue" : "red" };

        var message = model.Refuses(3, "add", model.Path, "--data", model.Folder.Write("more.csv", Points.Csv([changed])));

        AssertNames(message, ["more.csv", "line 2", "other content", "correct"]);
    }

    [Fact]
    public void Add_MissingSource_NamesIt()
    {
        using var model = models.CopyPoints();
        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder["nowhere.csv"]), ["nowhere.csv"]);
    }

    [Fact]
    public void Add_NpyOfOtherLength_NamesBothLengths()
    {
        using var model = models.CopyPoints();
        var path = Points.Npy(model.Folder, "more", Points.Draw(3, seed: 2, dimension: 9));
        AssertNames(model.Refuses(3, "add", model.Path, "--data", path), ["more.npy", "9 dimensions where 8"]);
    }

    [Fact]
    public void Add_NpyWithoutRows_IsRefused()
    {
        using var model = models.CopyPoints();
        using (var writer = new NpyWriter(model.Folder["none.npy"], NpyElement.Float32, 0, Points.Dimension))
        {
            writer.Complete();
        }

        model.Folder.Write("none.csv", "subject,id,label\n");
        foreach (var command in (ReadOnlySpan<string>)["add", "correct", "evaluate", "verify"])
        {
            AssertNames(model.Refuses(3, command, model.Path, "--data", model.Folder["none.npy"]), ["none."]);
        }
    }

    [Fact]
    public void Add_PatternThatMatchesNoImage_IsRefused()
    {
        using var model = models.CopyImages();
        TestImages.WriteFolder(model.Folder, "more", TrainedModels.TestImageSource());
        var source = model.Folder.Write("source.json", """{ "type": "images", "path": "more", "include": "{label}/*.bmp" }""");

        AssertNames(model.Refuses(3, "add", model.Path, "--data", source), ["more"]);
    }

    [Fact]
    public void Add_OnCudaWhereThereIsNone_IsRefusedAndAutoSaysWhyNot()
    {
        using var model = models.CopyImages();
        TestImages.WriteFolder(model.Folder, "more", TrainedModels.TestImageSource());
        var onCuda = Legonet.Run("score", model.Path, "--data", model.Folder["more"], "--out", model.Folder["s.csv"], "--device", "cuda");
        Assert.SkipWhen(onCuda.ExitCode == 0, "CUDA works here.");

        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder["more"], "--device", "cuda"), ["\"cuda\""]);
        Legonet.Run("add", model.Path, "--data", model.Folder["more"], "--device", "auto").Succeeds();
    }

    [Fact]
    public void Add_NpyWithNaN_NamesTheRow()
    {
        using var model = models.CopyPoints();
        var points = Points.Draw(3, seed: 2);
        points[1].Values[4] = float.NaN;
        AssertNames(model.Refuses(3, "add", model.Path, "--data", Points.Npy(model.Folder, "more", points)), ["more.npy", "2"]);
    }

    [Fact]
    public void Add_TruncatedNpy_NamesIt()
    {
        using var model = models.CopyPoints();
        var path = Points.Npy(model.Folder, "more", Points.Draw(3, seed: 2));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^5]);
        AssertNames(model.Refuses(3, "add", model.Path, "--data", path), ["more.npy"]);
    }

    [Fact]
    public void Add_NpyWithFewerLabels_NamesTheTable()
    {
        using var model = models.CopyPoints();
        var path = Points.Npy(model.Folder, "more", Points.Draw(3, seed: 2));
        File.WriteAllLines(Path.ChangeExtension(path, ".csv"), File.ReadAllLines(Path.ChangeExtension(path, ".csv"))[..^1]);
        AssertNames(model.Refuses(3, "add", model.Path, "--data", path), ["more.csv"]);
    }

    [Fact]
    public void Add_ForgottenRecord_WarnsAndWithSuppressRefuses()
    {
        using var model = models.CopyPoints();
        var one = TrainedModels.Drawn[0];
        var data = model.Folder.Write("more.csv", Points.Csv([one]));
        Legonet.Run("forget", model.Path, "--subject", one.Subject, "--id", one.Id).Succeeds();

        AssertNames(model.Refuses(3, "add", model.Path, "--data", data, "--suppress"), ["forgotten before"]);
        var added = Legonet.Run("add", model.Path, "--data", data).Succeeds();

        Assert.Contains("warning: 1 record had been forgotten before and is back now.", added.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_OfForgottenSubjectWithSuppress_IsRefusedForNewRecordsToo()
    {
        using var model = models.CopyPoints();
        Legonet.Run("forget", model.Path, "--subject", "s3").Succeeds();
        var data = model.Folder.Write("more.csv", Header + "s3,brand-new,red,0,0,0,0,0,0,0,0\n");

        AssertNames(model.Refuses(3, "add", model.Path, "--data", data, "--suppress"), ["forgotten before"]);
    }

    [Fact]
    public void Add_WithAnotherKeyFile_IsRefused()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("more.csv", Header + Row);
        var key = model.Folder.Write("other.key", new string('a', 64));

        AssertNames(model.Refuses(3, "add", model.Path, "--data", data, "--key", key), ["other.key", "not the tag key"]);
    }

    [Fact]
    public void Add_WithoutKeyFile_IsRefused()
    {
        using var model = models.CopyPoints();
        File.Delete(model.Key);

        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder.Write("more.csv", Header + Row)), [model.Key]);
    }

    [Fact]
    public void Add_UnderAnotherRuntime_IsRefusedUnlessAllowed()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(30)));
        var model = folder["model"];
        Points.TrainElsewhere(folder.Write("spec.json", Points.Spec()), model, here => here with { Runtime = "legonet-vector of another age" });
        var data = folder.Write("more.csv", Header + Row);
        var before = Tree.Read(model);

        var message = Legonet.Refuses(3, "add", model, "--data", data);

        AssertNames(message, ["more.csv", "line 2", "another age", "allow"]);
        Assert.Equal(before, Tree.Read(model));
        Assert.Equal(1, (int)Legonet.Run("add", model, "--data", data, "--allow-other-encoder", "--json").Succeeds().Json["records"]!);
        Assert.True((bool)Legonet.Run("verify", model, "--json").Succeeds().Json["exact"]!);
    }

    [Fact]
    public void Add_ImagesWithAnotherEncoderFile_IsRefused()
    {
        using var model = models.CopyImages();
        TestImages.WriteFolder(model.Folder, "more", TrainedModels.TestImageSource());
        var other = model.Folder.Write("other.onnx", [.. File.ReadAllBytes(Repository.Model("shapes32.onnx")), 0]);

        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder["more"], "--encoder", other), ["other.onnx"]);
        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder["more"], "--encoder", model.Folder["nowhere.onnx"]), ["nowhere.onnx"]);
    }

    [Fact]
    public void Add_FolderOfPngAndJpeg_AddsThem()
    {
        using var model = models.CopyImages();
        TestImages.WriteFolder(model.Folder, "more", TrainedModels.TestImageSource());
        model.Folder.Write("more/cup/grey.jpg", TestImages.GreyJpeg());

        Assert.Equal(13, (int)Legonet.Run("add", model.Path, "--data", model.Folder["more"], "--json").Succeeds().Json["records"]!);
        Assert.Equal(1, (int)Legonet.Run("forget", model.Path, "--subject", "cup/grey.jpg", "--json").Succeeds().Json["records"]!);
    }

    [Theory]
    [InlineData("cup/cut.jpg", 30)]
    [InlineData("cup/cut.jpg", 120)]
    [InlineData("cup/none.jpg", 0)]
    public void Add_FolderWithTruncatedJpeg_NamesTheFile(string name, int length)
    {
        using var model = models.CopyImages();
        TestImages.WriteFolder(model.Folder, "more", TrainedModels.TestImageSource());
        model.Folder.Write("more/" + name, TestImages.GreyJpeg().AsSpan(0, length));

        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder["more"]), [name]);
    }

    [Fact]
    public void Add_FolderWithBrokenPng_NamesTheFile()
    {
        using var model = models.CopyImages();
        var png = PngWriter.Rgb(32, 32, new byte[32 * 32 * 3]);
        png[^20] ^= 0x40;
        model.Folder.Write("more/cup/broken.png", png);

        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder["more"]), ["cup/broken.png"]);
    }

    [Fact]
    public void Add_FolderWithUnknownClass_NamesFileAndLabel()
    {
        using var model = models.CopyImages();
        model.Folder.Write("more/zebra/z.jpg", TestImages.GreyJpeg());

        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder["more"]), ["zebra/z.jpg", "\"zebra\""]);
    }

    [Fact]
    public void Add_EmptyFolder_IsRefused()
    {
        using var model = models.CopyImages();
        Directory.CreateDirectory(model.Folder["more"]);

        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder["more"]), ["more"]);
    }

    [Fact]
    public void Add_ArchiveOfImages_AddsThemAndATruncatedOneIsRefused()
    {
        using var model = models.CopyImages();
        TestImages.WriteFolder(model.Folder, "more", TrainedModels.TestImageSource());
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            TarFile.CreateFromDirectory(model.Folder["more"], zip, includeBaseDirectory: false);
        }

        var bytes = packed.ToArray();
        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder.Write("cut.tar.gz", bytes.AsSpan(0, bytes.Length / 2))), ["cut.tar.gz"]);
        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder.Write("no.tar.gz", "not an archive")), ["no.tar.gz"]);
        Assert.Equal(12, (int)Legonet.Run("add", model.Path, "--data", model.Folder.Write("good.tar.gz", bytes), "--json").Succeeds().Json["records"]!);
    }

    [Fact]
    public void Add_TableToModelOfImages_SaysWhatItReads()
    {
        using var model = models.CopyImages();
        AssertNames(model.Refuses(3, "add", model.Path, "--data", model.Folder.Write("more.csv", Header + Row)), ["more.csv", "images"]);
    }

    [Fact]
    public void Add_ToWhatIsNoModel_IsRefused()
    {
        using var folder = new TempFolder();
        var data = folder.Write("more.csv", Header + Row);
        folder.Write("notes/readme.txt", "no model");

        AssertNames(Legonet.Refuses(3, "add", folder["nowhere"], "--data", data), ["nowhere"]);
        AssertNames(Legonet.Refuses(3, "add", folder["notes"], "--data", data), ["notes"]);
        AssertNames(Legonet.Refuses(3, "add", data, "--data", data), ["more.csv"]);
    }

    private static void AssertNames(string message, string[] named)
    {
        foreach (var part in named)
        {
            Assert.Contains(part, message, StringComparison.Ordinal);
        }
    }

    // As if the model had been made by an older build: the same codes under another fingerprint.
}
