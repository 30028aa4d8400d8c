using System.Runtime.Versioning;
using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests;

/// <summary>No command writes over what must stay: files of a model, keys, inputs, files of another kind.</summary>
public sealed class OutputTests(TrainedModels models)
{
    private static readonly string[] s_owned = [".key", ".signing.pem", ".signing.pub.pem", ".run.json", ".forgotten", ".lock", ".readers", "/x.json"];

    [Fact]
    public void AnyOutput_NamedAsAFileOfTheModel_IsRefusedAndNothingChanges()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("more.csv", Points.Csv(Points.Draw(5, seed: 2)));
        var spec = model.Folder.Write("spec.json", Points.Spec());
        model.Folder.Write("points.csv", Points.Csv(Points.Draw(5)));
        model.Folder.Write("vectors.csv", Points.Csv(Points.Draw(20)));
        foreach (var ending in s_owned)
        {
            var path = model.Path + ending;
            var before = File.Exists(path) ? File.ReadAllBytes(path) : null;
            foreach (var command in (string[][])
            [
                ["forget", model.Path, "--subject", "s1", "--receipt", path],
                ["add", model.Path, "--data", data, "--receipt", path],
                ["correct", model.Path, "--subject", "s1", "--label", "red", "--receipt", path],
                ["prove", model.Path, "--subject", "s1", "--out", path],
                ["score", model.Path, "--data", data, "--out", path],
                ["export", model.Path, "--out", path],
                ["encode", spec, "--out", path],
                ["calibrate", "vector", "--reference", data, "--out", path],
                ["generate", "--records", "2", "--out", path],
            ])
            {
                foreach (var force in (string[][])[[], ["--force"]])
                {
                    Assert.Contains(model.Path, model.Refuses(3, [.. command, .. force]), StringComparison.Ordinal);
                    Assert.Equal(before, File.Exists(path) ? File.ReadAllBytes(path) : null);
                }
            }
        }
    }

    [Fact]
    public void AnyOutput_ThatReachesAKeyByALink_IsRefused()
    {
        using var model = models.CopyPoints();
        var key = File.ReadAllBytes(model.Key);
        var link = model.Folder["receipt.json"];
        File.CreateSymbolicLink(link, model.Key);
        Directory.CreateSymbolicLink(model.Folder["alias"], model.Path);

        Assert.Contains("belongs to the model", model.Refuses(3, "forget", model.Path, "--subject", "s1", "--receipt", link), StringComparison.Ordinal);
        var inside = model.Folder["alias/receipt.json"];
        Assert.Contains("inside the model", model.Refuses(3, "forget", model.Path, "--subject", "s1", "--receipt", inside), StringComparison.Ordinal);
        File.Delete(link);
        File.Copy(model.Key, link);
        Assert.Contains("holds a key", model.Refuses(3, "forget", model.Path, "--subject", "s1", "--receipt", link, "--force"), StringComparison.Ordinal);
        Assert.Equal(key, File.ReadAllBytes(model.Key));
    }

    [Fact]
    public void AnyOutput_NamedAsItsInput_IsRefusedAndTheInputStays()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("u.csv", Points.Csv(Points.Draw(5, seed: 2)));
        var requests = model.Folder.Write("who.txt", "s1\n");
        var points = model.Folder.Write("points.csv", Points.Csv(Points.Draw(30)));
        var spec = model.Folder.Write("spec.json", Points.Spec());
        var other = model.Folder["other.key"];
        File.Copy(model.Key, other);
        foreach (var (path, command) in (IEnumerable<(string, string[])>)
        [
            (data, ["score", model.Path, "--data", data, "--out", data]),
            (points, ["score", model.Path, "--data", spec, "--out", points]),
            (spec, ["score", model.Path, "--data", spec + "#source", "--out", spec]),
            (data, ["add", model.Path, "--data", data, "--receipt", data]),
            (requests, ["forget", model.Path, "--file", requests, "--receipt", requests]),
            (other, ["forget", model.Path, "--subject", "s1", "--key", other, "--receipt", other]),
            (points, ["encode", spec, "--out", points]),
            (spec, ["encode", spec, "--out", spec]),
            (data, ["calibrate", "vector", "--reference", data, "--out", data]),
        ])
        {
            var before = File.ReadAllBytes(path);
            Assert.Contains(Path.GetFileName(path), model.Refuses(3, [.. command, "--force"]), StringComparison.Ordinal);
            Assert.Equal(before, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void Output_OverAFileOfAnotherKind_NeedsForce_AndOfItsOwnDoesNot()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("more.csv", Points.Csv(Points.Draw(5, seed: 2)));
        var other = model.Folder.Write("notes.csv", "my,notes\n");
        foreach (var command in (string[][])
        [
            ["prove", model.Path, "--subject", "s1", "--out"],
            ["score", model.Path, "--data", data, "--out"],
            ["export", model.Path, "--out"],
            ["forget", model.Path, "--subject", "s1", "--receipt"],
        ])
        {
            var refused = model.Refuses(3, [.. command, other]);
            Assert.Contains("--force", refused, StringComparison.Ordinal);
            Assert.Equal("my,notes\n", File.ReadAllText(other));
            var output = model.Folder.Write($"{command[0]}.out", "other");
            Legonet.Run([.. command, output, "--force"]).Succeeds();
            if (command[0] != "forget")
            {
                Legonet.Run([.. command, output]).Succeeds();
            }
        }

        Legonet.Run("forget", model.Path, "--subject", "s2", "--receipt", model.Folder["forget.out"]).Succeeds();
        Assert.Equal(["export.out", "forget.out", "more.csv", "notes.csv", "prove.out", "score.out"], Directory.GetFiles(model.Folder.Path)
            .Select(f => Path.GetFileName(f)!).Where(f => !f.StartsWith("model.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ANewModelOrCacheOrKey_InsideAModel_IsRefused()
    {
        using var model = models.CopyPoints();
        model.Folder.Write("points.csv", Points.Csv(Points.Draw(60)));
        var spec = model.Folder.Write("spec.json", Points.Spec());
        var (inner, outer) = (Path.Combine(model.Path, "inner"), model.Folder["outer"]);
        foreach (var command in (string[][])
        [
            ["train", spec, "--out", inner],
            ["train", spec, "--out", Path.Combine(model.Path, "records", "deeper")],
            ["train", spec, "--out", outer, "--cache", inner],
            ["train", spec, "--out", outer, "--key", inner],
            ["train", spec, "--out", outer, "--signing-key", inner],
            ["rebuild", model.Path, "--spec", spec, "--out", inner],
            ["demo", "--out", inner],
        ])
        {
            Assert.Contains("inside the model", model.Refuses(3, command), StringComparison.Ordinal);
            Assert.False(Path.Exists(inner) || Path.Exists(outer));
        }
    }

    [Fact]
    public void Train_BadSource_LeavesNothingBesideTheModel()
    {
        using var folder = new TempFolder();
        folder.Write("points.csv", Points.Csv(Points.Draw(30)) + "s1,more,red,not,numbers\n");
        var spec = folder.Write("spec.json", Points.Spec());

        Legonet.Refuses(3, "train", spec, "--out", folder["new/folder/model"]);
        Legonet.Refuses(3, "train", spec, "--out", folder["model"]);

        Assert.Equal(["points.csv", "spec.json"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Forget_WithAKeyThatOthersCanRead_SaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there access comes from a list");
        using var model = models.CopyPoints();
        Assert.DoesNotContain("chmod", Legonet.Run("forget", model.Path, "--subject", "s1").Succeeds().Error, StringComparison.Ordinal);
        File.SetUnixFileMode(model.Key, File.GetUnixFileMode(model.Key) | UnixFileMode.OtherRead);

        Assert.Contains($"warning: {model.Key}: ", Legonet.Run("forget", model.Path, "--subject", "s2").Succeeds().Error, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Train_WithShared_IsOpenToOthersAsTheUmaskSays()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there access comes from the folder");
        using var folder = new TempFolder();
        var plain = folder.Write("points.csv", Points.Csv(Points.Draw(60)));
        var spec = folder.Write("spec.json", Points.Spec());
        Legonet.Run("train", spec, "--out", folder["shared"], "--cache", folder["cache"], "--shared").Succeeds();
        Legonet.Run("train", spec, "--out", folder["owners"]).Succeeds();

        Assert.Equal(File.GetUnixFileMode(plain), File.GetUnixFileMode(folder["shared/manifest.json"]));
        Assert.Equal(File.GetUnixFileMode(plain), File.GetUnixFileMode(folder["cache/manifest.json"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["owners/manifest.json"]));
    }
}
