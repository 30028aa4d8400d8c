using System.Diagnostics;

namespace LegoNet.Cli;

/// <summary>Progress where there is no terminal: a line when a stage begins, when it ends, and every few seconds between.</summary>
internal sealed class PlainProgress(TextWriter writer) : IProgress<LegoNetProgress>
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private string? _stage;
    private long _last;

    public void Report(LegoNetProgress value)
    {
        lock (_lock)
        {
            var begins = value.Stage != _stage;
            var ends = value.Done > 0 && value.Done == value.Total;
            if (!begins && !ends && Stopwatch.GetElapsedTime(_last) < s_interval)
            {
                return;
            }

            _stage = value.Stage;
            _last = Stopwatch.GetTimestamp();
            writer.WriteLine(value.Total is { } total ? $"{value.Stage}: {value.Done:N0} of {total:N0}"
                : value.Done > 0 ? $"{value.Stage}: {value.Done:N0}"
                : value.Stage);
        }
    }
}
