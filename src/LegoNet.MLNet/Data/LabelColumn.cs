using System.Globalization;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Data;

/// <summary>A label column: a key (multiclass), Boolean (binary) or Single (regression), read as the text that a model's labels are spelled by.</summary>
internal sealed class LabelColumn
{
    /// <summary>The most classes that a spec can declare.</summary>
    public const int MaxClasses = 65_535;

    private readonly LearningTask _task;

    private LabelColumn(DataViewSchema.Column column, LearningTask task, LabelValues? values, IReadOnlyList<string> names)
    {
        Column = column;
        _task = task;
        Values = values;
        Names = names;
    }

    /// <summary>The column.</summary>
    public DataViewSchema.Column Column { get; }

    /// <summary>The key's values; null for a key without values, and where the label is no key.</summary>
    public LabelValues? Values { get; }

    /// <summary>The class that each key stands for, in key order (a key without values: its number from 0); empty where the label is no key.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Finds a label column and checks its type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type than the task's.</exception>
    /// <exception cref="InvalidOperationException">The task is multilabel, which ML.NET has no label column for.</exception>
    public static LabelColumn Find(DataViewSchema schema, string name, LearningTask task)
    {
        var column = Columns.Find(schema, "label", name);
        switch (task)
        {
            case LearningTask.Multiclass:
                if (column.Type is not KeyDataViewType key || key.RawType != typeof(uint))
                {
                    throw Columns.Mismatch("label", name, "Key<UInt32>", column.Type);
                }

                if (key.Count > MaxClasses)
                {
                    throw Columns.Mismatch("label", name, $"a key of at most {MaxClasses} values", column.Type);
                }

                var values = LabelValues.TryRead(column);
                return new LabelColumn(column, task, values, values?.Names ?? [.. Enumerable.Range(0, (int)key.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))]);
            case LearningTask.Binary:
                return column.Type is BooleanDataViewType ? new LabelColumn(column, task, null, []) : throw Columns.Mismatch("label", name, "Boolean", column.Type);
            case LearningTask.Regression:
                return column.Type == NumberDataViewType.Single ? new LabelColumn(column, task, null, []) : throw Columns.Mismatch("label", name, "Single", column.Type);
            default:
                throw new InvalidOperationException("Labels of several classes at once have no column type in ML.NET; use the model's own methods with EncodedRecords.");
        }
    }

    /// <summary>A getter of the label as text.</summary>
    /// <param name="row">The row.</param>
    /// <param name="labels">The labels that are declared.</param>
    /// <exception cref="InvalidOperationException">Thrown by the getter: the label is missing, not declared or out of range.</exception>
    public Func<string> CreateGetter(DataViewRow row, LabelLayout labels)
    {
        var name = Column.Name;
        switch (_task)
        {
            case LearningTask.Binary:
                var boolean = row.GetGetter<bool>(Column);
                var flag = false;
                return () =>
                {
                    boolean(ref flag);
                    return labels.Classes[flag ? 1 : 0];
                };
            case LearningTask.Regression:
                var single = row.GetGetter<float>(Column);
                var target = labels.Target!;
                var number = 0f;
                return () =>
                {
                    single(ref number);

                    // The shortest text that gives the number again: a target that a file spells 0.1 is then 0.1 and not float32's neighbour of it.
                    var text = number.ToString(CultureInfo.InvariantCulture);
                    var value = double.Parse(text, CultureInfo.InvariantCulture);
                    return value >= target.Min && value <= target.Max ? text : throw Columns.BadValue("label", name, row.Position, float.IsNaN(number) ? "is missing" : "is outside the declared range");
                };
            default:
                var declared = new HashSet<string>(labels.Classes, StringComparer.Ordinal);
                bool[] known = [.. Names.Select(declared.Contains)];
                var getter = row.GetGetter<uint>(Column);
                uint key = 0;
                return () =>
                {
                    getter(ref key);
                    return key == 0 ? throw Columns.BadValue("label", name, row.Position, "is missing")
                        : key <= known.Length && known[key - 1] ? Names[(int)key - 1]
                        : throw Columns.BadValue("label", name, row.Position, "is not one of the declared classes");
                };
        }
    }
}
