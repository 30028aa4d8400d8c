using System.Globalization;
using LegoNet.Cluster.Scripts;

namespace LegoNet.Cluster.Tests.Scripts;

public class PosixUserTests
{
    [Fact]
    public void UserAndGroup_OnLinux_AreThoseOfTheProcess()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        var status = File.ReadAllLines("/proc/self/status");

        long Effective(string name)
            => long.Parse(status.Single(l => l.StartsWith(name, StringComparison.Ordinal)).Split('\t')[2], CultureInfo.InvariantCulture);

        Assert.Equal(Effective("Uid:"), PosixUser.User);
        Assert.Equal(Effective("Gid:"), PosixUser.Group);
    }
}
