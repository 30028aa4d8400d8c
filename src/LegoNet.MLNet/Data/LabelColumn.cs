using System.Globalization;
using LegoNet.Specs;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet.Data;

/// <summary>A label column: a key (multiclass), Boolean (binary) or Single (regression), read as labels are stored.</summary>
internal sealed class LabelColumn
{
    /// <summary>The most classes that a spec can declare.</summary>
    public const int MaxClasses = 65_535;

    /// <summary>The annotation that names the text column that a key column of declared classes was made of.</summary>
    public const string SourceKind = "LegoNet.KeySource";

    private const string Undeclared = "is a class that is not declared: declare it (DeclareKeys, Classes) before training, or leave such rows out";

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

    /// <summary>The texts that a key of declared classes was made of: they tell a missing label from one that is not declared. Null where not known.</summary>
    public DataViewSchema.Column? Source { get; private init; }

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
                var names = values?.Names ?? [.. Enumerable.Range(0, (int)key.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
                return new LabelColumn(column, task, values, names) { Source = FindSource(schema, column) };
            case LearningTask.Binary:
                return column.Type is BooleanDataViewType
                    ? new LabelColumn(column, task, null, [])
                    : throw Columns.Mismatch("label", name, "Boolean", column.Type);
            case LearningTask.Regression:
                return column.Type == NumberDataViewType.Single
                    ? new LabelColumn(column, task, null, [])
                    : throw Columns.Mismatch("label", name, "Single", column.Type);
            default:
                throw new InvalidOperationException(
                    "Labels of several classes at once have no column type in ML.NET; use the model's own methods with EncodedRecords.");
        }
    }

    /// <summary>A getter of the label as it is stored: a class's number, or a target's number of steps.</summary>
    /// <param name="row">The row.</param>
    /// <param name="labels">The labels that are declared.</param>
    /// <exception cref="InvalidOperationException">Thrown by the getter: the label is missing, not declared or out of range.</exception>
    public Func<int> CreateGetter(DataViewRow row, LabelLayout labels) => _task switch
    {
        LearningTask.Binary => CreateBinaryGetter(row),
        LearningTask.Regression => CreateTargetGetter(row, labels),
        _ => CreateKeyGetter(row, labels),
    };

    /// <summary>
    /// The stored steps of a target that a column holds as float32; null where it is missing or outside the declared range. A target that a
    /// file spells 0.1 is 0.1 and not float32's neighbour of it, so what counts is the shortest text that gives the number again.
    /// </summary>
    internal static int? StepsOf(float number, LabelLayout labels)
    {
        // That text lies between the number's neighbours: where both are the same step, it is that step, and need not be written.
        var target = labels.Target!;
        double below = MathF.BitDecrement(number), above = MathF.BitIncrement(number);
        if (below >= target.Min && above <= target.Max && labels.StepsOf(below) is var steps && labels.StepsOf(above) == steps)
        {
            return steps;
        }

        var value = double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return value >= target.Min && value <= target.Max ? labels.StepsOf(value) : null;
    }

    private Func<int> CreateBinaryGetter(DataViewRow row)
    {
        var getter = row.GetGetter<bool>(Column);
        var flag = false;
        return () =>
        {
            getter(ref flag);
            return flag ? 1 : 0;
        };
    }

    private Func<int> CreateTargetGetter(DataViewRow row, LabelLayout labels)
    {
        var getter = row.GetGetter<float>(Column);
        var number = 0f;
        return () =>
        {
            getter(ref number);
            return StepsOf(number, labels)
                ?? throw Columns.BadValue("label", Column.Name, row.Position, float.IsNaN(number) ? "is missing" : "is outside the declared range");
        };
    }

    private Func<int> CreateKeyGetter(DataViewRow row, LabelLayout labels)
    {
        int[] classes = [.. Names.Select(labels.Find)];
        var getter = row.GetGetter<uint>(Column);
        var source = Source is { } texts ? row.GetGetter<ReadOnlyMemory<char>>(texts) : null;
        uint key = 0;
        return () =>
        {
            getter(ref key);
            return key > 0 && key <= classes.Length && classes[key - 1] is >= 0 and var number ? number
                : throw Columns.BadValue("label", Column.Name, row.Position, key > 0 ? Undeclared : WhyMissing(source));
        };
    }

    private static string WhyMissing(ValueGetter<ReadOnlyMemory<char>>? source)
    {
        if (source is null)
        {
            return "is missing, or a class that the column's key does not have";
        }

        ReadOnlyMemory<char> text = default;
        source(ref text);
        return text.IsEmpty ? "is missing" : Undeclared;
    }

    // A text that the key column replaced stands hidden behind it.
    private static DataViewSchema.Column? FindSource(DataViewSchema schema, DataViewSchema.Column key)
    {
        if (key.Annotations.Schema.GetColumnOrNull(SourceKind)?.Type is not TextDataViewType)
        {
            return null;
        }

        ReadOnlyMemory<char> name = default;
        key.Annotations.GetValue(SourceKind, ref name);
        var texts = schema.Where(c => c.Type is TextDataViewType && name.Span.SequenceEqual(c.Name)).ToArray();
        return texts.Length > 0 ? texts[^1] : null;
    }
}
