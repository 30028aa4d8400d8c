using LegoNet.MLNet.Data;
using LegoNet.MLNet.Encoders;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace LegoNet.MLNet;

/// <summary>Saves pipelines without losing the file that is there.</summary>
public static class SafeSaving
{
    /// <summary>
    /// Saves a pipeline as <c>ml.Model.Save</c> does, but to a draft (the path with ".new" appended) that takes the file's name when it is complete.
    /// <c>ml.Model.Save</c> empties the file first, so that a pipeline that cannot be saved leaves no scorer at all.
    /// </summary>
    /// <param name="catalog"><see cref="MLContext.Model"/>.</param>
    /// <param name="model">The pipeline.</param>
    /// <param name="inputSchema">The schema of the rows that it takes; null where it is not to be saved.</param>
    /// <param name="path">The zip file. If saving fails, it stays as it was, and the draft is deleted.</param>
    /// <param name="forPlainHosts">
    /// Refuse a pipeline that hosts without LegoNet.MLNet cannot load: one that hashes texts, which no step of ML.NET's own does. Otherwise it is
    /// saved, with a warning by <see cref="MLContext.Log"/>; in a host that lacks the package ML.NET then says no more than that an assembly is missing.
    /// </param>
    /// <exception cref="LegoNetException">
    /// The pipeline cannot be saved (<see cref="LegoNetTransformer.ToOnnxTransformer"/>), or hosts without LegoNet.MLNet could not load it.
    /// </exception>
    /// <exception cref="IOException">The draft cannot be written, or is being written by somebody else.</exception>
    public static void SaveSafely(
        this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema? inputSchema, string path, bool forPlainHosts = false)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);

        if (PipelineSteps.Of(model).Any(s => HashesTexts(s.Step)))
        {
            const string Why = "it hashes texts, so a host that loads it needs the package LegoNet.MLNet beside ML.NET";
            if (forPlainHosts)
            {
                throw LegoNetException.BadInput(
                    $"{path}: was not saved: {Why}; add the package there, or make the features by ProduceHashedWordBags (docs/mlnet.md, Saving).");
            }

            HostLogger.Of(catalog).LogWarning("{Path}: {Why}.", path, Why);
        }

        // One name for all drafts: what a crash leaves behind holds what the model knew, and the next save writes over it.
        var draft = path + ".new";
        var stream = new FileStream(draft, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        try
        {
            using (stream)
            {
                catalog.Save(model, inputSchema, stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    // The last is what the others are once they were saved and loaded.
    private static bool HashesTexts(ITransformer step)
        => step is HashTextTransformer or EncodeTableTransformer { HashesTexts: true } or CustomMappingTransformer<HashTextSource, HashTextCode>;
}
