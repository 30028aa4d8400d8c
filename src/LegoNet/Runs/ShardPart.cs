using System.Globalization;
using LegoNet.Adapters;
using LegoNet.Data.Formats;
using LegoNet.Numerics;
using LegoNet.Records;
using LegoNet.Specs;

namespace LegoNet.Runs;

/// <summary>What an adapter's shard has of a range of keys: its rows, or sums over them, and whose they are.</summary>
internal sealed class ShardPart
{
    private const string CodesName = "codes";
    private const string LabelsName = "labels";
    private const string SubjectsName = "subjects";

    private readonly ModelSpec _spec;
    private readonly IPartialSums? _summing;
    private Dictionary<string, long[]>? _sums;
    private readonly long _expected;
    private sbyte[] _codes = [];
    private int[] _labels = [];
    private uint[] _subjects = [];

    /// <summary>Begins a part.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="adapter">The adapter's number.</param>
    /// <param name="expected">About how many rows will come.</param>
    /// <param name="summing">The trainer, where it fits this adapter from sums; otherwise null.</param>
    public ShardPart(ModelSpec spec, int adapter, long expected, IPartialSums? summing)
    {
        (_spec, Adapter, _expected, _summing) = (spec, adapter, expected, summing);
        long order = spec.Dimension + 1;
        Bytes = (expected * sizeof(uint)) + (summing is null
            ? expected * (spec.Dimension + (sizeof(int) * spec.Labels.Width))
            : sizeof(long) * (GramKernel.PackedLength((int)order) + (spec.Labels.Outputs * order)));
    }

    public int Adapter { get; }

    /// <summary>Rows that came.</summary>
    public int Rows { get; private set; }

    /// <summary>About how many bytes it takes once rows come.</summary>
    public long Bytes { get; }

    /// <summary>Adds rows.</summary>
    public void Add(IReadOnlyList<RowRef> rows)
    {
        Grow(rows.Count);
        _summing?.AddTo(_sums ??= _summing.NoSums(), new Shard(_spec, rows), threads: 1);
        for (var i = 0; i < rows.Count; i++, Rows++)
        {
            var row = rows[i];
            _subjects[Rows] = row.Key.SubjectPrefix;
            if (_summing is null)
            {
                row.Code.CopyTo(_codes.AsSpan(Rows * _spec.Dimension));
                row.Label.CopyTo(_labels.AsSpan(Rows * _spec.Labels.Width));
            }
        }
    }

    /// <summary>The part as a whole shard, where all of its rows came.</summary>
    public CollectedShard ToShard()
        => new(
            _sums is null ? new Shard(_spec.Labels, _spec.Dimension, Cut(_codes, _spec.Dimension), Cut(_labels, _spec.Labels.Width)) : null, _sums, Subjects);

    private uint[] Subjects => ShardFile.Distinct(Cut(_subjects, 1));

    /// <summary>Lets go of what was collected.</summary>
    public void Release() => (_sums, _codes, _labels, _subjects, Rows) = (null, [], [], [], 0);

    /// <summary>Several parts as one file.</summary>
    public static byte[] ToFile(IReadOnlyList<ShardPart> parts)
    {
        // Wide elements first, so that all of them are aligned.
        var writer = new SafetensorsWriter();
        foreach (var part in parts.Where(p => p._sums is not null))
        {
            foreach (var (name, values) in part._sums!.OrderBy(s => s.Key, StringComparer.Ordinal))
            {
                writer.Add<long>(Name(part.Adapter, name), place => values.CopyTo(place), values.Length);
            }
        }

        foreach (var part in parts)
        {
            if (part._sums is null)
            {
                writer.Add<int>(
                    Name(part.Adapter, LabelsName), place => part._labels.AsSpan(0, place.Length).CopyTo(place), part.Rows, part._spec.Labels.Width);
            }

            var subjects = part.Subjects;
            writer.Add<uint>(Name(part.Adapter, SubjectsName), place => subjects.CopyTo(place), subjects.Length);
        }

        foreach (var part in parts.Where(p => p._sums is null))
        {
            writer.Add<sbyte>(Name(part.Adapter, CodesName), place => part._codes.AsSpan(0, place.Length).CopyTo(place), part.Rows, part._spec.Dimension);
        }

        return writer.ToArray();
    }

    /// <summary>Puts an adapter's shard together.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="rows">All rows of its shard.</param>
    /// <param name="summing">The trainer, where it fits this adapter from sums; otherwise null.</param>
    /// <param name="files">Files that may have parts of it.</param>
    public static CollectedShard Collect(ModelSpec spec, int adapter, long rows, IPartialSums? summing, IReadOnlyList<SafetensorsFile> files)
    {
        SafetensorsFile[] mine = [.. files.Where(f => f.Header.TryGet(Name(adapter, SubjectsName), out _))];
        uint[] subjects = ShardFile.Distinct([.. mine.SelectMany(f => f.Get<uint>(Name(adapter, SubjectsName), -1).ToArray())]);
        if (summing is not null)
        {
            var sums = summing.NoSums();
            foreach (var file in mine)
            {
                foreach (var (name, values) in sums)
                {
                    var part = file.Get<long>(Name(adapter, name), values.Length);
                    for (var i = 0; i < values.Length; i++)
                    {
                        values[i] += part[i];
                    }
                }
            }

            return new CollectedShard(null, sums, subjects);
        }

        var codes = GC.AllocateUninitializedArray<sbyte>(Shard.LengthOf(rows, spec.Dimension));
        var labels = new int[rows * spec.Labels.Width];
        var (code, label) = (0, 0);
        foreach (var file in mine)
        {
            var moreCodes = file.Get<sbyte>(Name(adapter, CodesName), -1, spec.Dimension);
            var moreLabels = file.Get<int>(Name(adapter, LabelsName), -1, spec.Labels.Width);
            moreCodes.CopyTo(codes.AsSpan(code));
            moreLabels.CopyTo(labels.AsSpan(label));
            (code, label) = (code + moreCodes.Length, label + moreLabels.Length);
        }

        return code == codes.Length
            ? new CollectedShard(new Shard(spec.Labels, spec.Dimension, codes, labels), null, subjects)
            : throw LegoNetException.Damaged(
                $"shard {adapter}: {code / spec.Dimension} rows were collected where {rows} are due.", reason: LegoNetReason.Inconsistent);
    }

    // As long as is expected at first; a range of keys may have some more.
    private void Grow(int more)
    {
        var (held, needed) = (_subjects.Length, Rows + more);
        if (needed <= held)
        {
            return;
        }

        var length = held == 0 ? (int)Math.Max(_expected, needed) : Math.Max(needed, held + (held / 8));
        Array.Resize(ref _subjects, length);
        if (_summing is null)
        {
            Array.Resize(ref _codes, Shard.LengthOf(length, _spec.Dimension));
            Array.Resize(ref _labels, length * _spec.Labels.Width);
        }
    }

    private T[] Cut<T>(T[] values, int width) => values.Length == Rows * width ? values : values[..(Rows * width)];

    private static string Name(int adapter, string what) => string.Create(CultureInfo.InvariantCulture, $"{adapter}.{what}");
}
