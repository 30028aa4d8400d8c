using Microsoft.Extensions.Logging;

namespace LegoNet.Cli;

/// <summary>Shows what the library warns of, each once, to the person who runs a command.</summary>
internal sealed class NoteLogger(CommandContext context) : ILogger
{
    private readonly HashSet<string> _shown = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"warning: {formatter(state, exception)}";
        lock (_shown)
        {
            if (IsEnabled(logLevel) && _shown.Add(line))
            {
                context.Note(line);
            }
        }
    }
}
