using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LegoNet.Cli.Tests.Support;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Data.Json;

namespace LegoNet.Cli.Tests.Commands;

public sealed class VerifyCommandTests(TrainedModels models)
{
    [Fact]
    public void Verify_UntouchedModel_IsExact()
    {
        using var model = models.CopyPoints();
        var before = Tree.Read(model.Path);

        var report = Legonet.Run("verify", model.Path, "--json").Succeeds().Json;

        Assert.True((bool)report["exact"]!);
        Assert.Equal(TrainedModels.Drawn.Length, (int)report["records"]!);
        Assert.Equal(before, Tree.Read(model.Path));
    }

    [Fact]
    public void VerifyData_WithTheSource_EncodesAgainAndAgrees()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("all.csv", Points.Csv(TrainedModels.Drawn.Reverse()));

        Assert.Equal(TrainedModels.Drawn.Length, (int)Legonet.Run("verify", model.Path, "--data", data, "--json").Succeeds().Json["encodedAgain"]!);
    }

    [Fact]
    public void VerifyData_OfImages_EncodesAgainAndAgrees()
    {
        using var model = models.CopyImages();
        var spec = model.Folder.Write("images.json", TrainedModels.ImageSpec());

        var verified = Legonet.Run("verify", model.Path, "--data", spec, "--threads", "1", "--json").Succeeds().Json;
        Assert.Equal(TrainedModels.ImageRecords, (int)verified["encodedAgain"]!);
    }

    [Fact]
    public void VerifyData_WithOtherContentLabelOrRecords_ExitsWith4AndNamesThem()
    {
        using var model = models.CopyPoints();
        var points = TrainedModels.Drawn.ToArray();
        points[2] = points[2] with { Label = points[2].Label == "red" ? "blue" : "red" };
        points[4] = points[4] with { Values = [.. points[4].Values.Select(v => v + 1)] };
        points[6] = points[6] with { Id = "unheard-of" };
        var data = model.Folder.Write("all.csv", Points.Csv(points));

        var run = Legonet.Run("verify", model.Path, "--data", data, "--json");

        Assert.Equal(4, run.ExitCode);
        string[] differences = [.. run.Json["differences"]!.AsArray().Select(d => (string)d!)];
        Assert.Contains(differences, d => d.Contains("line 4", StringComparison.Ordinal) && d.Contains("label", StringComparison.Ordinal));
        Assert.Contains(differences, d => d.Contains("line 6", StringComparison.Ordinal) && d.Contains("code", StringComparison.Ordinal));
        Assert.Contains(differences, d => d.Contains("line 8", StringComparison.Ordinal) && d.Contains("not stored", StringComparison.Ordinal));
        Assert.Contains(differences, d => d.StartsWith("1 stored record", StringComparison.Ordinal));
        Assert.Equal(4, differences.Length);
    }

    [Fact]
    public void VerifyData_OtherCodesMadeElsewhere_ExitsWith6AndSaysWhatWasNotCompared()
    {
        using var folder = new TempFolder();
        var points = Points.Draw(30);
        folder.Write("points.csv", Points.Csv(points));
        var model = folder["model"];
        Points.TrainElsewhere(folder.Write("spec.json", Points.Spec()), model, here => here with { Processor = "x64 sse", Runtime = "of another age" });
        points[4] = points[4] with { Values = [.. points[4].Values.Select(v => v + 1)] };
        var data = folder.Write("changed.csv", Points.Csv(points));

        var run = Legonet.Run("verify", model, "--data", data);

        Assert.Equal(6, run.ExitCode);
        Assert.Contains("not compared: 1 stored code that was made by of another age (cpu, float64, batch 1, x64 sse)", run.Output, StringComparison.Ordinal);
        Assert.Contains("changed.csv: line 6; ", run.Output, StringComparison.Ordinal);
        Assert.Contains("What was compared is as it should be (30 records, ", run.Output, StringComparison.Ordinal);
        Assert.Contains("note: 29 stored codes that were made by of another age", run.Output, StringComparison.Ordinal);
        var json = Legonet.Run("verify", model, "--data", data, "--json").Json;
        Assert.False((bool)json["exact"]!);
        Assert.Single(json["notCompared"]!.AsArray());
        Assert.Single(json["notes"]!.AsArray());

        // And without any that differ, it is exact.
        run = Legonet.Run("verify", model, "--data", folder["points.csv"]).Succeeds();
        Assert.Contains("note: 30 stored codes", run.Output, StringComparison.Ordinal);
        Assert.Empty(Legonet.Run("verify", model, "--json").Succeeds().Json["notes"]!.AsArray());
    }

    [Fact]
    public void VerifyData_WithSomeOfTheRecords_NeedsPartial()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("some.csv", Points.Csv(TrainedModels.Drawn[..9]));

        Assert.Equal(4, Legonet.Run("verify", model.Path, "--data", data).ExitCode);
        Assert.Equal(9, (int)Legonet.Run("verify", model.Path, "--data", data, "--partial", "--json").Succeeds().Json["encodedAgain"]!);
    }

    [Fact]
    public void VerifyData_WithEmptySource_IsRefused()
    {
        using var model = models.CopyPoints();
        var data = model.Folder.Write("none.csv", "subject,id,label,x1,x2,x3,x4,x5,x6,x7,x8\n");
        Assert.Contains("none.csv", model.Refuses(3, "verify", model.Path, "--data", data, "--partial"), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_OneWeightChangedAndEveryDigestRecomputed_ExitsWith4AndNamesTheWeight()
    {
        using var model = models.CopyPoints();
        var file = model.FirstFile("adapters", "*.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^2] ^= 1; // One of the high bits of the last weight.
        Forge(model, file, bytes);

        var run = Legonet.Run("verify", model.Path, "--json");

        Assert.True(run.ExitCode == 4, run.Output + run.Error);
        var difference = Assert.Single(run.Json["differences"]!.AsArray());
        Assert.Contains($"adapters/00000-{Digests.Of(bytes)}.safetensors: weight [3, 8]", (string)difference!, StringComparison.Ordinal);
        Assert.Contains("1 of 36 weights", (string)difference!, StringComparison.Ordinal);
        Legonet.Run("inspect", model.Path).Succeeds(); // Nothing but a derivation can tell.
    }

    [Fact]
    public void Verify_FileThatNobodyNames_ExitsWith4AndNamesIt()
    {
        using var model = models.CopyPoints();
        File.WriteAllText(Path.Combine(model.Path, "records", "left-behind.tmp"), "?");

        var run = Legonet.Run("verify", model.Path, "--json");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("records/left-behind.tmp", (string)Assert.Single(run.Json["differences"]!.AsArray())!, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_ManifestPutBackAfterAForget_ExitsWithAnError()
    {
        using var model = models.CopyPoints();
        var manifest = File.ReadAllBytes(Path.Combine(model.Path, "manifest.json"));
        Legonet.Run("forget", model.Path, "--subject", "s7").Succeeds();
        File.WriteAllBytes(Path.Combine(model.Path, "manifest.json"), manifest);

        Assert.Equal(5, Legonet.Run("verify", model.Path).ExitCode);
    }

    [Fact]
    public void Verify_WithoutTheKeyFile_ExitsWith6AndSaysWhatWasNotCompared()
    {
        using var model = models.CopyPoints();
        File.Delete(model.Key);
        var run = Legonet.Run("verify", model.Path);
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("not compared: the record files", run.Output, StringComparison.Ordinal);
        Assert.Contains("model.key", run.Output, StringComparison.Ordinal);
        Assert.Contains("What was compared is as it should be", run.Output, StringComparison.Ordinal);
        Assert.Contains("model.key", model.Refuses(3, "verify", model.Path, "--key", model.Key), StringComparison.Ordinal);
    }

    [Fact]
    public void VerifyData_OfAModelThatDiffers_ComparesTheRecordsToo()
    {
        using var model = models.CopyPoints();
        File.WriteAllText(Path.Combine(model.Path, "left-behind.tmp"), "?");
        var data = model.Folder.Write("some.csv", Points.Csv(TrainedModels.Drawn[..9]));
        var run = Legonet.Run("verify", model.Path, "--data", data, "--json");
        Assert.Equal(4, run.ExitCode);
        Assert.Equal(9, (int)run.Json["encodedAgain"]!);
        Assert.Equal(2, run.Json["differences"]!.AsArray().Count);
    }

    [Fact]
    public void Verify_AdaptersOfAnotherMachine_ExitsWith6AndSaysWhatWasChecked()
    {
        using var folder = new TempFolder();
        var model = TrainPlaced(folder, out var data);

        var run = Legonet.Run("verify", model);
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("Records, routes and files are as they should be (60 records, ", run.Output, StringComparison.Ordinal);
        Assert.Contains($"adapters cannot be compared here: {PlacedTrainer.Reason}.", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Verified", run.Output, StringComparison.Ordinal);

        run = Legonet.Run("verify", model, "--data", data, "--json");
        Assert.Equal(6, run.ExitCode);
        Assert.False((bool)run.Json["exact"]!);
        Assert.Equal(PlacedTrainer.Reason, (string)run.Json["notComparable"]!);
        Assert.Equal(60, (int)run.Json["encodedAgain"]!);
        Assert.Contains(PlacedTrainer.Reason, Legonet.Refuses(3, "forget", model, "--subject", Points.Draw(60)[0].Subject), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_AdaptersOfAnotherMachineAndDifferencesOrDamage_ExitsWith4Or5()
    {
        using var folder = new TempFolder();
        var model = TrainPlaced(folder, out var data);
        var text = File.ReadAllText(data);
        File.WriteAllText(data, text[..text[..^1].LastIndexOf('\n')] + "\n");
        Assert.Equal(4, Legonet.Run("verify", model, "--data", data).ExitCode);

        File.WriteAllText(Path.Combine(model, "adapters", "left-behind.tmp"), "?");
        var run = Legonet.Run("verify", model);
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("not compared: adapters cannot be compared here", run.Output, StringComparison.Ordinal);

        var file = Directory.GetFiles(Path.Combine(model, "shards"))[0];
        File.WriteAllBytes(file, [.. File.ReadAllBytes(file).SkipLast(1)]);
        Assert.Equal(5, Legonet.Run("verify", model).ExitCode);
    }

    private static string TrainPlaced(TempFolder folder, out string data)
    {
        PlacedTrainer.Register();
        var place = Guid.NewGuid().ToString();
        data = folder.Write("placed.csv", Points.Csv(Points.Draw(60)));
        var adapter = Points.Spec().Split('\n').Single(line => line.Contains("\"adapter\"", StringComparison.Ordinal));
        var spec = folder.Write("placed.json", Points.Spec(data: "placed.csv").Replace(
            adapter, $"\"adapter\": {PlacedTrainer.Declare(place)},", StringComparison.Ordinal));
        Legonet.Run("train", spec, "--out", folder["placed"]).Succeeds();
        Legonet.Run("verify", folder["placed"]).Succeeds();
        PlacedTrainer.Leave(place);
        return folder["placed"];
    }

    // Puts other bytes in place of an adapter and recomputes every digest that names them, and signs the ledger again.
    private static void Forge(TestModel model, string file, byte[] bytes)
    {
        Assert.NotEmpty(SafetensorsFile.Parse(bytes, file).Get<float>("weights", 4, 9).ToArray());
        var manifest = Path.Combine(model.Path, "manifest.json");
        var tags = (string)JsonNode.Parse(File.ReadAllBytes(manifest))!["records"]!["tags"]!;
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(Digests.Of(File.ReadAllBytes(file)), Digests.Of(bytes), StringComparison.Ordinal));
        var ledger = model.FirstFile("ledger", "*.json");
        var entry = JsonNode.Parse(File.ReadAllBytes(ledger))!.AsObject();
        entry["rootAfter"] = Digests.Of(Encoding.ASCII.GetBytes($"{{\"manifest\":\"{Digests.Of(File.ReadAllBytes(manifest))}\",\"tags\":\"{tags}\"}}"));
        entry.Remove("signature");
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(model.Path + ".signing.pem"));
        var signed = "legonet.ledger.v2\n"u8.ToArray().Concat(CanonicalJson.Write(json => entry.WriteTo(json))).ToArray();
        byte[] signature;
        do
        {
            signature = key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        while (signature[^33] != 32 || signature[^32] >= 0x7F); // Until s is the smaller of the two that hold.

        entry["signature"] = Convert.ToBase64String(signature);
        File.WriteAllBytes(ledger, CanonicalJson.Write(json => entry.WriteTo(json)));
        File.WriteAllBytes(file.Replace(Digests.Of(File.ReadAllBytes(file)), Digests.Of(bytes), StringComparison.Ordinal), bytes);
        File.Delete(file);
    }

    private static class Digests
    {
        public static string Of(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
