using Microsoft.ML;

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
    /// <exception cref="LegoNetException">The pipeline cannot be saved (<see cref="LegoNetTransformer.ToOnnxTransformer"/>).</exception>
    /// <exception cref="IOException">The draft cannot be written, or is being written by somebody else.</exception>
    public static void SaveSafely(this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema? inputSchema, string path)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);

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
}
