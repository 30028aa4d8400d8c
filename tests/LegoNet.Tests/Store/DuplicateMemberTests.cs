using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using LegoNet.Caching;
using LegoNet.Calibration;
using LegoNet.Data.Files;
using LegoNet.Data.Formats;
using LegoNet.Files;
using LegoNet.Pipelines;
using LegoNet.Records;
using LegoNet.Specs;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Store;

/// <summary>A file in which a member is given twice means one thing to one reader and another to the next, so no reader takes it.</summary>
public sealed class DuplicateMemberTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("format")]
    [InlineData("spec")]
    [InlineData("rows")]
    [InlineData("tags")]
    public void Manifest_MemberTwice_IsRefused(string name)
    {
        var json = new Manifest
        {
            Spec = Digests.Of([1]),
            Keys = Digests.Of([2]),
            AdapterExtension = ".x",
            TagKey = "0123456789abcdef",
            Records = Reference(3),
            Adapters = [null, new AdapterEntry(1, 7, Digests.Of([3]), Digests.Of([4]))],
        }.ToJson();
        Assert.Equal(json, Manifest.Parse(json, "manifest.json").ToJson());
        AssertRefused(LegoNetError.Damaged, "manifest.json: not a manifest (", name, () => Manifest.Parse(Twice(json, name), "manifest.json"));
    }

    [Theory]
    [InlineData("prefix")]
    [InlineData("count")]
    public void TrieNode_MemberTwice_IsRefused(string name)
    {
        var json = new InteriorNode("a", [Reference(1), .. new NodeRef?[14], Reference(2)]).Serialise();
        Assert.Equal(json, InteriorNode.Parse(json, "node").Serialise());
        AssertRefused(LegoNetError.Damaged, "node: not a trie node (", name, () => InteriorNode.Parse(Twice(json, name), "node"));
    }

    [Theory]
    [InlineData("kind")]
    [InlineData("runtime")]
    public void CacheManifest_MemberTwice_IsRefused(string name)
    {
        Directory.CreateDirectory(_folder["cache"]);
        var json = new EncodingCacheManifest("0123", 4, Models.Fingerprint, "0123456789abcdef", Reference(1)).ToJson();
        File.WriteAllBytes(_folder["cache/manifest.json"], Twice(json, name));
        AssertRefused(
            LegoNetError.Damaged,
            $"{_folder["cache/manifest.json"]}: not the manifest of an encoding cache (",
            name,
            () => EncodingCacheManifest.Load(new ModelPaths(_folder["cache"]), PhysicalFileLayer.Instance));
    }

    [Fact]
    public void RunSettings_MemberTwiceOrUnknown_AreRefused()
    {
        var paths = new ModelPaths(_folder["model"]);
        File.WriteAllText(paths.RunSettings, "{\"encoder\":null,\"encoder\":null}");
        AssertRefused(LegoNetError.Damaged, $"{paths.RunSettings}: cannot be read (", "encoder", Read);
        File.WriteAllText(paths.RunSettings, "{\"cachess\":[\"/a\"]}");
        Assert.Contains("cachess is not a known member here", Assert.Throws<LegoNetException>(Read).Message, StringComparison.Ordinal);
        File.WriteAllText(paths.RunSettings, """{"encoder":null,"caches":[{"id":"0123","path":"/a"}]}""");
        Assert.Equal([new CacheName("0123", "/a")], Read().Caches);

        RunSettings Read() => RunSettings.Read(paths, PhysicalFileLayer.Instance);
    }

    [Theory]
    [InlineData("batch")]
    [InlineData("scale")]
    public void Card_MemberTwice_IsRefused(string name)
    {
        new CalibrationCard(CodeCalibration.FromRange(3, 0, 1), default) { InputJson = "{\"kind\":\"x\",\"scale\":1}" }.Save(_folder["card.json"]);
        File.WriteAllBytes(_folder["card.json"], Twice(File.ReadAllBytes(_folder["card.json"]), name));
        AssertRefused(LegoNetError.BadInput, _folder["card.json"], name, () => CalibrationCard.Load(_folder["card.json"]));
    }

    [Theory]
    [InlineData("dtype")]
    [InlineData("note")]
    [InlineData("x")]
    public void Safetensors_MemberTwice_IsRefused(string name)
    {
        var header = Twice("{\"__metadata__\":{\"note\":\"n\"},\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}"u8, name);
        var bytes = new byte[8 + header.Length + 1];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        AssertRefused(
            LegoNetError.Damaged,
            "t.safetensors: its safetensors header is malformed (",
            name,
            () => SafetensorsHeader.Parse(bytes, bytes.Length, "t.safetensors", LegoNetError.Damaged));
    }

    [Theory]
    [InlineData("seed")]
    [InlineData("threads")]
    [InlineData("lambda")]
    public void Spec_MemberTwice_IsRefused(string name)
        => AssertRefused(LegoNetError.BadInput, "spec.json: ", name, () => ModelSpec.Parse(Twice(Models.Definition().Spec.ToJson(), name), "spec.json"));

    [Fact]
    public void PipelineSpec_MemberTwiceInAPartThatIsPassedOn_IsRefused()
    {
        File.WriteAllText(_folder["spec.json"], """{"task":"binary","classes":["a","b"],"encoder":{"type":"vector","x":1,"x":1},"routing":{},"adapter":{}}""");
        AssertRefused(LegoNetError.BadInput, _folder["spec.json"], "x", () => PipelineSpec.Load(_folder["spec.json"]));
    }

    private static NodeRef Reference(byte number) => new(true, number, Digests.Of([number]), Digests.Of([number, 1]));

    private static byte[] Twice(ReadOnlySpan<byte> json, string name)
    {
        var text = Encoding.UTF8.GetString(json);
        var member = Regex.Match(text, $$"""
            "{{name}}":\s*("[^"]*"|[-0-9.]+|null|\{[^{}]*\})
            """);
        Assert.True(member.Success, name);
        return Encoding.UTF8.GetBytes(text.Insert(member.Index, member.Value + ","));
    }

    private static void AssertRefused(LegoNetError error, string start, string name, Func<object> read)
    {
        var thrown = Assert.Throws<LegoNetException>(read);
        Assert.Equal(error, thrown.Error);
        Assert.StartsWith(start, thrown.Message, StringComparison.Ordinal);
        Assert.Contains($"{name} is given twice", thrown.Message, StringComparison.Ordinal);
    }
}
