using System.Reflection;
using LegoNet.Hosting;

namespace LegoNet.Tests.Hosting;

public class LegoNetModelProviderOptionsTests
{
    public static TheoryData<string, object> OutOfRange => new()
    {
        { nameof(LegoNetModelProviderOptions.Path), "" },
        { nameof(LegoNetModelProviderOptions.PollInterval), TimeSpan.FromMilliseconds(9) },
        { nameof(LegoNetModelProviderOptions.PollInterval), TimeSpan.FromSeconds(61) },
        { nameof(LegoNetModelProviderOptions.SnapshotGracePeriod), TimeSpan.FromMilliseconds(999) },
        { nameof(LegoNetModelProviderOptions.SnapshotGracePeriod), TimeSpan.FromHours(25) },
        { nameof(LegoNetModelProviderOptions.OnReloadFailure), (ReloadFailureBehavior)7 },
    };

    public static TheoryData<string, object> AtTheEnds => new()
    {
        { nameof(LegoNetModelProviderOptions.PollInterval), TimeSpan.FromMilliseconds(10) },
        { nameof(LegoNetModelProviderOptions.PollInterval), TimeSpan.FromMinutes(1) },
        { nameof(LegoNetModelProviderOptions.SnapshotGracePeriod), TimeSpan.FromSeconds(1) },
        { nameof(LegoNetModelProviderOptions.SnapshotGracePeriod), TimeSpan.FromDays(1) },
        { nameof(LegoNetModelProviderOptions.OnReloadFailure), ReloadFailureBehavior.StopAtOnce },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void Provider_OptionOutOfRange_SaysWhich(string property, object value)
    {
        var error = Assert.Throws<LegoNetException>(() => new LegoNetModelProvider(With(property, value)));

        Assert.Equal(LegoNetError.BadInput, error.Error);
        Assert.Contains(property, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AtTheEnds), DisableDiscoveryEnumeration = true)]
    public void Validate_OptionAtTheEndOfItsRange_Passes(string property, object value) => With(property, value).Validate();

    [Fact]
    public void Provider_NoModelAtPath_SaysSo()
    {
        var options = With(nameof(LegoNetModelProviderOptions.PollInterval), TimeSpan.FromSeconds(1));
        var error = Assert.Throws<LegoNetException>(() => new LegoNetModelProvider(options));

        Assert.Equal(LegoNetError.BadInput, error.Error);
        Assert.Contains("no such model", error.Message, StringComparison.Ordinal);
    }

    private static LegoNetModelProviderOptions With(string property, object value)
    {
        var options = new LegoNetModelProviderOptions { Path = Path.Combine(Path.GetTempPath(), "legonet-absent-" + Guid.NewGuid()) };
        typeof(LegoNetModelProviderOptions).GetProperty(property, BindingFlags.Public | BindingFlags.Instance)!.SetValue(options, value);
        return options;
    }
}
