namespace LegoNet.Cluster.Tests.Scripts;

/// <summary>
/// A shell script that obeys the contract of `legonet task`, `finish` and `work`, and fails as tests wish: it says what runners do with exit
/// codes, without a model.
/// </summary>
/// <remarks>
/// In the run directory stand: `done/I`, a task that is done; `attempts`, a line for each attempt; `fails/I`, the exit statuses of the next
/// attempts, a line each; `slow/I`, the seconds that a task takes; `pid-I`, the number of the process that is at such a task; `stages`, a line
/// with the first task and the count of each stage. The finish leaves `RUN.result`, the tasks that were done, and `RUN.attempts`.
/// </remarks>
internal static class FakeTool
{
    private const string Text = """
        #!/bin/sh
        command=$1 run= task=
        shift
        while [ $# -gt 1 ]; do
          case $1 in
          --run) run=$2 ;;
          --index) task=$2 ;;
          esac
          shift 2
        done
        [ -d "$run" ] || { echo "$run: no run is here"; exit 3; }
        echo "$command $task" >>"$run/attempts"
        id=${task:-finish}
        if [ -s "$run/fails/$id" ]; then
          status=$(head -n 1 "$run/fails/$id")
          sed -i 1d "$run/fails/$id"
          echo "$command $task fails: $status"
          exit "$status"
        fi
        total=0
        while read -r first count; do
          [ -z "$task" ] || [ "$task" -ge "$((first + count))" ] || break
          i=$first
          while [ "$i" -lt "$((first + count))" ]; do
            [ -e "$run/done/$i" ] || [ "$command" = work ] || { echo "task $i is not done"; exit 7; }
            i=$((i + 1))
          done
          total=$i
        done <"$run/stages"
        if [ "$command" = work ]; then
          i=0
          while [ "$i" -lt "$total" ]; do
            [ -e "$run/done/$i" ] || { echo "$i" >"$run/done/$i"; echo "task $i done by work"; }
            i=$((i + 1))
          done
          exit 0
        fi
        if [ "$command" = finish ]; then
          cat "$run"/done/* | sort -n >"$run.result"
          cp "$run/attempts" "$run.attempts"
          rm -rf "$run"
          echo "finished $total tasks"
          exit 0
        fi
        [ -e "$run/done/$task" ] && { echo "task $task was done"; exit 0; }
        [ -e "$run/slow/$task" ] && { echo $$ >"$run/pid-$task"; sleep "$(cat "$run/slow/$task")"; }
        echo "$task" >"$run/done/$task.$$" && mv "$run/done/$task.$$" "$run/done/$task"
        echo "task $task done"

        """;

    /// <summary>Writes the tool.</summary>
    /// <returns>Its path.</returns>
    public static string Write(TempFolder folder, string name)
    {
        var path = folder.Write(name, Text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
