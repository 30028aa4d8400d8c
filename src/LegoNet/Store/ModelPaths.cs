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
    public const string Ledger = "ledger";

    public static IReadOnlyList<string> DataDirectories { get; } = ["records", "adapters", "shards", "encoder"];

    /// <summary>The folders that a change of a model writes to.</summary>
    public static IReadOnlyList<string> ChangedDirectories { get; } = ["records", "adapters", "shards", Ledger];

    public string Root { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(model));

    public string Manifest => File(Store.Manifest.FileName);

    /// <summary>The next manifest, before it is renamed over the present one.</summary>
    public string ManifestDraft => Manifest + ".new";

    public string LedgerFolder => Path.Combine(Root, Ledger);

    /// <summary>Present while a commit runs; found at opening, it means that a crash interrupted one.</summary>
    public string CommitMarker => Path.Combine(Root, "commit-in-progress");

    public string TagKey => tagKey ?? Root + ".key";

    /// <summary>Whether the tag key's file was named. It may then be shared with other models.</summary>
    public bool TagKeyIsNamed => tagKey is not null;

    /// <summary>The private key under which changes are signed.</summary>
    public string SigningKeyFile => signingKey ?? Root + ".signing.pem";

    public bool SigningKeyIsNamed => signingKey is not null;

    /// <summary>The public keys under which the ledger's signatures hold.</summary>
    public string PublicKey => publicKey ?? Root + ".signing.pub.pem";

    public bool PublicKeyIsNamed => publicKey is not null;

    /// <summary>The forgotten tags of the ledger's older entries, to be searched without reading them all; made anew where it is missing.</summary>
    public string ForgottenTagsFile => Root + ".forgotten";

    public string RunSettings => Root + ".run.json";

    /// <summary>Where training builds a model before it takes its name.</summary>
    public string Partial => Root + ".partial";

    /// <summary>Where a model that training replaces is put aside, for the moment between two renames.</summary>
    public string Replaced => Root + ".replaced";

    /// <summary>
    /// The file of the writer's lock. It lies beside the directory itself: whoever opens the model through a symbolic link has to meet
    /// the lock of whoever opens it by its name.
    /// </summary>
    public string Lock(IFileLayer layer) => layer.ResolveLink(Root) + ".lock";

    /// <summary>Locked by whoever reads mapped files, and by whoever overwrites them.</summary>
    public string Readers(IFileLayer layer) => layer.ResolveLink(Root) + ".readers";

    /// <summary>Changed by every commit that overwrites files.</summary>
    public string ReadersMark(IFileLayer layer) => Readers(layer) + ".mark";

    /// <summary>The path of a file named relative to the model, '/'-separated.</summary>
    public string File(string name) => Path.Combine(Root, name.Replace('/', Path.DirectorySeparatorChar));
}
