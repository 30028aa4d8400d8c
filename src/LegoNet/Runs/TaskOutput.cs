using System.Collections.Concurrent;
using System.Text.Json;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>
/// What a task makes: written to a folder of its own, flushed, renamed, and then published by its record, which is created whole or not at
/// all and never replaces another's.
/// </summary>
internal sealed class TaskOutput : IFileSink, IDisposable
{
    private readonly RunPaths _paths;
    private readonly IFileLayer _layer;
    private readonly ModelPaths _model;
    private readonly string _draft;
    private readonly string _epoch;
    private readonly ConcurrentDictionary<string, TaskFile> _files = new(StringComparer.Ordinal);

    /// <summary>Begins a task's output.</summary>
    /// <param name="paths">The run.</param>
    /// <param name="layer">File operations.</param>
    /// <param name="model">The model that the run makes, for what its files show from outside.</param>
    /// <param name="task">The task's number.</param>
    /// <param name="epoch">The epoch of the run in which the task begins.</param>
    public TaskOutput(RunPaths paths, IFileLayer layer, ModelPaths model, int task, string epoch)
    {
        _paths = paths;
        _layer = layer;
        _model = model;
        _draft = paths.DraftOf(task, Guid.NewGuid().ToString("N"));
        _epoch = epoch;
        layer.CreateDirectory(_draft, paths.Look);
    }

    public IReadOnlyCollection<TaskFile> Files => [.. _files.Values.OrderBy(f => f.Name, StringComparer.Ordinal)];

    /// <summary>Writes a file of the model, as the model names it.</summary>
    public void Put(string name, byte[] bytes) => Write(TaskFile.ModelFolder + name, bytes, _model.LookOf(name), DigestIn(name));

    /// <summary>Writes a file for later tasks, named by what it is for and by its content.</summary>
    /// <returns>Its name and digest.</returns>
    public TaskFile Hand(string name, ReadOnlySpan<byte> bytes, string ending = "safetensors")
    {
        var digest = Digests.Of(bytes);
        return Write($"parts/{name}-{digest[..16]}.{ending}", bytes, _paths.Look, digest);
    }

    /// <summary>Publishes all files and the task's record.</summary>
    /// <param name="task">The task's number.</param>
    /// <param name="plan">The plan's digest.</param>
    /// <param name="content">What the record says besides.</param>
    /// <returns>
    /// <see cref="TaskOutcome.DoneBefore"/> where somebody published the task before; what this one made and that one did not is removed.
    /// <see cref="TaskOutcome.NotReady"/> where the run began anew meanwhile; nothing is published.
    /// </returns>
    public TaskOutcome Publish(int task, string plan, Action<Utf8JsonWriter> content)
    {
        var files = Files;
        // What is only handed on is not waited for: its digest is pinned, and where a power failure takes it, it is found lost and made again.
        string[] lasting = [.. files.Where(f => f.NameInModel is not null).Select(f => DraftOf(f.Name))];
        if (lasting.Length > 0)
        {
            _layer.FlushTree(_draft, lasting);
        }

        using var gate = RunGate.Enter(_paths);
        if (RunGate.Epoch(_paths, _layer) != _epoch)
        {
            return TaskOutcome.NotReady;
        }

        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var target = _paths.File(file.Name);
            var folder = Path.GetDirectoryName(target)!;
            if (folders.Add(folder))
            {
                _layer.CreateDirectory(folder, _paths.Look);
            }

            _layer.Rename(DraftOf(file.Name), target);
        }

        foreach (var folder in folders)
        {
            _layer.FlushDirectory(folder);
        }

        if (_layer.TryCreate(_paths.DoneBy(task), TaskResult.Write(plan, [.. files], content), secret: true))
        {
            _layer.FlushDirectory(_paths.Done);
            return TaskOutcome.Done;
        }

        // Codes may differ between kinds of processors. The first record pins its own, and the others' files are nobody's.
        var done = _paths.DoneBy(task);
        var pinned = TaskResult.Parse(_layer.ReadAllBytes(done), done, plan).Files.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var file in files.Where(f => !pinned.Contains(f.Name)))
        {
            _layer.Delete(_paths.File(file.Name));
        }

        return TaskOutcome.DoneBefore;
    }

    /// <summary>Removes what was not published.</summary>
    public void Dispose()
    {
        try
        {
            _layer.DeleteDirectory(_draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next one at this task removes it, or the finish.
        }
    }

    // The files of a model that tasks make are named by their content.
    private static string DigestIn(string name) => Path.GetFileNameWithoutExtension(name)[^64..];

    private TaskFile Write(string name, ReadOnlySpan<byte> bytes, FileLook look, string digest)
    {
        _layer.WriteAllBytes(DraftOf(name), bytes, flush: false, look);
        var file = new TaskFile(name, bytes.Length, digest);
        _files[name] = file;
        return file;
    }

    private string DraftOf(string name) => Path.Combine(_draft, name.Replace('/', '~'));
}
