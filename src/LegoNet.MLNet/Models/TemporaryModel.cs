using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace LegoNet.MLNet;

/// <summary>
/// A place for a model that nobody asked to keep: a folder that only the owner can read, with the model, its key and whatever else lies
/// beside a model. It is removed on disposal, by the finaliser, and when the process ends.
/// </summary>
internal sealed class TemporaryModel : IDisposable
{
    private static readonly ConcurrentDictionary<string, bool> s_folders = new(StringComparer.Ordinal);

    // A model may outlive the transformer it was taken from; its folder stays as long as anyone holds it.
    private static readonly ConditionalWeakTable<LegoNetModel, TemporaryModel> s_models = [];

    private readonly string _folder;

    static TemporaryModel() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var folder in s_folders.Keys)
        {
            Remove(folder);
        }
    };

    /// <summary>Creates the folder.</summary>
    public TemporaryModel()
    {
        _folder = Directory.CreateTempSubdirectory("legonet-").FullName; // Owner-only on Unix; within the user's own profile on Windows.
        s_folders[_folder] = true;
    }

    ~TemporaryModel() => Remove(_folder);

    /// <summary>Where the model directory is to be created.</summary>
    public string Path => System.IO.Path.Combine(_folder, "model");

    /// <summary>Keeps the finaliser away as long as the model lives.</summary>
    public void KeepFor(LegoNetModel model) => s_models.Add(model, this);

    public void Dispose()
    {
        Remove(_folder);
        GC.SuppressFinalize(this);
    }

    private static void Remove(string folder)
    {
        if (!s_folders.TryRemove(folder, out _))
        {
            return;
        }

        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that is still open elsewhere (Windows): try again when the process ends.
            s_folders[folder] = true;
        }
    }
}
