using System.Diagnostics;
using System.Globalization;
using LegoNet.Runs;

namespace LegoNet.Cluster;

/// <summary>
/// Workers of a run as processes of this machine. One that is killed is started again; what it was at is nobody's then, and done anew. When this
/// process is killed, their standard input ends.
/// </summary>
/// <param name="start">
/// Starts a worker's process, which does tasks of the run until all are done, or its standard input ends. Its failure is one line on its standard
/// error.
/// </param>
public sealed class LocalWorkers(Func<ProcessStartInfo> start)
{
    // A worker that dies so often, and no task is done meanwhile, dies of the task.
    private const int MostDeaths = 5;

    // The exit status of a worker that could not read or write a file.
    private const int TryAgain = 1;
    private const int Milliseconds = 100;

    /// <summary>Has workers do what is left of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="workers">Processes, from 1.</param>
    /// <param name="progress">Receives progress.</param>
    /// <param name="cancellationToken">Cancels, and stops the workers; what is done stays done.</param>
    /// <exception cref="LegoNetException">A task cannot be done, or workers die of one; the message says why.</exception>
    /// <exception cref="IOException">Workers cannot read or write a file; trying again may help.</exception>
    public void Work(ITaskRun run, int workers, IProgress<LegoNetProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        var running = new List<Worker>();
        try
        {
            for (var i = 0; i < workers; i++)
            {
                running.Add(Worker.Start(start()));
            }

            var (deaths, doneBefore) = (0, -1);
            while (running.Count > 0)
            {
                cancellationToken.WaitHandle.WaitOne(Milliseconds);
                cancellationToken.ThrowIfCancellationRequested();
                var done = Report(run, progress);
                if (done != doneBefore)
                {
                    (deaths, doneBefore) = (0, done);
                }

                foreach (var worker in running.Where(w => w.Process.HasExited).ToArray())
                {
                    running.Remove(worker);
                    if (worker.Failure() is { } failure && !IsOver(run)) // It may be that there was no run any more.
                    {
                        throw failure;
                    }

                    if (worker.Process.ExitCode != 0 && !IsOver(run))
                    {
                        if (++deaths > MostDeaths)
                        {
                            var died = $"{run.Path}: worker processes died {deaths} times while no task got done";
                            throw worker.Process.ExitCode == TryAgain
                                ? new IOException($"{died}: {worker.LastWords()}.")
                                : LegoNetException.BadInput(
                                    $"{died} (the last by exit status {worker.Process.ExitCode}); perhaps a task needs more memory than there is.");
                        }

                        running.Add(Worker.Start(start()));
                    }

                    worker.Dispose();
                }
            }
        }
        finally
        {
            foreach (var worker in running)
            {
                worker.Kill();
                worker.Dispose();
            }
        }
    }

    private static bool IsOver(ITaskRun run) => run.Stages.All(stage => Enumerable.Range(stage.First, stage.Count).All(run.IsDone));

    private static int Report(ITaskRun run, IProgress<LegoNetProgress>? progress)
    {
        var all = 0;
        RunStage? at = null;
        var ofStage = 0;
        foreach (var stage in run.Stages)
        {
            var done = Enumerable.Range(stage.First, stage.Count).Count(run.IsDone);
            all += done;
            if (at is null && done < stage.Count)
            {
                (at, ofStage) = (stage, done);
            }
        }

        if (at is not null)
        {
            progress?.Report(new LegoNetProgress(at.Name, ofStage, at.Count));
        }

        return all;
    }

    private sealed class Worker : IDisposable
    {
        private const string Mark = ": ";
        private readonly Lock _gate = new();
        private string? _lastLine;

        private Worker(Process process) => Process = process;

        public Process Process { get; }

        public static Worker Start(ProcessStartInfo info)
        {
            info.RedirectStandardError = true;
            info.RedirectStandardOutput = true;
            info.RedirectStandardInput = true;
            var worker = new Worker(Process.Start(info) ?? throw new InvalidOperationException("No process was started."));
            worker.Process.ErrorDataReceived += (_, line) => worker.Hear(line.Data);
            worker.Process.OutputDataReceived += (_, _) => { };
            worker.Process.BeginErrorReadLine();
            worker.Process.BeginOutputReadLine();
            return worker;
        }

        /// <summary>What a task failed of for good; null where none did.</summary>
        public LegoNetException? Failure()
        {
            if (!Enum.IsDefined((LegoNetError)Process.ExitCode))
            {
                return null;
            }

            return new LegoNetException((LegoNetError)Process.ExitCode, LastWords() + ".");
        }

        /// <summary>What it failed of, without the program's name and the full stop.</summary>
        public string LastWords()
        {
            Process.WaitForExit(); // Until its last line is read.
            lock (_gate)
            {
                var words = _lastLine?.TrimEnd('.') ?? string.Create(CultureInfo.InvariantCulture, $"a worker ended with exit status {Process.ExitCode}");
                var program = words.IndexOf(Mark, StringComparison.Ordinal);
                return program < 0 ? words : words[(program + Mark.Length)..];
            }
        }

        public void Kill()
        {
            try
            {
                Process.Kill(entireProcessTree: true);
                Process.WaitForExit();
            }
            catch (InvalidOperationException)
            {
                // It has ended.
            }
        }

        public void Dispose() => Process.Dispose();

        private void Hear(string? line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                lock (_gate)
                {
                    _lastLine = line;
                }
            }
        }
    }
}
