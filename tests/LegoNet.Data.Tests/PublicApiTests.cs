using LegoNet.Demo;

namespace LegoNet.Data.Tests;

/// <summary>What users compile against changes on purpose only.</summary>
public class PublicApiTests
{
    [Fact]
    public void LegoNetData_PublicApi_IsTheCommittedOne()
        => PublicApi.AssertCommitted(typeof(LegoNetException).Assembly, "tests/LegoNet.Data.Tests/PublicApi.LegoNet.Data.txt");

    [Fact]
    public void LegoNetDemo_PublicApi_IsTheCommittedOne()
        => PublicApi.AssertCommitted(typeof(GeneratedImages).Assembly, "tests/LegoNet.Data.Tests/PublicApi.LegoNet.Demo.txt");
}
