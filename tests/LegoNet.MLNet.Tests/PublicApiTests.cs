using LegoNet.MLNet.Data;

namespace LegoNet.MLNet.Tests;

/// <summary>What users compile against changes on purpose only.</summary>
public class PublicApiTests
{
    [Fact]
    public void LegoNetMLNet_PublicApi_IsTheCommittedOne()
        => PublicApi.AssertCommitted(typeof(Columns).Assembly, "tests/LegoNet.MLNet.Tests/PublicApi.LegoNet.MLNet.txt");
}
