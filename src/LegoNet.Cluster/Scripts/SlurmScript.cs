using System.Text;
using LegoNet.Files;
using LegoNet.Runs;

namespace LegoNet.Cluster.Scripts;

/// <summary>
/// A run as a shell script for Slurm: started on a machine that has <c>sbatch</c>, it submits a job array for each stage, a job for the finish,
/// and one that says so if it did not come to the finish; in these jobs the same script does the tasks.
/// </summary>
public static class SlurmScript
{
    /// <summary>The folder of a run directory in which the tasks' logs lie. It goes with the run directory.</summary>
    public const string LogFolder = "slurm";

    /// <summary>The file in <see cref="LogFolder"/> that has a line for each task that failed for good.</summary>
    public const string FailedFile = "failed";

    private const string Beginning = "#!/bin/sh\n# A LegoNet run as jobs of Slurm: ";

    // Everything but the variables above it. $(…) and ${…} are the shell's.
    private const string Body = """

        # Tries what a job is for. $1: what that is. $2: the job's name for scontrol. The rest: legonet's arguments.
        attempt() {
          what=$1 job=$2
          shift 2
          wait=5
          while :; do
            legonet "$@"
            status=$?
            [ "$status" -eq 7 ] || break
            # Another process is at it. Or what an earlier task had made is lost; then nobody makes it again unless it is done here.
            if [ "$wait" -gt 10 ]; then
              legonet work --run "$run" --workers 1 --threads "$threads" --tasks-only
              status=$?
              [ "$status" -eq 0 ] || [ "$status" -eq 7 ] || break
            fi
            sleep "$wait"
            wait=$((wait < 60 ? wait * 2 : wait))
          done
          case $status in
          0) exit 0 ;;
          2 | 3 | 5) verdict='trying again is useless' ;;
          *)
            tried=${SLURM_RESTART_COUNT:-0}
            verdict="given up after $((tried + 1)) attempts"
            if [ "$tried" -lt "$retries" ]; then
              echo "$what: exit status $status; back into the queue ($((tried + 1)) of $retries)"
              # The controller may be away for a while.
              for pause in 5 15 30 60 120 240 0; do
                scontrol requeue "$job" && exit "$status"
                sleep "$pause"
              done
              verdict='Slurm does not take it back into the queue'
            fi
            ;;
          esac
          echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $what, job $job on $(hostname): exit status $status, $verdict" | tee -a "$logs/$failed"
          exit "$status"
        }

        case ${1-} in
        in-job-task)
          task=$(($3 + SLURM_ARRAY_TASK_ID))
          attempt "task $task ($2)" "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" task --run "$run" --index "$task" --threads "$threads"
          ;;
        in-job-finish)
          attempt finish "$SLURM_JOB_ID" finish --run "$run" --threads "$threads"
          ;;
        in-job-verdict)
          cat "$run/plan.json" >/dev/null 2>&1 || exit 0
          echo "The run stopped before its end. What failed for good:"
          cat "$logs/$failed" 2>/dev/null || echo "Nothing that the tasks know of: Slurm ended a job. The newest files in $logs say which."
          echo "When that is mended, start the script again; what is done is not made again."
          exit 1
          ;;
        esac

        # From here on: the submission.
        if ! command -v sbatch >/dev/null; then
          echo "$0: sbatch is not here; start this script on a machine of the cluster from which jobs are submitted" >&2
          exit 1
        fi
        if [ ! -d "$run" ]; then
          echo "$0: $run is not here: the run is finished, or this machine does not see it" >&2
          exit 1
        fi
        case $0 in
        /*) self=$0 ;;
        *) self=$PWD/$0 ;;
        esac
        mkdir -p "$logs" && rm -f "$logs/$failed" || exit 1
        # An array has no index above the cluster's limit; a larger stage takes several arrays.
        most=$(scontrol show config | sed -n 's/^MaxArraySize *= *//p')
        [ "${most:-0}" -gt 0 ] 2>/dev/null || most=1001
        submitted='' after=''

        # Submits one job or array, and leaves its number in $job. Nothing stays in the queue of a submission that fails half-way.
        submit_job() {
          if ! job=$(sbatch --parsable --job-name="$name-$stage" ${after:+"--dependency=$after"} --kill-on-invalid-dep=yes --requeue \
            --open-mode=append --chdir=/ --ntasks=1 --cpus-per-task="$threads" ${memory:+"--mem=$memory"} "$@"); then
            echo "$0: Slurm did not take the stage $stage; nothing is left in its queue" >&2
            # The numbers are words of their own.
            [ -z "$submitted" ] || scancel $submitted
            exit 1
          fi
          job=${job%%;*}
          submitted="$submitted $job"
        }

        # Submits the tasks $first, $first + 1, … of $stage, $count of them. The arguments are options of sbatch.
        submit_stage() {
          jobs=''
          while [ "$count" -gt 0 ]; do
            size=$((count < most ? count : most))
            submit_job --array="0-$((size - 1))$at_once" --output="$pattern/$stage-$first+%a.log" "$@" "$self" in-job-task "$stage" "$first"
            echo "$stage: tasks $first to $((first + size - 1)), job $job"
            jobs="$jobs:$job"
            first=$((first + size))
            count=$((count - size))
          done
          after=afterok$jobs
        }

        """;

