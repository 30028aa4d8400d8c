using System.Security.Cryptography;
using LegoNet.Calibration;
using LegoNet.Data;
using LegoNet.Onnx.Treatments;
using LegoNet.TestSupport.Golden;

namespace LegoNet.Onnx.Tests.Golden;

/// <summary>
/// Models on ONNX encoders: their bytes stay as they are. The encoders multiply and add small multiples of 1/64, which float32 holds exactly in
/// every order of summation, so that the codes are those of any processor and any version of the runtime; the version is pinned.
/// </summary>
public class OnnxRootDigestTests
{
    private const int VectorLength = 5;
    private const int Side = 8;

    private static readonly string[] s_fruit = ["apple", "pear", "plum"];

    [Theory]
    [InlineData("vector", "multiclass", "gaussian", false, new[]
    {
        "e8b04ea35864e416c87b870c55be9fb67580f586d20ce0fba1102c7a102d4a15",
        "51a07b06d0a0f8f1646bb93b21e837661eedfff9ae62a1572ff0de933d40eb9a",
        "6e0f08867929ae4f169ce886d7928f4da162e1a1b2b8057d3df10ce2bf8a429a",
        "e52b098283780bcaf20b0c69872ea17933ca92342c828f28b916e4cd05afb333",
        "fed2ffed259d73c4271f4a61416dedf264e4de482d7202ac13f1f586b9446851",
        "3455f29e7868ceb4ac8c950fb9a1a086e2c616eded4af916ea0c1639e34d6483",
    })]
    [InlineData("vector", "regression", "public", true, new[]
    {
        "24dcc8397eb525333d95159977d015c7eb4890cec837656fab75c8b231d3a1b3",
        "c33e3e595bc296f3cbe9ecb5cbe98f0e4f7c39c6537e858c72978540df2a8fcc",
        "8318a6689b15d93c22af59735ebb4cc13db69c7b3cef5300f0da7fece0a31a8b",
        "60b1a2d09cece43b97f4b71ed1e979eb1a9e6cbbcc36a02f08fa2d520ea7d1be",
        "c9013d5a284778c8e04c28e013fe342a6b130e152135b4066915cbb0a5feaf54",
        "83b46005ba03d90c0413e80263ef9944baed3505dc70c8b99d5999f83f8f8170",
    })]
    [InlineData("image", "multilabel", "public", false, new[]
    {
        "c94b1923f83d0c037f6d11242b8c38b77681dffb48678e755b8d46c162ca422a",
        "c26f2723ab5b4323337ab9e4496ab42ce1150fd1f7395feb900e422239dbcf09",
        "2db5a94d3e8c6da58ec420110023439cf752105073d41f3f2c226efc0280c82a",
        "f9bfd79c3da723e00f61841a7fd23d84e72ee53e4322a8024a3da8c757fc7977",
        "912ac31379477c7fcc98a6378b5c145ec30ddfb6143468829b27229165703a30",
        "202727b724df39f1789ba3a31e06a4ab3b55806491c5e236baf74637bd506cb2",
    })]
    [InlineData("image", "binary", "gaussian", true, new[]
    {
        "6ece6a8bc00f8f33aa209918e3b83f3148e8ef8dac3560a5653e82724cb6c943",
        "290fd0a5fbac5becc3a75230709bc473e6462498c38af06f1003210fb275e465",
        "8876112373251e16d6b5d9bd5c85aae7b86f1174f180dce58434066b4aaa5ccf",
        "75070b23a917e33d8be8cd7837aae10cdf67f1c291b0d1fb9eab67c8964f0307",
        "8e350a1f7f98524f94154a9692ceb3e11359281d8c9dfd3f99c5dff7698f6900",
        "dcdb2c6a2d42e04b63135b7f3f79fedcaee7e22391fc440122c6d6614a37f92c",
    })]
    [InlineData("text", "multiclass", "gaussian", true, new[]
    {
        "eaaa41db124fcd2e13eb1996a8268cad955b683c0e168cede6f94697b9316173",
        "a73f4ce14e6c4a024d19b0b0300a20040cf09d2c022211b146a89f8168689058",
        "ad3da0235ce33dd1d099f4a879cac8a26b836fb1a6aa91c4530cd35445a99b0e",
        "812526eb19da749cf032e3e0aee736d0ef33852f531c99e7c13e2240d8dd89d0",
        "ee0b3b7142edfc5c186f2ee7ae74f4d8d73c8031c7e3c6119d213e503b69f2a3",
        "140a840a8725018749a33299349a6777c58a4cd47c91c52144f31e272e9a276b",
    })]
    public void Model_AfterEachChange_HasTheDigestsOnRecord(string encoder, string task, string routing, bool copyEncoder, string[] expected)
    {
        using var folder = new TempFolder();
        OnnxEncoderFactory.Register();
        var (graph, treatment, calibration, input) = Encoder(encoder);
        folder.Write("encoder.onnx", graph);
        new CalibrationCard(calibration, GoldenCard.PublicKeys(calibration.CodeDimension))
        {
            EncoderFile = "encoder.onnx",
            EncoderSha256 = Convert.ToHexStringLower(SHA256.HashData(graph)),
            Batch = 4,
            InputJson = treatment.ToJson(),
        }.Save(folder["card.json"]);
        GoldenModel.Check(
            folder.Path,
            $"{encoder}, {task}, {routing}, {(copyEncoder ? "copied" : "not copied")}",
            task,
            """{"type": "onnx", "card": "card.json"}""",
            routing,
            input,
            records: 40,
            expected,
            pipeline => PinnedEncoder.Pin(pipeline.CreateEncoder("cpu")),
            copyEncoder);
    }

    private static (byte[] Graph, InputTreatment Treatment, CodeCalibration Calibration, Func<GoldenDraws, RecordInput> Input) Encoder(string name)
        => name switch
        {
            "vector" => (TinyEncoders.Vector(VectorLength, 6), new VectorTreatment(), GoldenCard.Projection(6, 4), Vector),
            "image" => (TinyEncoders.Image(), new ImageTreatment(Side, Side, linear: true, [0.5], [-64]), CodeCalibration.FromRange(6, 2, 22), Image),
            _ => (TinyEncoders.Text(), new TextTreatment(), CodeCalibration.FromRange(3, -1, 1), Fruit),
        };

    private static VectorInput Vector(GoldenDraws draws) => GoldenRecords.Vector(draws, VectorLength);

    private static TextInput Fruit(GoldenDraws draws) => new(s_fruit[draws.Below(s_fruit.Length)]);

    private static PixelInput Image(GoldenDraws draws)
    {
        const int Channels = ImageTreatment.Channels;
        return new PixelInput(Enumerable.Range(0, Side * Side * Channels).Select(_ => (byte)draws.Below(256)).ToArray(), Side, Side, Channels);
    }
}
