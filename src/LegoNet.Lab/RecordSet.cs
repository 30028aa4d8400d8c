using LegoNet.Encoders;
using LegoNet.Specs;

namespace LegoNet.Lab;

/// <summary>
/// The encoded records that methods are compared on, held in memory. A record is known by its row, which it keeps whatever is forgotten, so
/// that what depends on a record's identity (the shard it lies in, say) is the same in a model that never saw the others.
/// </summary>
public sealed class RecordSet
{
    private readonly sbyte[] _codes;
    private readonly int[] _labels;
    private readonly string[] _subjects;

    /// <summary>Wraps records.</summary>
    /// <param name="classes">Names of the classes, [C], from two.</param>
    /// <param name="dimension">Length d of a code, from 1.</param>
    /// <param name="codes">Row-major codes, [N, d].</param>
    /// <param name="labels">Class numbers, [N], each from 0 to C − 1.</param>
    /// <param name="subjects">Whose each record is, [N]; null where each is a subject of its own.</param>
    /// <exception cref="ArgumentException">The arrays disagree about the number of records.</exception>
    /// <exception cref="LegoNetException">There are fewer than two records or classes, or a label is no class's number.</exception>
    public RecordSet(IReadOnlyList<string> classes, int dimension, sbyte[] codes, int[] labels, string[]? subjects = null)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (codes.LongLength != (long)labels.Length * dimension || (subjects is not null && subjects.Length != labels.Length))
        {
            throw new ArgumentException("Codes, labels and subjects disagree about the number of records.", nameof(labels));
        }

        if (labels.Length < 2)
        {
            throw LegoNetException.BadInput($"Methods are compared on at least 2 records, and there {(labels.Length == 1 ? "is 1" : "are none")}.");
        }

        if (classes.Count < 2)
        {
            throw LegoNetException.BadInput("Methods are compared on at least 2 classes; declare the others.");
        }

        if (Array.Find(labels, l => l < 0 || l >= classes.Count) is var wrong and not 0)
        {
            throw LegoNetException.BadInput($"A record's label is class {wrong}, and there are the classes 0 to {classes.Count - 1}.");
        }

        Classes = classes;
        Dimension = dimension;
        _codes = codes;
        _labels = labels;
        _subjects = subjects ?? [.. Enumerable.Range(0, labels.Length).Select(row => $"record-{row}")];
        Labels = new LabelLayout(LearningTask.Multiclass, classes, null);
    }

    /// <summary>Names of the classes, [C].</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Length d of a code.</summary>
    public int Dimension { get; }

    /// <summary>Records, N.</summary>
    public int Count => _labels.Length;

    /// <summary>Row-major codes, [N, d].</summary>
    public ReadOnlySpan<sbyte> Codes => _codes;

    /// <summary>All rows, [N], ascending.</summary>
    internal int[] AllRows => [.. Enumerable.Range(0, Count)];

    /// <summary>How the core stores labels of these classes.</summary>
    internal LabelLayout Labels { get; }

    /// <summary>Collects encoded records.</summary>
    /// <param name="records">The records, at most what an array of all codes can hold.</param>
    /// <param name="labels">How their labels are spelled.</param>
    /// <param name="dimension">Length d of a code.</param>
    /// <exception cref="LegoNetException">The task is not to tell classes apart, a record does not fit, or they are too many or too few.</exception>
    public static RecordSet Of(IEnumerable<EncodedRecord> records, LabelLayout labels, int dimension)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Task is not (LearningTask.Multiclass or LearningTask.Binary))
        {
            throw LegoNetException.BadInput(
                $"Methods are compared on a task of classes (multiclass or binary), and this one is {labels.Task.ToString().ToLowerInvariant()}.");
        }

        var (codes, numbers, subjects, word) = (new List<sbyte>(), new List<int>(), new List<string>(), new int[labels.Width]);
        foreach (var record in records)
        {
            if (record.Code.Length != dimension)
            {
                throw LegoNetException.BadInput($"{record.Origin}: the code has {record.Code.Length} numbers, and {dimension} were expected.");
            }

            if (codes.Count > Array.MaxLength - dimension)
            {
                throw LegoNetException.BadInput(
                    $"Methods are compared in memory, on at most {Array.MaxLength / dimension:N0} records of {dimension:N0} numbers.");
            }

            labels.Parse(record.Label, record.Origin, word);
            codes.AddRange(record.Code);
            numbers.Add(labels.ClassNumber(word));
            subjects.Add(record.Subject);
        }

        return new RecordSet(labels.Classes, dimension, [.. codes], [.. numbers], [.. subjects]);
    }

    /// <summary>One record's code, [d].</summary>
    /// <param name="row">The record.</param>
    public ReadOnlySpan<sbyte> Code(int row) => _codes.AsSpan(row * Dimension, Dimension);

    /// <summary>One record's class number.</summary>
    /// <param name="row">The record.</param>
    public int Label(int row) => _labels[row];

    /// <summary>Whose a record is.</summary>
    /// <param name="row">The record.</param>
    public string Subject(int row) => _subjects[row];

    /// <summary>Codes of some rows, one after the other, [m, d].</summary>
    internal sbyte[] Gather(IReadOnlyList<int> rows)
    {
        var codes = new sbyte[rows.Count * Dimension];
        for (var i = 0; i < rows.Count; i++)
        {
            Code(rows[i]).CopyTo(codes.AsSpan(i * Dimension));
        }

        return codes;
    }

    /// <summary>Class numbers of some rows, [m].</summary>
    internal int[] GatherLabels(IReadOnlyList<int> rows) => [.. rows.Select(Label)];
}
