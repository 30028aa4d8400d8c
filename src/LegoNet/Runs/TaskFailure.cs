using LegoNet.Data.Json;
using LegoNet.Files;
using LegoNet.Store;

namespace LegoNet.Runs;

/// <summary>Why a task cannot be done: noted beside the run, so that whoever looks sees it, whichever machine it failed on.</summary>
/// <param name="Task">The task.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Machine">The machine it failed on.</param>
internal sealed record TaskFailure(int Task, string Message, string Machine)
{
    private static readonly JsonRules s_rules = JsonRules.For(LegoNetError.Damaged, "a note of a failure");

    public static void Note(RunPaths paths, IFileLayer files, int task, LegoNetException failure)
    {
        try
        {
            files.WriteAllBytes(
                paths.FailureOf(task),
                CanonicalJson.Write(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("message", failure.Message);
                    json.WriteString("machine", Environment.MachineName);
                    json.WriteEndObject();
                }),
                flush: false,
                paths.Look);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure itself is what matters; it is on its way to the caller.
        }
    }

    /// <summary>Reads the note of a task; null where there is none.</summary>
    public static TaskFailure? Read(RunPaths paths, IFileLayer files, int task)
    {
        if (!files.FileExists(paths.FailureOf(task)))
        {
            return null;
        }

        try
        {
            var root = StrictJson.Parse(files.ReadAllBytes(paths.FailureOf(task)), paths.FailureOf(task), s_rules);
            var failure = new TaskFailure(task, root.String("message"), root.String("machine"));
            root.Finish();
            return failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LegoNetException)
        {
            return null; // Being written, or removed.
        }
    }
}
