using LegoNet.Cli.Init;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Init;

public sealed class DataPlaceTests
{
    [Theory]
    [InlineData(@"C:\Users\ann\repo\data\train.csv", "data/train.csv")]
    [InlineData(@"C:\Users\ann\Desktop\train.csv", "train.csv")]
    [InlineData("/Users/ann/data/train.csv", "data/train.csv")]
    [InlineData(@"data\train.csv", "data/train.csv")]
    [InlineData("./data/train.csv", "data/train.csv")]
    [InlineData("../beside.csv", "../beside.csv")]
    [InlineData(@"C:\Users\ann\..\beside.csv", null)]
    [InlineData(@"C:\nowhere\else.csv", null)]
    public void Find_PathOfAnotherMachine_IsTheLongestEndThatExistsBesideTheConfiguration(string path, string? expected)
    {
        using var folder = new TempFolder();
        folder.Write("repo/data/train.csv", "");
        folder.Write("repo/train.csv", "");
        folder.Write("beside.csv", "");

        var found = DataPlace.Find(folder["repo/model.mbconfig"], path, File.Exists);

        Assert.Equal(expected is null ? null : Path.GetFullPath(folder["repo/" + expected]), found);
    }
}
