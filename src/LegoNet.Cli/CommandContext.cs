using System.Diagnostics;

namespace LegoNet.Cli;

/// <summary>What a running command may use of the world outside.</summary>
/// <param name="progress">Receives progress.</param>
/// <param name="notes">Where notes go.</param>
/// <param name="cancellationToken">Cancels the command.</param>
/// <param name="answers">What the person at the terminal types; null where nobody is there to be asked.</param>
internal sealed class CommandContext(
    IProgress<LegoNetProgress> progress,
    TextWriter notes,
    CancellationToken cancellationToken,
    TextReader? answers = null)
{
    private readonly long _started = Stopwatch.GetTimestamp();

    public IProgress<LegoNetProgress> Progress { get; } = progress;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>What the person at the terminal types; null where nobody is there to be asked.</summary>
    public TextReader? Answers { get; } = answers;

    public double Seconds => Stopwatch.GetElapsedTime(_started).TotalSeconds;

    /// <summary>One line for the person who runs the command; on standard error, so it never mixes with results.</summary>
    public void Note(string? line)
    {
        if (line is not null)
        {
            notes.WriteLine(line);
        }
    }

    /// <summary>The beginning of a line that the person at the terminal completes.</summary>
    public void Prompt(string text)
    {
        notes.Write(text);
        notes.Flush();
    }
}
