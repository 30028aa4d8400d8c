using LegoNet.Encoders;

namespace LegoNet.Tests.Encoders;

public class EncoderSettingsTests
{
    [Theory]
    [InlineData("auto")]
    [InlineData("cpu")]
    [InlineData("cuda")]
    [InlineData("cuda:12")]
    public void Device_ADevice_IsTaken(string device) => Assert.Equal(device, new EncoderSettings { Device = device }.Device);

    [Theory]
    [InlineData("")]
    [InlineData("CPU")]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:N")]
    [InlineData("cuda:-1")]
    [InlineData("cuda: 1")]
    [InlineData("cuda:99999999999")]
    public void Device_AnythingElse_IsRefusedWhereItIsSet(string device)
    {
        var e = Assert.Throws<LegoNetException>(() => new EncoderSettings { Device = device });
        Assert.Equal($"The device must be auto, cpu, cuda or cuda:N, not \"{device}\".", e.Message);
    }
}
