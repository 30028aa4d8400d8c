using System.Text.Json;
using LegoNet.Data.Files;
using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>
/// The one file of a run that lies outside of its directory: what the finish of a scoring writes beside the result until it is whole. It holds names,
/// and stays where a finish is killed.
/// </summary>
internal static class ScoreDraft
{
    /// <summary>The draft's path, whether it is there or not; null where the run writes no file, or its plan cannot be read.</summary>
    public static string? PathOf(RunPaths run, IFileLayer files)
    {
        try
        {
            var bytes = files.ReadAllBytes(run.Plan);
            using var plan = JsonDocument.Parse(bytes);
            return plan.RootElement.TryGetProperty("output", out var output) ? OutputFile.DraftOf(RealPath.Of(output.GetString()!), Digests.Of(bytes)) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Removes the draft, durably.</summary>
    public static void Remove(RunPaths run, IFileLayer files, bool shred)
    {
        if (PathOf(run, files) is not { } draft || !files.FileExists(draft))
        {
            return;
        }

        if (shred)
        {
            files.Overwrite(draft);
        }

        files.Delete(draft);
        files.FlushDirectory(Path.GetDirectoryName(draft)!);
    }
}
