using LegoNet.MLNet.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace LegoNet.MLNet;

/// <summary>
/// The classes in the order of the Score column's slots and the PredictedLabel's keys: that of the training label's key, so that evaluators
/// can compare the two by number, then declared classes that the key lacks. A key value that is not declared keeps its slot and has
/// probability 0.
/// </summary>
internal sealed class OutputClasses
{
    private OutputClasses(LabelValues values, IReadOnlyList<string> declared)
    {
        Values = values;
        var numbers = declared.Select((name, number) => (name, number)).ToDictionary(c => c.name, c => c.number, StringComparer.Ordinal);
        ClassOfSlot = [.. Names.Select(name => numbers.GetValueOrDefault(name, -1))];
        SlotOfClass = new int[declared.Count];
        for (var slot = 0; slot < ClassOfSlot.Count; slot++)
        {
            if (ClassOfSlot[slot] >= 0)
            {
                SlotOfClass[ClassOfSlot[slot]] = slot;
            }
        }
    }

    /// <summary>The classes' names, by slot.</summary>
    public IReadOnlyList<string> Names => Values.Names;

    /// <summary>The classes' values as they were in the training label, or their names.</summary>
    public LabelValues Values { get; }

    /// <summary>The declared class of each slot; −1 where it is not declared.</summary>
    public IReadOnlyList<int> ClassOfSlot { get; }

    /// <summary>The slot of each declared class, [C].</summary>
    public int[] SlotOfClass { get; }

    /// <summary>The order of a training label's key.</summary>
    public static OutputClasses ForLabel(LabelColumn label, IReadOnlyList<string> declared) => ForKey(label.Values, label.Names, declared);

    /// <summary>The order of the key that rows to score have as their label; null where the label is no key with values.</summary>
    public static OutputClasses? ForLabelOf(DataViewSchema rows, string label, IReadOnlyList<string> declared)
        => rows.GetColumnOrNull(label) is { Type: KeyDataViewType { Count: <= LabelColumn.MaxClasses } key } column
            && key.RawType == typeof(uint)
            && LabelValues.TryRead(column) is { } values
            ? ForKey(values, values.Names, declared)
            : null;

    /// <summary>A given order of the declared classes; null for their own.</summary>
    /// <exception cref="ArgumentException">The order does not name every declared class once.</exception>
    public static OutputClasses ForOrder(IReadOnlyList<string>? order, IReadOnlyList<string> declared, string parameter)
        => order is null || (order.Distinct(StringComparer.Ordinal).Count() == order.Count && !declared.Except(order, StringComparer.Ordinal).Any())
            ? new OutputClasses(LabelValues.Of(order ?? declared), declared)
            : throw new ArgumentException("Must name every class of the model, each name once.", parameter);

    private static OutputClasses ForKey(LabelValues? values, IReadOnlyList<string> names, IReadOnlyList<string> declared)
    {
        string[] missing = [.. declared.Except(names, StringComparer.Ordinal)];
        return new OutputClasses(missing.Length == 0 && values is not null ? values : LabelValues.Of([.. names, .. missing]), declared);
    }
}
