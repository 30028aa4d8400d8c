using LegoNet.Hosting;
using LegoNet.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LegoNet.Tests.Hosting;

public sealed class LegoNetServiceCollectionExtensionsTests : IDisposable
{
    private readonly TrainedModel _trained = new();

    public void Dispose() => _trained.Dispose();

    [Fact]
    public void AddLegoNet_WithoutAName_GivesOneProviderAndDisposesIt()
    {
        LegoNetModelProvider provider;
        using (var services = new ServiceCollection().AddLegoNet(o => o.Path = _trained.Path).BuildServiceProvider())
        {
            provider = services.GetRequiredService<LegoNetModelProvider>();
            Assert.Same(provider, services.GetRequiredService<LegoNetModelProvider>());
            Assert.Equal(_trained.Model.RootDigest, provider.Current.RootDigest);
        }

        Assert.Throws<ObjectDisposedException>(() => provider.Current);
    }

    [Fact]
    public void AddLegoNet_TwoNames_ServeTwoModels()
    {
        using var other = new TrainedModel();
        other.Model.Forget("subject-3");
        using var services = new ServiceCollection()
            .AddLegoNet("cats", o => o.Path = _trained.Path)
            .AddLegoNet("dogs", o => o.Path = other.Path)
            .BuildServiceProvider();

        Assert.Equal(_trained.Model.RootDigest, services.GetRequiredKeyedService<LegoNetModelProvider>("cats").Current.RootDigest);
        Assert.Equal(other.Model.RootDigest, services.GetRequiredKeyedService<LegoNetModelProvider>("dogs").Current.RootDigest);
        Assert.Null(services.GetService<LegoNetModelProvider>());
    }

    [Fact]
    public void AddLegoNet_OptionsConfiguredElsewhereToo_Combine()
    {
        using var services = new ServiceCollection()
            .AddLegoNet("cats", o => o.Path = _trained.Path)
            .Configure<LegoNetModelProviderOptions>("cats", o => o.PollInterval = TimeSpan.Zero)
            .BuildServiceProvider();

        var error = Assert.Throws<LegoNetException>(() => services.GetRequiredKeyedService<LegoNetModelProvider>("cats"));
        Assert.Contains("PollInterval", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddLegoNet_LoggerAndClockAmongTheServices_AreUsed()
    {
        var logger = new ListLogger<LegoNetModelProvider>();
        var clock = new ManualClock();
        using var services = new ServiceCollection()
            .AddSingleton<ILogger<LegoNetModelProvider>>(logger)
            .AddSingleton<TimeProvider>(clock)
            .AddLegoNet(o => o.Path = _trained.Path)
            .BuildServiceProvider();

        services.GetRequiredService<LegoNetModelProvider>();

        Assert.NotEmpty(logger.Entries);
        Assert.Equal(1, clock.ActiveTimers);
    }

    [Fact]
    public void AddLegoNet_PathNotSet_SaysSoWhenResolved()
    {
        using var services = new ServiceCollection().AddLegoNet(_ => { }).BuildServiceProvider();

        Assert.Contains("Path", Assert.Throws<LegoNetException>(services.GetRequiredService<LegoNetModelProvider>).Message, StringComparison.Ordinal);
    }
}
