using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Encoders;

namespace LegoNet.MLNet.Tests.RealData;

/// <summary>Real data, where it is: the folder named by LEGONET_DATA, else shared/data beside the repository.</summary>
internal static class SharedData
{
    /// <summary>The path of a file; the running test is skipped where it is missing.</summary>
    public static string Need(string name)
    {
        var root = Environment.GetEnvironmentVariable("LEGONET_DATA");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); string.IsNullOrEmpty(root) && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LegoNet.MLNet.sln")))
            {
                root = Path.Combine(folder.FullName, "..", "shared", "data");
            }
        }

        var path = Path.Combine(root ?? ".", name);
        Assert.SkipUnless(File.Exists(path), $"The data file {name} is not here; set LEGONET_DATA to the folder that has it.");
        return path;
    }

    /// <summary>A source as specs describe it; every PATH in it stands for the file.</summary>
    public static IRecordSource Source(string path, string json)
        => SourceRegistry.Create(SpecObject.Parse(json.Replace("PATH", path.Replace('\\', '/'), StringComparison.Ordinal), path), SourceContext.ForFile(path));

    /// <summary>Codes of a source's records, as features of code / 127.</summary>
    public static List<FeatureRow> Encode(IRecordSource source, ICodeEncoder encoder)
        => [.. RecordEncoder.Encode(source, encoder, 2, cancellationToken: TestContext.Current.CancellationToken).Select(r => new FeatureRow
        {
            Subject = r.Subject,
            Id = r.Id,
            Label = r.Label!,
            Features = Array.ConvertAll(r.Code, c => c / 127f),
        })];
}
