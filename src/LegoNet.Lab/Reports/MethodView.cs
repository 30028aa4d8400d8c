using LegoNet.Lab.Attacks;
using LegoNet.Lab.Comparisons;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Reports;

/// <summary>A method as reports show it.</summary>
/// <param name="Number">Its number in tables and charts, from 1.</param>
/// <param name="Name">Its name, safe to print.</param>
/// <param name="Kind">What it claims.</param>
/// <param name="Settings">Its settings, safe to print.</param>
/// <param name="Key">Its name as in the result.</param>
/// <param name="Tasks">Its result of each task; null where there is none.</param>
/// <param name="Attack">What the attack found; null where it was not attacked.</param>
internal sealed record MethodView(
    int Number, string Name, MethodKind Kind, string Settings, string Key, IReadOnlyList<TaskFigures?> Tasks, MethodAttack? Attack)
{
    /// <summary>Its name in a sentence: in quotes where it has a comma of its own.</summary>
    public string Quoted => Name.Contains(',') ? $"“{Name}”" : Name;

    public bool IsOracle => Kind == MethodKind.Oracle;

    /// <summary>The figures of the first task; null where it was not done.</summary>
    public TaskFigures? First => Tasks.Count > 0 && Tasks[0] is { IsDone: true } first ? first : null;

    /// <summary>Those of the tasks that were done.</summary>
    public IEnumerable<TaskFigures> Done => Tasks.OfType<TaskFigures>().Where(t => t.IsDone);
}
