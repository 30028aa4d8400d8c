using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>A run directory that is being made. Until its plan is complete, nothing of it stays when it is given up.</summary>
internal sealed class NewRun : IDisposable
{
    private readonly ModelRun _model;
    private bool _complete;

    private NewRun(RunPaths paths, ModelRun model) => (Paths, _model) = (paths, model);

    public RunPaths Paths { get; }

    private IFileLayer Files => _model.Files;

    /// <summary>Makes an empty run directory, its owner's alone.</summary>
    /// <param name="directory">The directory, which must not be there, or be empty.</param>
    /// <param name="model">The model that the run is for.</param>
    /// <param name="becomesModel">Whether what the tasks make takes the model's name, so that the directory has to be on its file system.</param>
    /// <exception cref="LegoNetException">The name is taken, or the directory is not on the model's file system.</exception>
    public static NewRun At(string directory, ModelRun model, bool becomesModel = true)
    {
        var paths = new RunPaths(directory);
        ModelGround.Avoid(paths.Root);
        var files = model.Files;
        if (files.FileExists(paths.Root) || (files.DirectoryExists(paths.Root) && (files.EnumerateFiles(paths.Root).Any() || files.EnumerateDirectories(paths.Root).Any())))
        {
            throw LegoNetException.BadInput(
                files.FileExists(paths.Plan) ? $"{paths.Root}: is a run already; finish it, purge it, or choose another directory."
                : $"{paths.Root}: exists already; choose another directory for the run.");
        }

        var made = new NewRun(paths, model);
        try
        {
            files.CreateDirectory(paths.Root, paths.Look);
            if (becomesModel)
            {
                made.RequireSameFileSystem();
            }

            foreach (var folder in paths.Folders)
            {
                files.CreateDirectory(folder, paths.Look);
            }

            return made;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            made.Dispose();
            throw LegoNetException.BadInput($"{paths.Root}: cannot be created ({LegoNetException.Cause(e)}).", e);
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Keeps a copy of the spec.</summary>
    /// <returns>Its SHA-256.</returns>
    public string Copy(string spec)
    {
        var bytes = Files.ReadAllBytes(spec);
        Files.WriteAllBytes(Paths.Spec, bytes, flush: true, Paths.Look);
        return Digests.Of(bytes);
    }

    /// <summary>Writes what a model freezes.</summary>
    /// <returns>SHA-256 of the frozen spec.</returns>
    public string Freeze(FrozenParts parts, TagKey key, bool shared)
    {
        parts.Validate();
        var model = Paths.ModelPaths(shared);
        Files.CreateDirectory(model.Root, model.Look);
        foreach (var folder in ModelPaths.DataDirectories.Where(d => d != "encoder"))
        {
            Files.CreateDirectory(model.File(folder), model.Look);
        }

        var (manifest, frozen) = parts.Assemble(parts.Trainer.FileExtension, key, null, null, new AdapterEntry?[parts.Spec.Adapters]);
        foreach (var (name, bytes) in frozen)
        {
            Files.WriteAllBytes(model.File(name), bytes, flush: true, model.LookOf(name));
        }

        Files.FlushDirectory(model.Root);
        return manifest.Spec;
    }

    /// <summary>Writes the plan: from here on there is a run.</summary>
    public void Complete(RunPlan plan)
    {
        Files.FlushDirectory(Paths.Root);
        Files.TryCreate(Paths.Plan, plan.ToJson(), secret: true);
        Files.FlushDirectory(Path.GetDirectoryName(Paths.Root)!);
        _complete = true;
    }

    public void Dispose()
    {
        if (!_complete)
        {
            Files.DeleteDirectory(Paths.Root);
        }
    }

    // What the tasks make takes the model's name by a rename.
    private void RequireSameFileSystem()
    {
        var beside = Path.GetDirectoryName(_model.Paths.Place)!;
        while (!Files.DirectoryExists(beside))
        {
            beside = Path.GetDirectoryName(beside)!;
        }

        var (here, there) = (Path.Combine(Paths.Root, "probe"), Path.Combine(beside, $"{Guid.NewGuid():N}.probe"));
        Files.CreateDirectory(here, Paths.Look);
        try
        {
            Files.RenameDirectory(here, there);
            Files.DeleteDirectory(there);
        }
        catch (IOException e)
        {
            throw LegoNetException.BadInput(
                $"{Paths.Root}: a run directory has to be on the file system of its model, {_model.Paths.Root}; choose one beside it.", e);
        }
    }
}
