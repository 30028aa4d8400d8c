using LegoNet.Cli.Tests.Support;

namespace LegoNet.Cli.Tests.Commands;

public sealed class EvaluateCommandTests(TrainedModels models)
{
    [Fact]
    public void Evaluate_NewRecords_AgreesWithTheScoresThatScoreWrites()
    {
        using var model = models.CopyPoints();
        var points = Points.Draw(300, seed: 2);
        var data = model.Folder.Write("test.csv", Points.Csv(points));

        var json = Legonet.Run("evaluate", model.Path, "--data", data, "--json").Succeeds().Json;
        Legonet.Run("score", model.Path, "--data", data, "--out", model.Folder["scores.csv"]).Succeeds();

        var predicted = File.ReadAllLines(model.Folder["scores.csv"])[1..].Select(l => l.Split(',')[2]).ToArray();
        var right = points.Zip(predicted).Count(p => p.First.Label == p.Second);
        Assert.Equal(right / 300.0, (double)json["accuracy"]!, 12);
        Assert.InRange(right / 300.0, 0.8, 0.999);
        for (var t = 0; t < 4; t++)
        {
            for (var p = 0; p < 4; p++)
            {
                var count = points.Zip(predicted).Count(x => x.First.Label == Points.Classes[t] && x.Second == Points.Classes[p]);
                Assert.Equal(count, (int)json["confusion"]![t]![p]!);
            }
        }

        Assert.Equal(points.Count(p => p.Label == "blue"), (int)json["classes"]![2]!["records"]!);
    }

    [Fact]
    public void Evaluate_WithoutLabels_NamesTheLine()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("plain.csv", "x1,x2,x3,x4,x5,x6,x7,x8\n0,0,0,0,0,0,0,0\n");
        var message = model.Refuses(3, "evaluate", model.Path, "--data", data);
        Assert.Contains("plain.csv", message, StringComparison.Ordinal);
        Assert.Contains("line 2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_UnknownLabel_NamesIt()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("data.csv", Points.Csv([TrainedModels.Drawn[0] with { Label = "purple" }]));
        Assert.Contains("\"purple\"", model.Refuses(3, "evaluate", model.Path, "--data", data), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_EmptySource_IsRefused()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("none.csv", "label,x1,x2,x3,x4,x5,x6,x7,x8\n");
        Assert.Contains("none.csv", model.Refuses(3, "evaluate", model.Path, "--data", data), StringComparison.Ordinal);
    }

    [Fact]
    public void AnyData_WithColumnsOfOtherNames_IsReadAsTheSpecSaysAndNotedWithoutIt()
    {
        using var folder = new TempFolder();
        string Renamed(string csv) => csv.Replace("subject,id,label", "who;no;colour", StringComparison.Ordinal).Replace(',', ';');
        folder.Write("points.csv", Renamed(Points.Csv(Points.Draw(120))));
        const string Columns = """ "subject": "subject", "id": "id", "label": "label" """;
        const string Others = """ "separator": ";", "subject": "who", "id": "no", "label": "colour" """;
        var spec = folder.Write("points.json", Points.Spec().Replace(Columns, Others, StringComparison.Ordinal));
        var model = folder["model"];
        Legonet.Run("train", spec, "--out", model).Succeeds();
        var more = folder.Write("more.csv", Renamed(Points.Csv(Points.Draw(20, seed: 2))));
        var rows = File.ReadAllLines(more).Select(l => string.Join(';', l.Split(';').Where((_, i) => i != 2)));
        var unlabelled = folder.Write("new.csv", string.Join('\n', rows));

        Assert.Equal(20, (int)Legonet.Run("evaluate", model, "--data", more, "--spec", spec, "--json").Succeeds().Json["records"]!);
        Legonet.Run("score", model, "--data", unlabelled, "--spec", spec, "--out", folder["scores.csv"]).Succeeds();
        Assert.Equal(20, (int)Legonet.Run("add", model, "--data", more, "--spec", spec, "--json").Succeeds().Json["records"]!);
        Assert.Contains("\"label\"", Legonet.Run("evaluate", model, "--data", more).Error, StringComparison.Ordinal);
        Assert.Contains("--spec SPEC.json", Legonet.Run("evaluate", model, "--data", more).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnyModel_ThatIsAFile_IsNamedAsOne()
    {
        using var folder = new TempFolder();
        var data = folder.Write("own.csv", "label,a\nx,1\n");
        Assert.Contains("is a file, where a model's directory is expected", Legonet.Refuses(3, "evaluate", data, "--data", data), StringComparison.Ordinal);
    }
}
