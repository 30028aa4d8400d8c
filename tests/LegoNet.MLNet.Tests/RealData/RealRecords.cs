using LegoNet.Data;
using LegoNet.Data.Json;
using LegoNet.Data.Sources;
using LegoNet.Encoders;

namespace LegoNet.MLNet.Tests.RealData;

/// <summary>Records of real data, and their codes.</summary>
internal static class RealRecords
{
    /// <summary>A source as specs describe it; every PATH in it stands for the file.</summary>
    public static IRecordSource Source(string path, string json)
        => SourceRegistry.Create(StrictJson.Parse(json.Replace("PATH", path.Replace('\\', '/'), StringComparison.Ordinal), path), SourceContext.ForFile(path));

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
