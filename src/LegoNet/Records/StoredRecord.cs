using LegoNet.Specs;

namespace LegoNet.Records;

/// <summary>
/// A record as a model stores it: keyed tags in place of names, label, int8 code, route and fingerprint. It is personal data of whom it
/// came from. Immutable and thread-safe; it keeps the few hundred records that were stored beside it in memory, so copy what is needed
/// for long.
/// </summary>
public sealed class StoredRecord
{
    private readonly RowRef _row;
    private readonly LabelLayout _labels;

    internal StoredRecord(RowRef row, LabelLayout labels)
    {
        _row = row;
        _labels = labels;
    }

    /// <summary>The subject's keyed tag, in hex, computed when asked for; equal for all records of a subject.</summary>
    public string SubjectTag
    {
        get
        {
            Span<byte> tag = stackalloc byte[RecordKey.TagBytes];
            _row.Key.WriteSubjectTag(tag);
            return Convert.ToHexStringLower(tag);
        }
    }

    /// <summary>The record's keyed tag, in hex, computed when asked for.</summary>
    public string RecordTag
    {
        get
        {
            Span<byte> tag = stackalloc byte[RecordKey.TagBytes];
            _row.Key.WriteRecordTag(tag);
            return Convert.ToHexStringLower(tag);
        }
    }

    /// <summary>The label as sources spell it, made when asked for (a single class's name is the spec's own string).</summary>
    public string Label => _labels.Format(_row.Label);

    /// <summary>The label as stored, [Labels.Width] of the spec; <see cref="LabelLayout"/> says what the words mean.</summary>
    public ReadOnlySpan<int> LabelWords => _row.Label;

    /// <summary>The number of the label's class, 0…C − 1; multiclass and binary.</summary>
    /// <exception cref="InvalidOperationException">The task's labels are not single classes.</exception>
    public int ClassNumber => _labels.ClassNumber(_row.Label);

    /// <summary>The int8 code, [d], each in −127…127. Copy it with <see cref="ReadOnlySpan{T}.CopyTo"/>.</summary>
    public ReadOnlySpan<sbyte> Code => _row.Code;

    /// <summary>Numbers of the adapters that the record is routed to, [k], ascending.</summary>
    public ReadOnlySpan<ushort> Route => _row.Route;

    /// <summary>What made the code.</summary>
    public EncoderFingerprint Fingerprint => _row.Fingerprint;
}