    private const string End = """
        stage=finish
        submit_job --output="$finish_pattern" "$@" "$self" in-job-finish
        echo "finish: job $job"
        stage=verdict after=afterany:$job
        submit_job --output="$finish_pattern" "$@" "$self" in-job-verdict
        echo "What became of the run will stand in $finish_log, what fails in the meantime in $logs; 'squeue --me' shows what waits."

        """;

    /// <summary>How such a script is told from other files.</summary>
    internal static OutputKind FileKind { get; } = OutputKind.Text("a script of a run for Slurm", Beginning);

    /// <summary>Writes the script.</summary>
    /// <param name="run">The run. Its directory's path is the same on every node.</param>
    /// <param name="options">How its tasks are to be run.</param>
    /// <returns>The script's text: lines end in \n, and nothing in it depends on when or where it was written.</returns>
    /// <exception cref="LegoNetException">The run directory's path has a backslash, which Slurm takes for its own in names of logs.</exception>
    public static string Write(ITaskRun run, SlurmOptions options)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(options);
        var path = Path.TrimEndingDirectorySeparator(run.Path);
        Check(path);
        var name = $"legonet-{run.Digest[..12]}";
        // Finishing removes the run directory, and some network file systems keep a directory in which a file is still open.
        var finishLog = Path.Combine(Path.GetDirectoryName(path) ?? "/", $"{name}.log");
        var last = run.Stages[^1];
        var text = new StringBuilder().Append($"""
            {Beginning}{last.First + last.Count} tasks in {run.Stages.Count} stages, then the finish. Start it where sbatch is:
            #   sh THIS_FILE [OPTIONS OF SBATCH, such as --partition=long --time=4:00:00]
            # It may be started again at any time: what is done is not made again. What fails for a reason that may pass goes back into the
            # queue; what fails for good keeps the stages after it from starting.
            set -u
            run={ShellText.Quote(path)}
            name={name}
            logs=$run/{LogFolder}
            failed={FailedFile}
            # Slurm puts something else for a percent sign.
            pattern={ShellText.Quote($"{Pattern(path)}/{LogFolder}")}
            finish_log={ShellText.Quote(finishLog)}
            finish_pattern={ShellText.Quote(Pattern(finishLog))}
            threads={options.Threads}
            memory={(options.Memory is { } bytes ? $"{(bytes + (1 << 20) - 1) >> 20}M" : "''")}
            retries={options.Retries}
            at_once={(options.AtOnce is { } most ? $"%{most}" : "''")}

            """);
        text.Append($$"""
            legonet() {
              command {{string.Join(' ', options.Command.Select(ShellText.Quote))}} "$@"
            }

            """).Append(Body);
        foreach (var stage in run.Stages)
        {
            var more = stage.Encodes && options.EncodeResources is { } gres ? $" --gres={ShellText.Quote(gres)}" : "";
            text.Append($"""
                stage={ShellText.Quote(stage.Name)} first={stage.First} count={stage.Count}
                submit_stage{more} "$@"

                """);
        }

        return text.Append(End).ToString();
    }

    /// <summary>Refuses a run directory that Slurm could not write to.</summary>
    /// <param name="run">Its full path.</param>
    internal static void Check(string run)
    {
        if (run.Contains('\\', StringComparison.Ordinal))
        {
            throw LegoNetException.BadInput($"{run}: Slurm cannot write logs to a path with a backslash; give --run another directory.");
        }
    }

    private static string Pattern(string path) => path.Replace("%", "%%", StringComparison.Ordinal);
}
