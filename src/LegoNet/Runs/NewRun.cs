using System.Text;
using LegoNet.Changes;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Store;
using Microsoft.Extensions.Logging;

namespace LegoNet.Runs;

/// <summary>A run directory that is being made. Until its plan is complete, nothing of it stays when it is given up.</summary>
internal sealed class NewRun : IDisposable
{
    private readonly ModelRun _model;
    private readonly bool _changesModel;
    private bool _complete;

    private NewRun(RunPaths paths, ModelRun model, bool changesModel) => (Paths, _model, _changesModel) = (paths, model, changesModel);

    public RunPaths Paths { get; }

    private IFileLayer Files => _model.Files;

    /// <summary>Makes an empty run directory, its owner's alone.</summary>
    /// <param name="directory">The directory, which must not be there, or be empty.</param>
    /// <param name="model">The model that the run is for.</param>
    /// <param name="changesModel">Whether what the tasks make becomes the model's, so that the directory has to be on its file system.</param>
    /// <exception cref="LegoNetException">The name is taken, or the directory is not on the model's file system.</exception>
    public static NewRun At(string directory, ModelRun model, bool changesModel = true)
    {
        var paths = new RunPaths(directory);
        ModelGround.Avoid(paths.Root);
        if (paths.Root.Any(char.IsControl))
        {
            throw LegoNetException.BadInput($"{paths.Root}: has a line break or another control character in its path; choose another directory.");
        }

        RequireApart(paths, model.Paths);
        var files = model.Files;
        if (files.FileExists(paths.Root)
            || (files.DirectoryExists(paths.Root) && (files.EnumerateFiles(paths.Root).Any() || files.EnumerateDirectories(paths.Root).Any())))
        {
            throw LegoNetException.BadInput(
                files.FileExists(paths.Plan) ? $"{paths.Root}: is a run already; finish it, purge it, or choose another directory."
                : $"{paths.Root}: exists already; choose another directory for the run.");
        }

        var made = new NewRun(paths, model, changesModel);
        try
        {
            files.CreateDirectory(paths.Root, paths.Look);
            if (changesModel)
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

    /// <summary>Keeps a file in the run directory.</summary>
    /// <returns>Its SHA-256.</returns>
    public string Keep(string path, byte[] bytes)
    {
        Files.WriteAllBytes(path, bytes, flush: true, Paths.Look);
        return Digests.Of(bytes);
    }

    /// <summary>Writes what a model freezes.</summary>
    /// <returns>SHA-256 of the frozen spec.</returns>
    public string Freeze(FrozenParts parts, TagKey key, bool shared)
    {
        parts.Validate();
        var model = Paths.ModelPaths(shared);
        CreateFolders(model, model.Look);
        var (manifest, frozen) = parts.Assemble(parts.Trainer.FileExtension, key, null, null, new AdapterEntry?[parts.Spec.Adapters]);
        foreach (var (name, bytes) in frozen)
        {
            Files.WriteAllBytes(model.File(name), bytes, flush: true, model.LookOf(name));
        }

        Files.FlushDirectory(model.Root);
        return manifest.Spec;
    }

    /// <summary>Makes the folders for what changes of a model, as open as the model's are.</summary>
    public void CreateModelFolders(ModelPaths model) => CreateFolders(Paths.ModelPaths(shared: false), model.Look);

    /// <summary>Writes the plan: from here on there is a run, and the model knows of it.</summary>
    public void Complete(RunPlan plan)
    {
        Register();
        Files.WriteAllBytes(Paths.PlanDigest, DigestLine(plan.Digest), flush: true, Paths.Look);
        Files.FlushDirectory(Paths.Root);
        Files.TryCreate(Paths.Plan, plan.ToJson(), secret: true);
        Files.FlushDirectory(Path.GetDirectoryName(Paths.Root)!);
        _complete = true;
    }

    // Who only reads a model may score with it, but not write beside it. The state that the plan names keeps such a run from ending as if the
    // model were as it was; only what its tasks made stays until somebody goes on with it.
    private void Register()
    {
        try
        {
            RegisteredRuns.Add(_model, Paths.Root);
        }
        catch (Exception e) when (!_changesModel && (e is LegoNetException { Reason: not LegoNetReason.Busy } or IOException or UnauthorizedAccessException))
        {
            _model.Logger.LogWarning(
                "{Run}: is not noted beside the model, which may only be read here, so a forget will not remove what its tasks made.", Paths.Root);
        }
    }

    private void CreateFolders(ModelPaths model, FileLook look)
    {
        Files.CreateDirectory(model.Root, look);
        foreach (var folder in ModelPaths.DataDirectories.Where(d => d != "encoder"))
        {
            Files.CreateDirectory(model.File(folder), look);
        }
    }

    /// <summary>Puts another plan in the place of a run's. After a crash either of them holds.</summary>
    public static void ReplacePlan(RunPaths paths, IFileLayer files, RunPlan plan)
    {
        var draft = paths.Plan + ".new";
        files.WriteAllBytes(draft, plan.ToJson(), flush: true, paths.Look);
        files.WriteAllBytes(paths.PlanDigest + ".new", [.. DigestLine(plan.Digest), .. files.ReadAllBytes(paths.PlanDigest)], flush: true, paths.Look);
        files.Rename(paths.PlanDigest + ".new", paths.PlanDigest);
        files.FlushDirectory(paths.Root);
        files.Rename(draft, paths.Plan);
        files.FlushDirectory(paths.Root);
    }

    public void Dispose()
    {
        if (!_complete)
        {
            Files.DeleteDirectory(Paths.Root);
        }
    }

    private static byte[] DigestLine(string digest) => Encoding.ASCII.GetBytes($"{digest}  {RunPaths.PlanName}\n");

    // The run directory goes in the end, with everything in it.
    private static void RequireApart(RunPaths paths, ModelPaths model)
    {
        string[] places = [model.Root, model.Partial, model.Replaced, model.TagKey, model.SigningKeyFile, model.PublicKey];
        foreach (var place in places.Where(place => IsWithin(place, paths.Root) || IsWithin(paths.Root, place)))
        {
            throw LegoNetException.BadInput(
                $"{paths.Root}: cannot be the run directory, which goes when the run is finished, since {place} is the model's; choose one beside the model.");
        }

        static bool IsWithin(string path, string folder)
            => (RealPath.Of(path) + Path.DirectorySeparatorChar).StartsWith(RealPath.Of(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
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
