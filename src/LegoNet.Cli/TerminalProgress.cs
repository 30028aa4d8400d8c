using Spectre.Console;

namespace LegoNet.Cli;

/// <summary>Progress on a terminal: one bar per stage, on standard error.</summary>
internal sealed class TerminalProgress(ProgressContext context) : IProgress<LegoNetProgress>
{
    private readonly Lock _lock = new();
    private ProgressTask? _task;

    public static T Run<T>(IAnsiConsole console, Func<IProgress<LegoNetProgress>, T> action)
    {
        T result = default!;
        console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context => result = action(new TerminalProgress(context)));
        return result;
    }

    public void Report(LegoNetProgress value)
    {
        lock (_lock)
        {
            if (_task?.Description != value.Stage)
            {
                if (_task is not null)
                {
                    // A stage that counts nothing has no last report; the next one's begin is its end.
                    _task.IsIndeterminate = false;
                    _task.Value = _task.MaxValue;
                    _task.StopTask();
                }

                _task = context.AddTask(value.Stage);
            }

            _task.IsIndeterminate = value.Total is null;
            _task.MaxValue = Math.Max(1, value.Total ?? 1);
            _task.Value = value.Total is null ? 0 : value.Done;
        }
    }
}
