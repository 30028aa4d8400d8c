using LegoNet.Adapters;
using LegoNet.Audit;
using LegoNet.Caching;
using LegoNet.Calibration;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Fuzzing;

/// <summary>Every reader of the core, given hostile files.</summary>
public sealed class ReaderFuzzTests : IDisposable
{
    private static readonly ModelDefinition s_definition = Models.Definition(adapters: 4, active: 2);
    private static readonly TagKey s_tagKey = TagKey.FromBytes(new byte[32]);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Manifest_Hostile_IsRefusedOrNamesOnlyFilesOfTheModel()
    {
        Fuzzer.Run(Files("manifest.json"), (m, file) => m.Json(file), bytes =>
        {
            var manifest = Manifest.Parse(bytes, "test");
            Assert.All(manifest.Files(), f => Assert.Matches(
                @"^(spec\.json|(keys|calibration)\.safetensors|(adapters|shards|encoder)/[0-9a-f-]+\.[A-Za-z0-9]+)$",
                f.File));
            Assert.Matches(@"^(records/[0-9a-f]{64}\.(json|safetensors))?$", manifest.Records?.File ?? "");
            Assert.Equal(manifest.ToJson(), Manifest.Parse(manifest.ToJson(), "test").ToJson());
        });
    }

    [Fact]
    public void Spec_Hostile_IsRefusedOrWhole() => Fuzzer.Run(Files("spec.json"), (m, file) => m.Json(file), bytes =>
    {
        var spec = ModelSpec.Parse(bytes, "test");
        Assert.Equal(spec.ToJson(), ModelSpec.Parse(spec.ToJson(), "test").ToJson());
        _ = spec.Labels;
        _ = FrozenParts.CreateTrainer(spec);
    });

    [Fact]
    public void Spec_WithANumberBeyondFloat64_IsRefused()
    {
        var spec = System.Text.Encoding.UTF8.GetString(Files("spec.json")[0]);
        var hostile = spec.Replace("\"lambda\":500", "\"lambda\":5e99900", StringComparison.Ordinal);

        Assert.NotEqual(spec, hostile);
        Assert.Throws<LegoNetException>(() => ModelSpec.Parse(System.Text.Encoding.UTF8.GetBytes(hostile), "spec.json"));
    }

    [Fact]
    public void PipelineSpec_Hostile_IsRefusedOrWhole()
    {
        var seeds = Directory.GetFiles(Path.Combine(Repository.Root, "pipelines"), "*.json").Select(File.ReadAllBytes).Where(b => b.Length < 20_000).ToArray();
        Fuzzer.Run(seeds, (m, file) => m.Json(file), bytes => PipelineSpec.Load(Write("spec.json", bytes)));
    }

    [Fact]
    public void InnerNode_Hostile_IsRefusedOrWhole() => Fuzzer.Run(Files("records/*.json"), (m, file) => m.Json(file), bytes =>
    {
        var node = InteriorNode.Parse(bytes, "test");
        Assert.True(node.Depth < RecordKey.Nibbles);
        Assert.All(node.Children, c => Assert.True(c is null || c.Count > 0));
    });

    [Fact]
    public void Segment_Hostile_IsRefusedOrCanBeReadToItsEnd() => Fuzzer.Run(Files("records/*.safetensors"), (m, file) => m.Safetensors(file), bytes =>
    {
        var segment = Segment.Open(s_definition.Spec.Rows, bytes, "test", null);
        for (var row = 0; row < segment.Count; row++)
        {
            var read = new RowRef(segment, row);
            Assert.True(s_definition.Spec.Labels.IsValid(read.Label));
            Assert.Equal(s_definition.Spec.Dimension, read.Code.Length);
            Assert.All(read.Route.ToArray(), a => Assert.InRange(a, 0, s_definition.Spec.Adapters - 1));
            _ = (read.Key, read.Fingerprint);
        }
    });

    [Fact]
    public void Safetensors_Hostile_AreRefusedOrTileTheFile()
        => Fuzzer.Run([.. Files("records/*.safetensors").Concat(Files("keys.safetensors"))], (m, file) => m.Safetensors(file), bytes =>
        {
            var header = SafetensorsHeader.Parse(bytes, bytes.Length, "test");
            Assert.Equal(bytes.Length - 8 - BitConverter.ToInt64(bytes), header.Tensors.Sum(t => t.Length));
            Assert.All(header.Tensors, t => Assert.True(t.Offset >= 10 && t.Offset + t.Length <= bytes.Length));
        });

    [Fact]
    public void Adapter_Hostile_IsRefusedOrScores()
    {
        var trainer = FrozenParts.CreateTrainer(s_definition.Spec);
        var code = new double[s_definition.Spec.Dimension + 1];
        Fuzzer.Run(Files("adapters/*"), (m, file) => m.Safetensors(file), bytes =>
        {
            var adapter = trainer.Load(bytes, "test");
            adapter.AddScores(code, new double[Models.Classes]);
        });
    }

    [Fact]
    public void Shard_Hostile_IsRefusedOrWhole() => Fuzzer.Run(Files("shards/*"), (m, file) => m.Safetensors(file), bytes => ShardFile.Parse(bytes, "test"));

    [Fact]
    public void Keys_Hostile_AreRefusedOrWhole() => Fuzzer.Run(Files("keys.safetensors"), (m, file) => m.Safetensors(file), bytes =>
    {
        var keys = KeyFile.Parse(bytes, "test", s_definition.Spec.Adapters, s_definition.Spec.Dimension);
        Assert.Equal(s_definition.Spec.Adapters, keys.Count);
    });

