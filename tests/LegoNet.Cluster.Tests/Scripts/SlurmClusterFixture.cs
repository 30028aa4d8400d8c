namespace LegoNet.Cluster.Tests.Scripts;

/// <summary>The cluster of a test class.</summary>
public sealed class SlurmClusterFixture : IDisposable
{
    internal SlurmCluster Cluster { get; } = new();

    public void Dispose() => Cluster.Dispose();
}
