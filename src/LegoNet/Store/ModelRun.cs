using LegoNet.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LegoNet.Store;

/// <summary>A directory (a model's, or a cache's) and the settings of the run that works on it. None of them can change a stored byte.</summary>
internal sealed class ModelRun(ModelPaths paths)
{
    public ModelPaths Paths => paths;

    /// <summary>File operations.</summary>
    public IFileLayer Files { get; init; } = PhysicalFileLayer.Instance;

    /// <summary>Threads for routing and fitting.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    public ILogger Logger { get; init; } = NullLogger.Instance;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether obsolete files are overwritten before they are unlinked.</summary>
    public bool Shred { get; init; }

    /// <summary>Memory for sums over shards, in bytes.</summary>
    public long SumsMemory { get; init; }

    /// <summary>Registered caches of encodings that a change gives up where they cannot be purged.</summary>
    public IReadOnlyList<string> DropCaches { get; init; } = [];

    /// <summary>The present time as it is written down: to the millisecond.</summary>
    public DateTimeOffset Now()
    {
        var now = Clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }

    /// <summary>The same settings at another directory.</summary>
    public ModelRun At(ModelPaths other) => new(other)
    {
        Files = Files,
        Threads = Threads,
        Logger = Logger,
        Clock = Clock,
        Shred = Shred,
        SumsMemory = SumsMemory,
    };

    /// <summary>The directory's files with their digests checked.</summary>
    public ModelFiles OpenFiles() => new(paths, Files);
}
