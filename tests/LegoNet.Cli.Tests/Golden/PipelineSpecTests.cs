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
    [InlineData("adult.json", "24eff0df29c8a159dad4f00ca61e69ef9fbdfbeca3ea68eb1a7ce6e7ae9f1dc6")]
    [InlineData("adult-hours.json", "05b7575bfe14c58b09b97ee8d7f787333faf122876480cae35fedf7db5a753e1")]
    [InlineData("banking77.json", "cce21f9bd849e1feb4192e2d73b3bbc64b628e2cd7c3bdfed9a21e4451fb0dd1")]
    [InlineData("cifar10.json", "57a5e00166b8f36fc48ec64728f9665abc98eb4693e95925d28de7158ef8e83b")]
    [InlineData("demo.json", "d3dae2d3601d9bd9a4acee0f045ce0645d62bf1c686742cf47f9f234480386a1")]
    [InlineData("fashion-mnist.json", "d3c50d5f3dfc894a58754dfc8f2d74d4392027ff1b09f093aef2eb175b14fabc")]
    [InlineData("newsgroups.json", "21e5a392137a94e755d4cb447377d355655e52c380479967dcfdaf3350b79036")]
    [InlineData("vectors.json", "fce3c4843396de8b1f6513196af9e4b1e3a0dbea59b4db4bba1b1c7c948c566c")]
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
