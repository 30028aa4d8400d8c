using System.Globalization;

namespace LegoNet.Specs;

/// <summary>How labels are spelled in a source and stored as 32-bit words.</summary>
public sealed class LabelLayout
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Creates the layout of a task's labels.</summary>
    /// <param name="task">The task.</param>
    /// <param name="classes">The declared classes, [C], all different; empty for regression.</param>
    /// <param name="target">The declared range; null unless the task is regression.</param>
    public LabelLayout(LearningTask task, IReadOnlyList<string> classes, RegressionTarget? target)
    {
        Task = task;
        Classes = classes;
        Target = target;
        for (var i = 0; i < classes.Count; i++)
        {
            _numbers.Add(classes[i], i);
        }
    }

    /// <summary>The task.</summary>
    public LearningTask Task { get; }

    /// <summary>The declared classes, [C]; empty for regression.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The declared range; null unless the task is regression.</summary>
    public RegressionTarget? Target { get; }

    /// <summary>Scores per record: C, or 1 for regression.</summary>
    public int Outputs => Task == LearningTask.Regression ? 1 : Classes.Count;

    /// <summary>32-bit words per label: a class number, a number of steps, or one bit per class.</summary>
    public int Width => Task == LearningTask.Multilabel ? (Classes.Count + 31) / 32 : 1;

    /// <summary>Parses a label as a source spells it.</summary>
    /// <param name="text">A class name, a number, or class names joined by '|' (empty for none).</param>
    /// <param name="origin">Where it stands, for messages.</param>
    /// <param name="words">Receives the label, [Width].</param>
    /// <exception cref="LegoNetException">The label is missing, undeclared or out of range.</exception>
    public void Parse(string? text, string origin, Span<int> words)
    {
        words.Clear();
        switch (Task)
        {
            case LearningTask.Regression:
                if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    || !(number >= Target!.Min && number <= Target.Max))
                {
                    throw LegoNetException.BadInput(FormattableString.Invariant(
                        $"{origin}: the target must be a number from {Target!.Min} to {Target.Max}, as the spec declares, not \"{text}\"."));
                }

                words[0] = StepsOf(number);
                break;
            case LearningTask.Multilabel:
                foreach (var name in (text ?? throw Missing(origin)).Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    var bit = Number(name, origin);
                    words[bit >> 5] |= 1 << (bit & 31);
                }

                break;
            default:
                words[0] = Number(text ?? throw Missing(origin), origin);
                break;
        }
    }

    /// <summary>The number of a declared class, 0…C − 1; −1 where it is not declared.</summary>
    internal int Find(string name) => _numbers.GetValueOrDefault(name, -1);

    /// <summary>A target as it is stored: whole steps from the lower end of the declared range, which it must lie in. Never falls where targets rise.</summary>
    internal int StepsOf(double target) => (int)Math.Round((target - Target!.Min) / Target.Step);

    /// <summary>Spells a stored label.</summary>
    public string Format(ReadOnlySpan<int> words)
    {
        switch (Task)
        {
            case LearningTask.Regression:
                // Within the range, since what is spelled must parse again.
                return TargetValue(words).ToString("R", CultureInfo.InvariantCulture);
            case LearningTask.Multilabel:
                var names = new List<string>();
                for (var c = 0; c < Classes.Count; c++)
                {
                    if (HasClass(words, c))
                    {
                        names.Add(Classes[c]);
                    }
                }

                return string.Join('|', names);
            default:
                return Classes[words[0]];
        }
    }

    /// <summary>True when the stored label contains the class (multi-label: its bit; otherwise: equality).</summary>
    public bool HasClass(ReadOnlySpan<int> words, int number)
        => Task == LearningTask.Multilabel ? (words[number >> 5] >> (number & 31) & 1) != 0 : words[0] == number;

    /// <summary>The number of a stored label's class, 0…C − 1; multiclass and binary.</summary>
    /// <param name="words">The label, [Width].</param>
    /// <exception cref="InvalidOperationException">
    /// The task's labels are not single classes (multi-label: ask <see cref="HasClass"/>; regression: <see cref="TargetValue"/>).
    /// </exception>
    public int ClassNumber(ReadOnlySpan<int> words) => Task is LearningTask.Multiclass or LearningTask.Binary
        ? words[0]
        : throw new InvalidOperationException($"A label of the task {Task.Word()} is not a single class.");

    /// <summary>The regression target of a stored label, within the declared range; the number that <see cref="Format"/> spells.</summary>
    /// <param name="words">The label, [Width].</param>
    /// <exception cref="InvalidOperationException">The task is not regression.</exception>
    public double TargetValue(ReadOnlySpan<int> words) => Task == LearningTask.Regression
        ? Math.Clamp(Value(words[0]), Target!.Min, Target.Max) // The last step can lie beyond the range (0.1 + 6 × 0.1 is above 0.7).
        : throw new InvalidOperationException($"A label of the task {Task.Word()} is not a number.");

    /// <summary>The regression target that a (possibly fractional) number of steps stands for.</summary>
    public double Value(double steps) => Target!.Min + (steps * Target.Step);

    /// <summary>True when the words could have come from <see cref="Parse"/>.</summary>
    internal bool IsValid(ReadOnlySpan<int> words) => Task switch
    {
        LearningTask.Regression => words[0] >= 0 && words[0] <= Target!.Steps,
        LearningTask.Multilabel => (Classes.Count & 31) == 0 || (uint)words[^1] >> (Classes.Count & 31) == 0,
        _ => words[0] >= 0 && words[0] < Classes.Count,
    };

    private static LegoNetException Missing(string origin) => LegoNetException.BadInput($"{origin}: the label is missing.");

    private int Number(string name, string origin)
        => _numbers.TryGetValue(name, out var number)
            ? number
            : throw LegoNetException.BadInput($"{origin}: the label \"{name}\" is not one of the spec's {Classes.Count} declared classes.");
}
