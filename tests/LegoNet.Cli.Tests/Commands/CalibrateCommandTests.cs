using LegoNet.Cli.Tests.Support;
using LegoNet.Demo;

namespace LegoNet.Cli.Tests.Commands;

public sealed class CalibrateCommandTests
{
    [Theory]
    [InlineData(null, 8)]
    [InlineData("5", 5)]
    public void Calibrate_VectorsThenTrain_Trains(string? project, int dimension)
    {
        using var folder = new TempFolder();
        var card = folder["points.card.json"];
        var reference = Points.Npy(folder, "public", Points.Draw(120, seed: 8));

        string[] projected = project is null ? [] : ["--project", project];
        var run = Legonet.Run(["calibrate", "vector", "--reference", reference, "--out", card, "--keys", "16", "--json", .. projected]);
        var json = run.Succeeds().Json;

        Assert.Equal((120, 8, dimension, 16), ((int)json["references"]!, (int)json["encodingDimension"]!, (int)json["codeDimension"]!, (int)json["keys"]!));
        folder.Write("points.csv", Points.Csv(Points.Draw(60)));
        var spec = folder.Write("spec.json", WithCard(Points.Spec()));
        Assert.Equal(dimension, (int)Legonet.Run("train", spec, "--out", folder["model"], "--json").Succeeds().Json["dimension"]!);
    }

    [Fact]
    public void Calibrate_OnnxEncoderThenTrain_TrainsOnImages()
    {
        using var folder = new TempFolder();
        TestImages.WriteFolder(folder, "public", new GeneratedImageSource(GeneratedImageSource.PublicSet, GeneratedImageSource.TestSplit, 60, 10, 3));
        var card = folder["images.card.json"];
        var encoder = Repository.Model("shapes32.onnx");

        var run = Legonet.Run(
            "calibrate", encoder, "--reference", folder["public"], "--out", card, "--keys", "16", "--size", "32", "--batch", "8", "--json");
        var json = run.Succeeds().Json;

        Assert.Equal((60, 256, 16, 8), ((int)json["references"]!, (int)json["codeDimension"]!, (int)json["keys"]!, (int)json["batch"]!));
        var spec = TrainedModels.ImageSpec(80, 10);
        var start = spec.IndexOf("\"card\": \"", StringComparison.Ordinal) + 9;
        var file = folder.Write("spec.json", spec[..start] + card.Replace('\\', '/') + spec[spec.IndexOf('"', start)..]);
        Assert.Equal(80, (int)Legonet.Run("train", file, "--out", folder["model"], "--json").Succeeds().Json["records"]!);
    }

    [Fact]
    public void Calibrate_Twice_GivesTheSameFiles()
    {
        using var folder = new TempFolder();
        var reference = Points.Npy(folder, "public", Points.Draw(120, seed: 8));
        Directory.CreateDirectory(folder["a"]);
        Directory.CreateDirectory(folder["b"]);
        Legonet.Run("calibrate", "vector", "--reference", reference, "--out", folder["a/c.card.json"], "--keys", "16").Succeeds();
        Legonet.Run("calibrate", "vector", "--reference", reference, "--out", folder["b/c.card.json"], "--keys", "16").Succeeds();

        Assert.Equal(Tree.Read(folder["a"]), Tree.Read(folder["b"]));
    }

    [Theory]
    [InlineData("not json", "points.card.json")]
    [InlineData("{}", "points.card.json")]
    [InlineData("{ \"format\": \"legonet-calibration-card\", \"version\": 99 }", "version")]
    public void Train_WithMalformedCard_NamesIt(string content, string named)
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(20)));
        folder.Write("points.card.json", content);

        var message = Legonet.Refuses(3, "train", folder.Write("spec.json", WithCard(Points.Spec())), "--out", folder["model"]);
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["model"]));
    }

    [Fact]
    public void Train_WithCardWhoseArraysWereAltered_NamesThem()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(20)));
        var reference = Points.Npy(folder, "public", Points.Draw(120, seed: 8));
        Legonet.Run("calibrate", "vector", "--reference", reference, "--out", folder["points.card.json"], "--keys", "16").Succeeds();
        var arrays = Directory.EnumerateFiles(folder.Path, "points.card*.safetensors").Single();
        var bytes = File.ReadAllBytes(arrays);
        bytes[^1] ^= 1;
        File.WriteAllBytes(arrays, bytes);

        var message = Legonet.Refuses(3, "train", folder.Write("spec.json", WithCard(Points.Spec())), "--out", folder["model"]);
        Assert.Contains(Path.GetFileName(arrays), message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vector", "nowhere.npy", "nowhere.npy")]
    [InlineData("nowhere.onnx", "pictures", "nowhere.onnx")]
    [InlineData("broken.onnx", "pictures", "broken.onnx")]
    [InlineData("vector", "empty.csv", "empty.csv")]
    [InlineData("vector", "nan.csv", "nan.csv")]
    [InlineData("vector", "ragged.csv", "ragged.csv")]
    [InlineData("vector", "drawn.json", "no vector")]
    public void Calibrate_BadInput_NamesTheFileAndWritesNoCard(string encoder, string reference, string named)
    {
        using var folder = new TempFolder();
        folder.Write("broken.onnx", "not a model");
        folder.Write("pictures/grey.jpg", TestImages.GreyJpeg());
        folder.Write("empty.csv", "x1,x2\n");
        folder.Write("nan.csv", "x1,x2\n1,2\n3,NaN\n");
        folder.Write("drawn.json", """{ "type": "generated", "records": 10 }""");
        folder.Write("ragged.csv", "x1,x2\n1,2\n3\n");

        var message = Legonet.Refuses(
            3,
            "calibrate",
            encoder == "vector" ? encoder : folder[encoder],
            "--reference",
            folder[reference],
            "--out",
            folder["c.card.json"],
            "--keys",
            "1");

        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["c.card.json"]));
    }

    [Fact]
    public void Calibrate_WithMoreKeysThanReferences_SaysSo()
    {
        using var folder = new TempFolder();
        var reference = Points.Npy(folder, "public", Points.Draw(10, seed: 8));
        var message = Legonet.Refuses(3, "calibrate", "vector", "--reference", reference, "--out", folder["c.card.json"], "--keys", "16");
        Assert.Contains("10", message, StringComparison.Ordinal);
    }

    private static string WithCard(string spec)
        => spec.Replace("\"dimension\": 8, \"min\": -4, \"max\": 4", "\"card\": \"points.card.json\"", StringComparison.Ordinal);
}
