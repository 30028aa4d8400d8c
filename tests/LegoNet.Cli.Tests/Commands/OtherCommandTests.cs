using LegoNet.Cli.Tests.Support;
using LegoNet.Data.Formats;

namespace LegoNet.Cli.Tests.Commands;

/// <summary>encode, generate and demo.</summary>
public sealed class OtherCommandTests
{
    [Fact]
    public void Encode_Vectors_WritesCodesAndLabelsInTheSourcesOrder()
    {
        using var folder = new TempFolder();
        var points = Points.Draw(50);
        folder.Write("points.csv", Points.Csv(points));

        Legonet.Run("encode", folder.Write("spec.json", Points.Spec()), "--out", folder["codes.safetensors"]).Succeeds();

        var file = SafetensorsFile.Parse(File.ReadAllBytes(folder["codes.safetensors"]), "codes");
        Assert.Equal(points.Select(p => Array.IndexOf(Points.Classes, p.Label)), file.Get<int>("labels", 50, 1).ToArray());
        var codes = file.Get<sbyte>("codes", 50, 8).ToArray();
        for (var i = 0; i < codes.Length; i++)
        {
            // −4 to 4 over −127 to 127.
            Assert.InRange(codes[i] - (points[i / 8].Values[i % 8] * 127 / 4), -0.51, 0.51);
        }
    }

    [Fact]
    public void Encode_WithoutTestSource_NamesTheField()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(5)));
        Assert.Contains(
            "test",
            Legonet.Refuses(3, "encode", folder.Write("spec.json", Points.Spec()), "--test", "--out", folder["codes.safetensors"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_Images_WritesArraysAndTable()
    {
        using var folder = new TempFolder();

        var json = Legonet.Run("generate", "--set", "demo", "--records", "30", "--subjects", "5", "--out", folder["drawn"], "--json").Succeeds().Json;

        Assert.Equal(30, (int)json["records"]!);
        Assert.Equal(10, json["classes"]!.AsArray().Count);
        Assert.Equal(31, File.ReadAllLines(folder["drawn/records.csv"]).Length);
        Assert.InRange(new FileInfo(folder["drawn/images.npy"]).Length, 30 * 32 * 32 * 3, (30 * 32 * 32 * 3) + 200);
    }

    [Theory]
    [InlineData("--set", "secret")]
    [InlineData("--split", "validation")]
    [InlineData("--records", "0")]
    [InlineData("--subjects", "0")]
    [InlineData("--seed", "-1")]
    public void Generate_BadValue_NamesIt(string option, string value)
    {
        using var folder = new TempFolder();
        Assert.Contains(option[2..], Legonet.Refuses(3, "generate", option, value, "--out", folder["drawn"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Demo_IntoAFolderThatIsNotEmpty_IsRefused()
    {
        using var folder = new TempFolder();
        folder.Write("notes.txt", "mine");
        Assert.Contains(folder.Path, Legonet.Refuses(3, "demo", "--out", folder.Path), StringComparison.Ordinal);
        Assert.Equal([folder["notes.txt"]], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Demo_AsAChild_ForgetsExactlyInUnderAMinute()
    {
        using var folder = new TempFolder();

        var json = Legonet.RunChild("demo", "--out", folder["demo"], "--json").Succeeds().Json;

        Assert.True((bool)json["verified"]! && (bool)json["identical"]!);
        Assert.InRange((double)json["accuracyBefore"]!, 0.5, 0.95);
        Assert.InRange((double)json["seconds"]!, 0, 60);
        Tree.AssertSameModel(folder["demo/never-saw"], folder["demo/model"]);
    }
}
