using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>
/// Steps around a model as a zip: ML.NET's own file, and beside its entries one with what this package's own steps were declared with, in whose places
/// stand chains of no steps. The same steps give the same bytes.
/// </summary>
internal static class StepsZip
{
    private const string DeclaredEntry = "LegoNet.Steps.json";

    // The earliest that a zip can say.
    private static readonly DateTimeOffset s_noTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly JsonSerializerOptions s_json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Saves steps.</summary>
    /// <exception cref="InvalidOperationException">A step cannot be saved.</exception>
    public static byte[] Save(ModelOperationsCatalog catalog, IReadOnlyList<(ITransformer Step, TransformerScope Scope)> steps)
    {
        DeclaredStep?[] declared = [.. steps.Select(s => DeclaredStep.Of(s.Step))];
        using var stream = new MemoryStream();
        var saved = steps.Select((s, i) => declared[i] is null ? s.Step : new TransformerChain<ITransformer>());

        // Without the schema, whose annotations may hold values of the rows.
        catalog.Save(new TransformerChain<ITransformer>([.. saved], [.. steps.Select(s => s.Scope)]), null, stream);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            using (var entry = zip.CreateEntry(DeclaredEntry).Open())
            {
                JsonSerializer.Serialize(entry, declared, s_json);
            }

            foreach (var entry in zip.Entries)
            {
                entry.LastWriteTime = s_noTime;
            }
        }

        return stream.ToArray();
    }

    /// <summary>Loads steps, and opens their encoders.</summary>
    /// <exception cref="LegoNetException">A card or an encoder is missing or malformed.</exception>
    public static (ITransformer Step, TransformerScope Scope)[] Load(ModelOperationsCatalog catalog, byte[] content)
    {
        using var stream = new MemoryStream(content);
        (ITransformer Step, TransformerScope Scope)[] steps = [.. PipelineSteps.OfChain(catalog.Load(stream, out _))];
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
        using var entry = zip.GetEntry(DeclaredEntry)!.Open();
        var declared = JsonSerializer.Deserialize<DeclaredStep?[]>(entry, s_json)!;
        return [.. steps.Zip(declared, (kept, own) => (own?.Open() ?? kept.Step, kept.Scope))];
    }
}
