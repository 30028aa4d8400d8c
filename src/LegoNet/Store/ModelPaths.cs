namespace LegoNet.Store;

/// <summary>
/// Where a model's files are. What is compared lies below the model directory; the tag key, the lock and the settings of runs lie
/// beside it, under the same name with an ending.
/// </summary>
internal sealed class ModelPaths
{
    public ModelPaths(string model) => Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(model));

    public static IReadOnlyList<string> DataDirectories { get; } = ["records", "adapters", "shards", "encoder"];

    /// <summary>The folders that a change of a model writes to.</summary>
    public static IReadOnlyList<string> ChangedDirectories { get; } = ["records", "adapters", "shards", "ledger"];

    public string Root { get; }

    public string Manifest => File(Store.Manifest.FileName);

    /// <summary>The next manifest, before it is renamed over the present one.</summary>
    public string ManifestDraft => Manifest + ".new";

    public string Ledger => Path.Combine(Root, "ledger");

    /// <summary>Present while a commit runs; found at opening, it means that a crash interrupted one.</summary>
    public string CommitMarker => Path.Combine(Root, "commit-in-progress");

    public string Lock => Target + ".lock";

    public string TagKey => Root + ".key";

    /// <summary>The private key under which changes are signed.</summary>
    public string SigningKey => Root + ".signing.pem";

    /// <summary>The public keys under which the ledger's signatures hold.</summary>
    public string PublicKey => Root + ".signing.pub.pem";

    /// <summary>The forgotten tags of the ledger's older entries, to be searched without reading them all; made anew where it is missing.</summary>
    public string ForgottenTags => Root + ".forgotten";

    /// <summary>Locked by whoever reads mapped files, and by whoever overwrites them.</summary>
    public string Readers => Target + ".readers";

    /// <summary>Changed by every commit that overwrites files.</summary>
    public string ReadersMark => Readers + ".mark";

    public string RunSettings => Root + ".run.json";

    /// <summary>Where training builds a model before it takes its name.</summary>
    public string Partial => Root + ".partial";

    /// <summary>Where a model that training replaces is put aside, for the moment between two renames.</summary>
    public string Replaced => Root + ".replaced";

    // Where the directory itself is: who comes by a symbolic link has to meet the locks of who comes by the name.
    private string Target
    {
        get
        {
            var root = new DirectoryInfo(Root);
            return root.LinkTarget is null ? Root : root.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Root;
        }
    }

    /// <summary>The path of a file named relative to the model, '/'-separated.</summary>
    public string File(string name) => Path.Combine(Root, name.Replace('/', Path.DirectorySeparatorChar));
}
