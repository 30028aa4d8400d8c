using LegoNet.Files;
using LegoNet.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LegoNet.Caching;

/// <summary>Settings of a run with a cache of encodings. None of them can change a stored byte.</summary>
public sealed class EncodingCacheOptions
{
    /// <summary>Overwrite what a purge makes obsolete before it is unlinked. Default: unlink only.</summary>
    public bool Shred { get; set; }

    /// <summary>Receives what an operator should know; never an identity or a label. Default: nothing is logged.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>The clock of the lock's note. Default: the system's.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>
    /// A cache that is created is open to others as the umask says. Default: to its owner only. Later changes keep what its directory allows.
    /// Not on Windows, where access comes from the folder.
    /// </summary>
    public bool Shared { get; set; }

    internal IFileLayer Files { get; set; } = PhysicalFileLayer.Instance;

    /// <summary>These settings for a run that works on a cache.</summary>
    internal static ModelRun RunAt(string path, EncodingCacheOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new EncodingCacheOptions();
        return new ModelRun(new ModelPaths(path) { Shared = options.Shared })
        {
            Files = options.Files,
            Logger = options.Logger,
            Clock = options.Clock,
            Shred = options.Shred,
        };
    }
}
