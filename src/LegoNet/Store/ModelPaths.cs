using LegoNet.Files;

namespace LegoNet.Store;

/// <summary>
/// Where a model's files are. What is compared lies below the model directory; the tag key, the lock and the settings of runs lie
/// beside it, under the same name with an ending.
/// </summary>
/// <param name="model">The model directory.</param>
/// <param name="tagKey">The tag key's file where it is named; null for the one beside the model.</param>
/// <param name="signingKey">The private key's file where it is named; null for the one beside the model.</param>
/// <param name="publicKey">The file of public keys where it is named; null for the one beside the model.</param>
internal sealed class ModelPaths(string model, string? tagKey = null, string? signingKey = null, string? publicKey = null)
{
    /// <summary>The ledger's folder, relative to the model.</summary>
    public const string LedgerName = "ledger";

    public static IReadOnlyList<string> DataDirectories { get; } = ["records", "adapters", "shards", "encoder"];

    /// <summary>The folders that a change of a model writes to.</summary>
    public static IReadOnlyList<string> ChangedDirectories { get; } = ["records", "adapters", "shards", LedgerName];

    public string Root { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(model));

    /// <summary>
    /// The directory itself, where the path is a symbolic link to it. What lies beside the model lies beside this, so that whoever
    /// comes by a link finds the keys, and meets the lock, of whoever comes by the name.
    /// </summary>
    public string Place => PhysicalFileLayer.Instance.ResolveLink(Root);

    /// <summary>Whether a model that is made here is open to others as the umask says, and not to its owner only.</summary>
    public bool Shared { get; init; }

    /// <summary>What new files and folders show from outside.</summary>
    public FileLook Look => new(Root, Shared);

    public string Manifest => File(Store.Manifest.FileName);

    /// <summary>The next manifest, before it is renamed over the present one.</summary>
    public string ManifestDraft => Manifest + ".new";

    public string LedgerFolder => Path.Combine(Root, LedgerName);

    /// <summary>Present while a commit runs; found at opening, it means that a crash interrupted one.</summary>
    public string CommitMarker => Path.Combine(Root, "commit-in-progress");

    public string TagKey => tagKey ?? Place + ".key";

    /// <summary>Whether the tag key's file was named. It may then be shared with other models.</summary>
    public bool TagKeyIsNamed => tagKey is not null;

    /// <summary>The private key under which changes are signed.</summary>
    public string SigningKeyFile => signingKey ?? Place + ".signing.pem";

    public bool SigningKeyIsNamed => signingKey is not null;

    /// <summary>Where the next signing key waits while a change of keys is under way.</summary>
    public string NextSigningKeyFile => SigningKeyFile + ".next";

    /// <summary>The public keys under which the ledger's signatures hold.</summary>
    public string PublicKey => publicKey ?? Place + ".signing.pub.pem";

    public bool PublicKeyIsNamed => publicKey is not null;

    /// <summary>The forgotten tags of the ledger's older entries, to be searched without reading them all; made anew where it is missing.</summary>
    public string ForgottenTagsFile => Place + ".forgotten";

    public string RunSettings => Place + ".run.json";

    /// <summary>The steps of a pipeline around the model.</summary>
    public string Steps => Place + ".steps.zip";

    /// <summary>Where training builds a model before it takes its name.</summary>
    public string Partial => Place + ".partial";

    /// <summary>Where a model that training replaces is put aside, for the moment between two renames.</summary>
    public string Replaced => Place + ".replaced";

    /// <summary>The file of the writer's lock.</summary>
    public string Lock => Place + ".lock";

    /// <summary>Locked by whoever reads mapped files, and by whoever overwrites them.</summary>
    public string Readers => Place + ".readers";

    /// <summary>Changed by every commit that overwrites files.</summary>
    public string ReadersMark => Readers + ".mark";

    /// <summary>
    /// What a file of the model shows from outside. Files that are named by their content have no time; backup programs tell those that
    /// keep their name by it.
    /// </summary>
    public FileLook LookOf(string name)
        => Look with { Undated = name != Store.Manifest.FileName && !name.StartsWith("ledger/", StringComparison.Ordinal) };

    /// <summary>The path of a file named relative to the model, '/'-separated.</summary>
    public string File(string name) => Path.Combine(Root, name.Replace('/', Path.DirectorySeparatorChar));
}
