using LegoNet.Caching;
using LegoNet.Files;
using LegoNet.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LegoNet;

/// <summary>Settings of a run. None of them can change a stored byte, the tag key aside.</summary>
public sealed class ModelOptions
{
    private const int MostThreads = 1024;

    /// <summary>
    /// The tag key's file. Default: the model's path with ".key" appended; where that path is a symbolic link, the path that it leads to,
    /// as for all files beside a model. Created with owner-only permissions when a model is trained and the file does not exist. Train
    /// two models with one key file to compare them byte for byte.
    /// </summary>
    public string? TagKeyPath { get; set; }

    /// <summary>
    /// The private key's file under which changes and proofs are signed (ECDSA P-256, PEM). Default: the model's path with
    /// ".signing.pem" appended. Created with owner-only permissions on first use. Opening, scoring and verifying do not need it.
    /// </summary>
    public string? SigningKeyPath { get; set; }

    /// <summary>
    /// The file of the public keys under which signatures are checked. Default: the model's path with ".signing.pub.pem" appended,
    /// written beside the model when its signing key is first used.
    /// </summary>
    public string? PublicKeyPath { get; set; }

    /// <summary>Threads for routing and fitting. Default: all processors. Range: 1 to 1024.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Threads
    {
        get;
        set => field = value is >= 1 and <= MostThreads
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Threads must be from 1 to {MostThreads}.");
    } = Environment.ProcessorCount;

    /// <summary>Receives what an operator should know; never an identity or a label. Default: nothing is logged.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>The clock of ledger and receipts. Default: the system's.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>
    /// Overwrite what a change makes obsolete, in the model and in registered caches, before it is unlinked. Default: unlink only.
    /// The change waits up to ten seconds for readers of the model, and is refused when they go on. What this can and cannot reach
    /// (SSDs, copy-on-write file systems, snapshots, hard links) is in docs/erasure.md.
    /// </summary>
    public bool Shred { get; set; }

    /// <summary>
    /// Training replaces the model that is at the path. The one that is there stays as it is until the new one is complete, and for good
    /// when training fails or the old one is changed meanwhile; what is there and no model is never replaced. Tag key and registered caches
    /// are kept. So is the ledger, unless the training names another tag key. Default: false, an existing path is refused.
    /// </summary>
    public bool Replace { get; set; }

    /// <summary>
    /// Caches of encodings (<see cref="EncodingCache"/>) that the records to train on are read through. Training registers them
    /// before it reads the first record, so that no forget misses them; each must exist by then. Default: none.
    /// </summary>
    public IReadOnlyList<string> Caches { get; set; } = [];

    /// <summary>
    /// Registered caches of encodings that are lost for good, so that a change which has to remove something from them can go on: the
    /// receipt and the ledger say that they were dropped, and none of them can be registered again. A cache that is there is refused.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<string> DropCaches { get; set; } = [];

    /// <summary>
    /// Memory for sums over shards, in bytes. A model that stays open keeps the sums of the adapters that it has refitted and then applies
    /// a forget by subtraction. Ridge adapters need 2·(d + 1)² bytes each, about 2 MB at d = 1024. Nothing stored depends on it.
    /// Default: 384 MiB, of which nothing is used before the first change. Range: from 0, for none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long SumsMemory
    {
        get;
        set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "SumsMemory must not be negative.");
    } = 384L << 20;

    /// <summary>
    /// A model that is trained is open to others as the umask says. Default: false, to its owner only. Later changes keep what the
    /// model's directory allows, so its access can be changed at any time (chmod -R). Key files are always the owner's. Not on Windows,
    /// where access comes from the folder.
    /// </summary>
    public bool Shared { get; set; }

    /// <summary>The columns that the records to train on are read from, to be kept beside the model; null where they come from no view.</summary>
    internal ViewColumns? Columns { get; set; }

    /// <summary>
    /// The definition to train once the number of records is known, other than the one that records are read with in adapters and keys alone;
    /// null where both are the same.
    /// </summary>
    internal Func<long, ModelDefinition>? Sized { get; set; }

    internal IFileLayer Files { get; set; } = PhysicalFileLayer.Instance;

    /// <summary>These settings for a run that works on a model.</summary>
    /// <param name="path">The model directory.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    internal static ModelRun RunAt(string path, ModelOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ModelOptions();
        return new ModelRun(new ModelPaths(path, options.TagKeyPath, options.SigningKeyPath, options.PublicKeyPath) { Shared = options.Shared })
        {
            Files = options.Files,
            Threads = options.Threads,
            Logger = options.Logger,
            Clock = options.Clock,
            Shred = options.Shred,
            SumsMemory = options.SumsMemory,
            DropCaches = options.DropCaches,
        };
    }
}