    [Fact]
    public void Calibration_Hostile_IsRefusedOrWhole()
    {
        var seed = CalibrationFile.Write(new CodeCalibration([1.5, 2.5], [0.5, 0.25, 1], [1, 2, 3, 4, 5, 6]));
        Fuzzer.Run([seed], (m, file) => m.Safetensors(file), bytes =>
        {
            var calibration = CalibrationFile.Parse(bytes, "test", 3);
            calibration.Quantise(new float[calibration.EncodingDimension], new sbyte[3]);
        });
    }

    [Fact]
    public void TagKey_Hostile_IsRefusedOrAKey()
        => Fuzzer.Run([System.Text.Encoding.ASCII.GetBytes(new string('a', 64) + "\n")], (m, file) => m.Bytes(file), bytes => TagKey.Load(Write("key", bytes)));

    [Fact]
    public void Card_Hostile_IsRefusedOrWhole()
    {
        new CalibrationCard(new CodeCalibration([1.5, 2.5], [0.5, 0.25], []), new sbyte[] { 1, 2, 3, 4 }).Save(_folder["card.json"]);
        var arrays = File.ReadAllBytes(_folder["card.safetensors"]);
        var card = File.ReadAllBytes(_folder["card.json"]);
        Fuzzer.Run([card], (m, file) => m.Json(file), bytes => CalibrationCard.Load(Write("card.json", bytes)));

        // With the digest of the arrays put right, the arrays are read too.
        Fuzzer.Run([arrays], (m, file) => m.Safetensors(file), bytes =>
        {
            Write("card.safetensors", bytes);
            var text = System.Text.Encoding.UTF8.GetString(card).Replace(Digests.Of(arrays), Digests.Of(bytes), StringComparison.Ordinal);
            var read = CalibrationCard.Load(Write("card.json", System.Text.Encoding.UTF8.GetBytes(text)));
            Assert.True(read.Calibration.CodeDimension > 0);
        });
    }

    [Fact]
    public void LedgerEntry_Hostile_IsRefusedOrSpelledAsItIsWritten()
        => Fuzzer.Run(Files("ledger/*"), (m, file) => m.Json(file), bytes => Assert.Equal(bytes, LedgerEntry.Parse(bytes, "test").ToJson()));

    [Fact]
    public void Receipt_Hostile_IsRefusedOrWhole()
        => Fuzzer.Run([System.Text.Encoding.UTF8.GetBytes(File.ReadAllText(Train("receipt.json")))], (m, file) => m.Json(file), bytes =>
        {
            var receipt = Receipt.Parse(System.Text.Encoding.UTF8.GetString(bytes));
            Assert.Equal(receipt.ToJson(), Receipt.Parse(receipt.ToJson()).ToJson());
        });

    [Fact]
    public void Proof_Hostile_IsRefusedOrDoesNotHold()
    {
        Train("model");
        using var model = LegoNetModel.Open(_folder["model"]);
        string[] made = [model.Prove("subject-3").ToJson(), model.Prove("subject-4").ToJson()];
        var keys = model.VerificationKeys;
        Fuzzer.Run([.. made.Select(System.Text.Encoding.UTF8.GetBytes)], (m, file) => m.Json(file), bytes =>
        {
            var proof = MembershipProof.Parse(System.Text.Encoding.UTF8.GetString(bytes));
            Assert.True(!proof.Check(keys).Holds || made.Contains(proof.ToJson()), "an altered proof holds");
        });
    }

    [Fact]
    public void PublicKey_Hostile_IsRefusedOrAKey()
        => Fuzzer.Run(
            [File.ReadAllBytes(Train("model.signing.pub.pem"))],
            (m, file) => m.Bytes(file),
            bytes => VerificationKey.Parse(System.Text.Encoding.UTF8.GetString(bytes)));

    [Fact]
    public void RunSettings_Hostile_AreRefusedOrWhole()
        => Fuzzer.Run(["""{"caches":[{"id":"1","path":"/a"},{"id":"2","path":"/b"}],"encoder":"/c"}"""u8.ToArray()], (m, file) => m.Json(file), bytes =>
        {
            Write("settings.run.json", bytes);
            _ = RunSettings.Read(new ModelPaths(_folder["settings"]), PhysicalFileLayer.Instance).Caches.Count;
        });

    [Fact]
    public void CacheManifest_Hostile_IsRefusedOrWhole()
    {
        Directory.CreateDirectory(_folder["cache"]);
        var root = new NodeRef(true, 3, new string('a', 64), new string('b', 64));
        var seed = new EncodingCacheManifest("0123", 4, Models.Fingerprint, "0123456789abcdef", root).ToJson();
        Fuzzer.Run([seed], (m, file) => m.Json(file), bytes =>
        {
            Write("cache/manifest.json", bytes);
            _ = EncodingCacheManifest.Load(new ModelPaths(_folder["cache"]), PhysicalFileLayer.Instance).Rows;
        });
    }

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder[name], bytes);
        return _folder[name];
    }

    // Files of a trained model, by a pattern.
    private byte[][] Files(string pattern)
    {
        Train("model");
        var folder = Path.Combine(_folder["model"], Path.GetDirectoryName(pattern)!);
        return [.. Directory.GetFiles(folder, Path.GetFileName(pattern)).Order(StringComparer.Ordinal).Take(4).Select(File.ReadAllBytes)];
    }

    private string Train(string name)
    {
        if (Directory.Exists(_folder["model"]))
        {
            return _folder[name];
        }

        var records = Enumerable.Range(0, 40).Select(i => Models.Record(s_definition.Spec, i / 3, i % 3));
        var options = new ModelOptions { Threads = 1, Files = new UnflushedFiles() };
        using var model = LegoNetModel.Train(_folder["model"], s_definition, records, options);
        File.WriteAllText(_folder["receipt.json"], model.Forget("subject-3").ToJson());
        return _folder[name];
    }
}
