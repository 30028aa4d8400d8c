namespace LegoNet.Cluster.Tests;

/// <summary>What users compile against changes on purpose only.</summary>
public class PublicApiTests
{
    [Fact]
    public void LegoNetCluster_PublicApi_IsTheCommittedOne()
        => PublicApi.AssertCommitted(typeof(LocalWorkers).Assembly, "tests/LegoNet.Cluster.Tests/PublicApi.LegoNet.Cluster.txt");
}
