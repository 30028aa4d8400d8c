namespace LegoNet.Lab.Tests;

/// <summary>What users compile against changes on purpose only.</summary>
public class PublicApiTests
{
    [Fact]
    public void LegoNetLab_PublicApi_IsTheCommittedOne()
        => PublicApi.AssertCommitted(typeof(RecordSet).Assembly, "tests/LegoNet.Lab.Tests/PublicApi.LegoNet.Lab.txt");
}
