namespace LegoNet.MLNet.Tests.RealData;

/// <summary>Longer runs on real data: one after the other, with the machine to themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealDataRuns
{
    public const string Name = "Real data";
}
