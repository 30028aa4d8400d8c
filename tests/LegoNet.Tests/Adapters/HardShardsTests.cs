using LegoNet.Adapters;
using LegoNet.Data.Formats;
using LegoNet.TestHost;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Adapters;

/// <summary>Shards that are hard on a trainer: every fit ends, is finite, and is the same whatever the processor has.</summary>
public class HardShardsTests
{
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(60);
    private static readonly Lazy<string[]> s_lines = new(() => [.. FitCases.All.Values.Where(c => !c.IsLong).Select(c => c.Line(c.Fit()))]);

    public static TheoryData<string> Names => [.. FitCases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_HardShard_EndsWithFiniteWeights(string name)
    {
        var fit = FitCases.All[name];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_most);
        var files = fit.Fit(limit.Token);
        foreach (var (trainer, file) in fit.Trainers.Zip(files))
        {
            // Reading refuses weights that are not finite.
            FitCases.Trainer(trainer, fit.Labels, fit.Dimension).Load(file, trainer);
            var weights = SafetensorsFile.Parse(file, trainer, LegoNetError.Damaged).Get<float>("weights", fit.Labels.Outputs, fit.Dimension + 1).ToArray();
            Assert.All(weights, w => Assert.True(float.IsFinite(w), $"{trainer}: {w}"));
        }
    }

    [Theory]
    [InlineData(null, "512:")]
    [InlineData("DOTNET_EnableAVX512", "512:False")]
    [InlineData("DOTNET_EnableAVX2", "512:False 256:False")]
    [InlineData("DOTNET_EnableHWIntrinsic", "512:False 256:False 128:False")]
    public void Fit_OtherVectors_GivesTheSameBytes(string? off, string vectors)
    {
        using var host = HostProcess.StartWithout(off, "fit");
        Assert.StartsWith(vectors, host.ReadLine(), StringComparison.Ordinal);
        Assert.All(s_lines.Value, line => Assert.Equal(line, host.ReadLine()));

        Assert.True(host.Wait());
    }
}
