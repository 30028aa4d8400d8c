using System.Security.Cryptography;
using LegoNet.Cli.Tests.Support;
using LegoNet.Encoders;
using LegoNet.Onnx;
using LegoNet.Pipelines;
using LegoNet.Routing;
using LegoNet.TestSupport.Golden;

namespace LegoNet.Cli.Tests.Golden;

/// <summary>
/// The specs of pipelines/ freeze to the bytes on record. Where an encoder is not in the repository, the demo's stands for it, and drawn keys for
/// its public ones.
/// </summary>
public sealed class PipelineSpecTests
{
    [Theory]
    [InlineData("adult.json", "a308374da45f4ba88b7588a2614bc292443c268d377f428b870455fea90737cc")]
    [InlineData("adult-hours.json", "0ed5d5bfce0dcf98958f9abe24e5c4ae17644eaeef5ddbe120a88c5e8eca1a57")]
    [InlineData("banking77.json", "9436b554c31dabb0775ca19fbce768b7f9c80f161e6c74813988625eff537549")]
    [InlineData("cifar10.json", "aa0ec9aac297a568f093c04d6ba298d9a4c46826eba90c1c4499b1c5fcafc2eb")]
    [InlineData("demo.json", "aa7be62b26c39a679688b5a1bea404f39c33e3a97521880d021ef1c8a4642c0e")]
    [InlineData("fashion-mnist.json", "9ea47b2572fee9cc668e49b8f5871556abd960c0eb419f9ee6ac2bc72558e94f")]
    [InlineData("newsgroups.json", "38df33032e7115db9aa8f3d4aaa0003a17f56c93a972a1d7c8e4a6a398472cb1")]
    [InlineData("vectors.json", "9d66fdf121c26fbb0d65cbf2477b1de07c92af69f79a08bea1b94bf8a3bd5269")]
    public void Freeze_ReadyPipeline_HasTheDigestOnRecord(string name, string expected)
    {
        var cancellation = TestContext.Current.CancellationToken;
        OnnxEncoderFactory.Register();
        var pipeline = PipelineSpec.Load(Repository.Pipeline(name));
        using var setup = pipeline.Encoder.String("type") == OnnxEncoderFactory.Type ? DemoEncoder() : pipeline.CreateEncoder(cancellationToken: cancellation);
        var actual = Convert.ToHexStringLower(SHA256.HashData(pipeline.Freeze(setup).Spec.ToJson()));
        Assert.True(expected == actual, $"{name}: expected {expected}, is {actual}");

        EncoderSetup DemoEncoder()
        {
            var demo = PipelineSpec.Load(Repository.Pipeline("demo.json")).CreateEncoder("cpu", cancellationToken: cancellation);
            return PinnedEncoder.Pin(demo, name == "demo.json" ? null : count => GaussianKeys.Create(2, count, demo.Encoder.Dimension));
        }
    }
}
