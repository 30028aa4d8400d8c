using LegoNet.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LegoNet.Runs;

/// <summary>Settings of a process that works at a run. None of them can change what is made.</summary>
public sealed class RunOptions
{
    private const int MostThreads = 1024;

    /// <summary>Threads of a task. Default: all processors. Range: 1 to 1024.</summary>
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

    /// <summary>The clock of ledger and notes; nothing that is decided depends on it. Default: the system's.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    internal IFileLayer Files { get; set; } = PhysicalFileLayer.Instance;
}
