using System.IO.Compression;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>
/// Steps around a model as a zip: ML.NET's own file, and beside its entries one with the options of each EncodeOnnx, which ML.NET's file cannot hold. In
/// its place stands a chain of no steps.
/// </summary>
internal static class StepsZip
{
    private const string EncodersEntry = "LegoNet.EncodeOnnx.json";

    /// <summary>Saves steps.</summary>
    /// <exception cref="InvalidOperationException">A step cannot be saved.</exception>
    public static byte[] Save(ModelOperationsCatalog catalog, IReadOnlyList<(ITransformer Step, TransformerScope Scope)> steps)
    {
        var encoders = new Dictionary<int, EncodeOnnxEstimator.Options>();
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i].Step is EncodeOnnxTransformer { Declared: { } options })
            {
                encoders.Add(i, options);
            }
        }

        using var stream = new MemoryStream();
        var saved = steps.Select((s, i) => encoders.ContainsKey(i) ? new TransformerChain<ITransformer>() : s.Step);

        // Without the schema, whose annotations may hold values of the rows.
        catalog.Save(new TransformerChain<ITransformer>([.. saved], [.. steps.Select(s => s.Scope)]), null, stream);
        if (encoders.Count > 0)
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true);
            using var entry = zip.CreateEntry(EncodersEntry).Open();
            JsonSerializer.Serialize(entry, encoders);
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
        if (zip.GetEntry(EncodersEntry) is { } entry)
        {
            using var encoders = entry.Open();
            foreach (var (at, options) in JsonSerializer.Deserialize<Dictionary<int, EncodeOnnxEstimator.Options>>(encoders)!)
            {
                steps[at].Step = new EncodeOnnxEstimator(options).Open();
            }
        }

        return steps;
    }
}
