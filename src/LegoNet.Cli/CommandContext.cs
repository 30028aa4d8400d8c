using System.Diagnostics;

namespace LegoNet.Cli;

/// <summary>What a running command may use of the world outside.</summary>
internal sealed class CommandContext(IProgress<LegoNetProgress> progress, TextWriter notes, CancellationToken cancellationToken)
{
    private readonly long _started = Stopwatch.GetTimestamp();

    public IProgress<LegoNetProgress> Progress { get; } = progress;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public double Seconds => Stopwatch.GetElapsedTime(_started).TotalSeconds;

    /// <summary>One line for the person who runs the command; on standard error, so it never mixes with results.</summary>
    public void Note(string? line)
    {
        if (line is not null)
        {
            notes.WriteLine(line);
        }
    }
}
