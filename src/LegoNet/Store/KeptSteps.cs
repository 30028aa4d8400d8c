using LegoNet.Data.Files;

namespace LegoNet.Store;

/// <summary>The steps of a pipeline around a model, kept in a file beside it. None of them learned anything, so no forget has to reach them.</summary>
/// <param name="Digest">SHA-256 of the file.</param>
/// <param name="Front">How many of the steps stand before the model.</param>
internal sealed record KeptSteps(string Digest, int Front)
{
    /// <summary>Keeps steps in place of those that are there. The caller is the writer.</summary>
    /// <param name="run">The model.</param>
    /// <param name="content">The steps as a zip; null for none.</param>
    /// <param name="front">How many of them stand before the model.</param>
    public static void Save(ModelRun run, byte[]? content, int front)
    {
        var (paths, files) = (run.Paths, run.Files);
        var settings = RunSettings.Read(paths, files);
        if (content is not null)
        {
            var draft = paths.Steps + ".new";
            files.WriteAllBytes(draft, content, flush: true, paths.Look);
            files.Rename(draft, paths.Steps);
        }

        // The directory is flushed with the settings. Between the two renames the digest is another, which is said by whoever reads.
        (settings with { Steps = content is null ? null : new KeptSteps(Digests.Of(content), front) }).Save(paths, files);
    }

    /// <summary>The content of the file.</summary>
    /// <exception cref="LegoNetException">It cannot be read, or is not the file that was saved.</exception>
    public byte[] Read(ModelRun run)
    {
        var path = run.Paths.Steps;
        try
        {
            var content = run.Files.ReadAllBytes(path);
            return Digests.Of(content) == Digest ? content : throw LegoNetException.Damaged($"{path}: is not the file of steps that was saved with the model.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.Damaged($"{path}: the steps around the model cannot be read ({LegoNetException.Cause(e)}).", e);
        }
    }
}
