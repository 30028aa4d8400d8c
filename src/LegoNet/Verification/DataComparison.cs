using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;

namespace LegoNet.Verification;

/// <summary>
/// Compares stored rows with records that are encoded as they are read. Codes can be compared where one and the same thing made both; where
/// another did, another kind of processor for instance, equal codes are equal, and others may differ by rounding, so they are counted apart.
/// </summary>
internal sealed class DataComparison(RecordStore store, TagKey tagKey, ModelSpec spec)
{
    // Of more than these, only how many they are is said.
    private const int Named = 20;

    private readonly List<string> _differences = [];
    private readonly OrderedDictionary<(EncoderFingerprint Stored, EncoderFingerprint Here), Tally> _others = [];
    private readonly int[] _words = new int[spec.Labels.Width];
    private long _missing;
    private long _codes;
    private long _labels;

    /// <summary>Compares.</summary>
    /// <param name="records">The records.</param>
    /// <param name="complete">Whether the source should hold every stored record.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public VerificationReport Run(IEnumerable<EncodedRecord> records, bool complete, CancellationToken cancellationToken)
    {
        long seen = 0;
        var keys = complete ? new HashSet<RecordKey>() : null;
        foreach (var record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = tagKey.KeyOf(record.Subject, record.Id, record.Origin);
            if (store.Find(key) is not { } row)
            {
                _missing++;
                Say(record, "is not stored");
                continue;
            }

            seen += keys is null || keys.Add(key) ? 1 : 0;
            Compare(record, row);
        }

        if (_missing + _codes + _labels > Named)
        {
            _differences.Add($"in all: {_missing} records not stored, {_codes} codes and {_labels} labels that differ");
        }

        if (complete && seen < store.Count)
        {
            _differences.Add($"{store.Count - seen} stored records are not in the source");
        }

        return new VerificationReport(seen, 0, 0, "", [], _differences)
        {
            NotCompared = [.. _others.Where(o => o.Value.Unequal > 0).Select(o => NotCompared(o.Key.Stored, o.Key.Here, o.Value))],
            Notes = [.. _others.Where(o => o.Value.Equal > 0).Select(o => Equal(o.Key.Stored, o.Key.Here, o.Value))],
        };
    }

    private void Compare(EncodedRecord record, RowRef row)
    {
        var equal = row.Code.SequenceEqual(record.Code);
        if (!row.Fingerprint.Agrees(record.Fingerprint))
        {
            var makers = (row.Fingerprint, record.Fingerprint);
            var codes = _others.GetValueOrDefault(makers);
            _others[makers] = equal
                ? codes with { Equal = codes.Equal + 1 }
                : codes with { Unequal = codes.Unequal + 1, First = codes.First ?? record.Origin };
        }
        else if (!equal)
        {
            _codes++;
            var why = row.Fingerprint == record.Fingerprint
                ? "under the same encoder fingerprint"
                : "the kind of processor is not on record for both, so this may be rounding and not the data";
            Say(record, $"encodes to another code than the stored one ({why})");
        }

        record.ReadLabel(spec.Labels, _words);
        if (!row.Label.SequenceEqual(_words))
        {
            _labels++;
            Say(record, "has another label than the stored one");
        }
    }

    private static string NotCompared(EncoderFingerprint stored, EncoderFingerprint here, Tally codes)
        => $"{Codes(codes.Unequal, stored, here)} {Plural.Form(codes.Unequal, "differs", "differ")} from what is encoded here, first at {codes.First}; "
            + "this may be due to that and not to the data, so compare where such codes are made";

    private static string Equal(EncoderFingerprint stored, EncoderFingerprint here, Tally codes)
        => $"{Codes(codes.Equal, stored, here)} {Plural.Form(codes.Equal, "is", "are")} equal to what is encoded here";

    private static string Codes(long count, EncoderFingerprint stored, EncoderFingerprint here)
        => $"{Plural.Of(count, "stored code")} that {Plural.Form(count, "was", "were")} made "
            + (stored.Encoder != here.Encoder ? "by another encoder, calibration or input treatment"
                : stored.IsSameEncoder(here) ? $"on another kind of processor ({stored.Processor}; here {here.Processor})"
                : $"by {stored.Maker}, not by {here.Maker} as here,");

    private void Say(EncodedRecord record, string what)
    {
        if (_differences.Count < Named)
        {
            _differences.Add($"{record.Origin}: {what}");
        }
    }

    /// <summary>Codes whose stored ones another thing made than those encoded here.</summary>
    /// <param name="Equal">How many are equal all the same.</param>
    /// <param name="Unequal">How many are not.</param>
    /// <param name="First">Where the first of these comes from.</param>
    private readonly record struct Tally(long Equal, long Unequal, string? First);
}
