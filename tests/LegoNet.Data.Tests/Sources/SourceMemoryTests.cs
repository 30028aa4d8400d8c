using static LegoNet.Data.Tests.Support.SourceTesting;


namespace LegoNet.Data.Tests.Sources;

/// <summary>Measures the whole process's memory, so it runs while no other test does.</summary>
[Collection(nameof(SourceMemoryTests))]
[CollectionDefinition(nameof(SourceMemoryTests), DisableParallelization = true)]
public class SourceMemoryTests
{
    [Fact]
    public void Read_LargeFile_HoldsLittle()
    {
        using var folder = new TempFolder();
        using (var writer = new StreamWriter(folder["v.csv"]))
        {
            writer.WriteLine(string.Join(',', Enumerable.Range(0, 64).Select(i => $"f{i}")));
            var row = string.Join(',', Enumerable.Range(0, 64).Select(i => $"0.{i}12345"));
            for (var i = 0; i < 40_000; i++)
            {
                writer.WriteLine(row);
            }
        }

        var source = Create(folder, """{"type":"vectors","path":"v.csv"}""");
        long most = 0;
        var rows = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var _ in source.Read(TestContext.Current.CancellationToken))
        {
            if (++rows % 10_000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(40_000, rows);
        Assert.InRange(most, long.MinValue, 4 << 20);
    }
}
