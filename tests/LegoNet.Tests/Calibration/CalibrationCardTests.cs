using System.Security.Cryptography;
using LegoNet.Calibration;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Calibration;

public class CalibrationCardTests
{
    [Fact]
    public void Number_OutOfItsRange_IsRefusedWhereItIsSet()
    {
        var calibration = CodeCalibration.FromRange(2, -1, 1);
        Assert.Throws<ArgumentOutOfRangeException>("Batch", () => new CalibrationCard(calibration, default) { Batch = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Batch", () => new CalibrationCard(calibration, default) { Batch = 65_537 });
        Assert.Throws<ArgumentOutOfRangeException>("ReferenceCount", () => new CalibrationCard(calibration, default) { ReferenceCount = -1 });
    }

    [Fact]
    public void Save_Load_RoundTripsEverything()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "card.json");
        var encoder = Path.Combine(folder.Path, "encoder.onnx");
        File.WriteAllText(encoder, "encoder");
        var card = Card(projected: true, encoder);
        card.Save(path);
        var loaded = CalibrationCard.Load(path);
        Assert.Equal(card.Calibration.Mean, loaded.Calibration.Mean);
        Assert.Equal(card.Calibration.Sigma, loaded.Calibration.Sigma);
        Assert.Equal(card.Calibration.Projection, loaded.Calibration.Projection);
        Assert.Equal(card.Keys.Span, loaded.Keys.Span);
        Assert.Equal(2, loaded.KeyCount);
        Assert.Equal(card.ArraysSha256, loaded.ArraysSha256);
        Assert.Equal(("encoder.onnx", card.EncoderSha256, "features", 32), (loaded.EncoderFile, loaded.EncoderSha256, loaded.Output, loaded.Batch));
        Assert.Equal(
            ("some images", 77, card.ReferenceSha256, "by hand"),
            (loaded.ReferenceDescription, loaded.ReferenceCount, loaded.ReferenceSha256, loaded.Notes));
        Assert.Equal("""{"kind":"image","scale":0.0078431372549019607,"mean":[1,2.50]}""", loaded.InputJson);
        Assert.Equal(encoder, loaded.ResolveEncoder());
        Assert.Equal("image", loaded.ReadInput()!.String("kind"));

        var again = Path.Combine(folder.Path, "again", "card.json");
        Directory.CreateDirectory(Path.GetDirectoryName(again)!);
        loaded.Save(again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
        Assert.Equal(File.ReadAllBytes(Path.ChangeExtension(path, ".safetensors")), File.ReadAllBytes(Path.ChangeExtension(again, ".safetensors")));
    }

    [Fact]
    public void Save_Load_WithoutEncoderInputKeysOrProjection_Works()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "card.json");
        new CalibrationCard(CodeCalibration.FromRange(3, 0, 1), default).Save(path);
        var loaded = CalibrationCard.Load(path);
        Assert.Null(loaded.EncoderFile);
        Assert.Null(loaded.ResolveEncoder());
        Assert.Null(loaded.ReadInput());
        Assert.Equal(0, loaded.KeyCount);
        Assert.False(loaded.Calibration.HasProjection);
    }

    [Fact]
    public void ReadInput_UnknownMember_NamesFileAndPlace()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "card.json");
        Card(projected: false, null).Save(path);
        var input = CalibrationCard.Load(path).ReadInput()!;
        _ = input.String("kind");
        var error = Assert.Throws<LegoNetException>(input.Finish);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("input.scale", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "version")]
    [InlineData("\"codeDimension\": 2", "\"codeDimension\": 3", "sigma")]
    [InlineData("\"encodingDimension\": 3", "\"encodingDimension\": 4", "mean")]
    [InlineData("\"batch\": 32", "\"batch\": 0", "batch")]
    [InlineData("\"batch\": 32", "\"batsch\": 32", "batsch")]
    [InlineData("card.safetensors", "../card.safetensors", "arrays.file")]
    [InlineData("card.safetensors", "other.safetensors", "other.safetensors")]
    [InlineData("\"sha256\": \"", "\"sha256\": \"A", "sha256")]
    public void Load_AlteredCard_IsRefusedNamingThePlace(string from, string to, string named)
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "card.json");
        Card(projected: true, null).Save(path);
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<LegoNetException>(() => CalibrationCard.Load(path));
        Assert.Equal(LegoNetError.BadInput, error.Error);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AlteredArrays_IsRefused()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "card.json");
        Card(projected: true, null).Save(path);
        var arrays = Path.ChangeExtension(path, ".safetensors");
        var bytes = File.ReadAllBytes(arrays);
        bytes[^1] ^= 1;
        File.WriteAllBytes(arrays, bytes);
        Assert.Contains("arrays.sha256", Assert.Throws<LegoNetException>(() => CalibrationCard.Load(path)).Message, StringComparison.Ordinal);
        File.Delete(arrays);
        Assert.Contains("arrays.file", Assert.Throws<LegoNetException>(() => CalibrationCard.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ResolveEncoder_OtherOrMissingFile_IsRefused()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "card.json");
        var encoder = Path.Combine(folder.Path, "encoder.onnx");
        File.WriteAllText(encoder, "encoder");
        Card(projected: false, encoder).Save(path);
        var card = CalibrationCard.Load(path);
        File.WriteAllText(encoder, "another");
        Assert.Contains("encoder.sha256", Assert.Throws<LegoNetException>(card.ResolveEncoder).Message, StringComparison.Ordinal);
        File.Delete(encoder);
        Assert.Contains("encoder.file", Assert.Throws<LegoNetException>(card.ResolveEncoder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_ToAPathThatCannotBe_IsRefused()
    {
        using var folder = new TempFolder();
        var card = Card(projected: false, null);
        Assert.Throws<LegoNetException>(() => card.Save(Path.Combine(folder.Path, "missing", "card.json")));
        Assert.Throws<LegoNetException>(() => card.Save(Path.Combine(folder.Path, "card.safetensors")));
    }

    private static CalibrationCard Card(bool projected, string? encoder)
    {
        var calibration = projected
            ? new CodeCalibration([0.1, 0.2, 0.3], [1, 0], [1, 2, 3, 4, 5, 6.5f])
            : new CodeCalibration([0.1, 0.2], [1, 0]);
        return new CalibrationCard(calibration, new sbyte[] { 1, 2, -127, 127 })
        {
            EncoderFile = encoder is null ? null : Path.GetFileName(encoder),
            EncoderSha256 = encoder is null ? null : Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(encoder))),
            Output = "features",
            Batch = 32,
            InputJson = """{"kind":"image","scale":0.0078431372549019607,"mean":[1,2.50]}""",
            ReferenceDescription = "some images",
            ReferenceCount = 77,
            ReferenceSha256 = new string('a', 64),
            Notes = "by hand",
        };
    }
}
