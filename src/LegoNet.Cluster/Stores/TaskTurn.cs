using System.Globalization;

namespace LegoNet.Cluster.Stores;

/// <summary>
/// A task's place in the queue, and how it came there. It is the name of a Quartz trigger, so that a count of tries needs no place in a job's data.
/// </summary>
/// <param name="Task">The task's number, or <see cref="Finish"/>.</param>
/// <param name="Attempt">How often it was tried and failed, or its worker died.</param>
/// <param name="Unseen">How often in a row a worker offered it again because it did not see its run.</param>
/// <param name="Serial">Tells this turn from those before.</param>
internal readonly record struct TaskTurn(int Task, int Attempt = 0, int Unseen = 0, int Serial = 0)
{
    /// <summary>Stands for a run's finish where a task's number is expected.</summary>
    public const int Finish = -1;

    private const string FinishName = "finish";

    /// <summary>The turn after this one, where nothing was tried.</summary>
    public TaskTurn Next => this with { Unseen = 0, Serial = Serial + 1 };

    /// <summary>The turn after this one, where it was tried in vain.</summary>
    public TaskTurn Retry => Next with { Attempt = Attempt + 1 };

    /// <summary>The turn after this one, where the run was not seen.</summary>
    public TaskTurn NotSeen => Next with { Unseen = Unseen + 1 };

    /// <summary>The name of a task's job.</summary>
    public static string JobName(int task) => task == Finish ? FinishName : task.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>The task that a job's name or data say; null where they say none.</summary>
    public static int? TaskOf(string? text) => text == FinishName ? Finish : Number(text);

    /// <summary>Reads a trigger's name; a task's first turn where the name is none of ours.</summary>
    public static TaskTurn Parse(int task, string name)
    {
        var parts = name.Split('.');
        return parts.Length == 4 && Number(parts[1]) is { } attempt && Number(parts[2]) is { } unseen && Number(parts[3]) is { } serial
            ? new TaskTurn(task, attempt, unseen, serial)
            : new TaskTurn(task);
    }

    /// <summary>The trigger's name.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{JobName(Task)}.{Attempt}.{Unseen}.{Serial}");

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
