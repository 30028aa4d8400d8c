using System.Globalization;
using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>Where a run's files are. All of them lie in the run directory, so that nothing of it remains when that is gone.</summary>
/// <param name="directory">The run directory.</param>
internal sealed class RunPaths(string directory)
{
    public const string PlanName = "plan.json";

    public string Root { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));

    /// <summary>What new files and folders show from outside: they are their owner's, whatever the model is.</summary>
    public FileLook Look => new(Root);

    public string Plan => Path.Combine(Root, PlanName);

    /// <summary>SHA-256 of the plan: whoever edits a plan by hand is told so, and not obeyed.</summary>
    public string PlanDigest => Path.Combine(Root, "plan.sha256");

    /// <summary>The spec as it was when the run was planned.</summary>
    public string Spec => Path.Combine(Root, "spec.json");

    /// <summary>What the tasks have made of the model. It lies as the model's directory does, and becomes it.</summary>
    public string Model => Path.Combine(Root, "model");

    /// <summary>One record for each task that is done.</summary>
    public string Done => Path.Combine(Root, "done");

    /// <summary>One note for each task that failed for good.</summary>
    public string Failed => Path.Combine(Root, "failed");

    /// <summary>One lock for each task that somebody is at.</summary>
    public string Claims => Path.Combine(Root, "claims");

    /// <summary>What tasks hand on to later ones.</summary>
    public string Parts => Path.Combine(Root, "parts");

    /// <summary>What tasks under way have written.</summary>
    public string Drafts => Path.Combine(Root, "drafts");

    /// <summary>What tasks have made of the model and it does not need in the end: kept until it has its name, so that a finish can begin again.</summary>
    public string Others => Path.Combine(Root, "others");

    /// <summary>Whom and what a run forgets, as keyed tags.</summary>
    public string Targets => Path.Combine(Root, "targets.safetensors");

    /// <summary>Whom and what to forget besides, noted while the run is under way, as keyed tags.</summary>
    public string Requests => Path.Combine(Root, "requests");

    /// <summary>Locked, shared, by whoever publishes, and exclusively by whoever has the run begin anew.</summary>
    public string Gate => Path.Combine(Root, "gate.lock");

    /// <summary>Another content each time the run begins anew: what was begun before is not published then.</summary>
    public string Epoch => Path.Combine(Root, "epoch");

    /// <summary>The model that the run makes is the one whose root stands here, once it is made.</summary>
    public string Made => Path.Combine(Root, "made.json");

    public IReadOnlyList<string> Folders => [Done, Failed, Claims, Parts, Drafts];

    /// <summary>What holds results, and goes when the run begins anew.</summary>
    public IReadOnlyList<string> Results => [Done, Failed, Parts, Drafts, .. ChangedFolders.Select(d => Path.Combine(Model, d))];

    private static IReadOnlyList<string> ChangedFolders { get; } = ["records", "adapters", "shards"];

    public string DoneBy(int task) => Path.Combine(Done, Number(task) + ".json");

    public string FailureOf(int task) => Path.Combine(Failed, Number(task) + ".json");

    public string ClaimOn(int task) => Path.Combine(Claims, Number(task) + ".lock");

    public string DraftOf(int task, string own) => Path.Combine(Drafts, Number(task) + "-" + own);

    /// <summary>All files of the run.</summary>
    public IEnumerable<string> AllFiles(IFileLayer files) => FilesBelow(Root, files);

    /// <summary>The path of a file named relative to the run directory, '/'-separated.</summary>
    public string File(string name) => Path.Combine(Root, name.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>What is being made of the model, with the paths of a model's directory.</summary>
    /// <param name="shared">Whether the model is to be open to others.</param>
    public ModelPaths ModelPaths(bool shared) => new(Model) { Shared = shared };

    /// <summary>The number that starts the name of a draft; null where the name is none of a draft.</summary>
    public static int? TaskOfDraft(string name)
        => int.TryParse(name.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var task) ? task : null;

    private static string Number(int task) => task.ToString("D6", CultureInfo.InvariantCulture);

    private static IEnumerable<string> FilesBelow(string directory, IFileLayer files)
        => files.EnumerateFiles(directory).ToArray().Concat(files.EnumerateDirectories(directory).ToArray().SelectMany(d => FilesBelow(d, files)));
}
