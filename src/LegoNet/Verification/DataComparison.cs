using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Specs;

namespace LegoNet.Verification;

/// <summary>Compares stored rows with records that are encoded as they are read.</summary>
internal sealed class DataComparison(RecordStore store, TagKey tagKey, ModelSpec spec)
{
    // Of more than these, only how many they are is said.
    private const int Named = 20;

    private readonly List<string> _differences = [];
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

        return new VerificationReport(seen, 0, 0, "", [], _differences);
    }

    private void Compare(EncodedRecord record, RowRef row)
    {
        // Equal codes under another fingerprint are no difference.
        if (!row.Code.SequenceEqual(record.Code))
        {
            _codes++;
            var why = row.Fingerprint == record.Fingerprint
                ? "under the same encoder fingerprint"
                : "the encoder's fingerprint differs too, so this may be the runtime and not the data";
            Say(record, $"encodes to another code than the stored one ({why})");
        }

        record.ReadLabel(spec.Labels, _words);
        if (!row.Label.SequenceEqual(_words))
        {
            _labels++;
            Say(record, "has another label than the stored one");
        }
    }

    private void Say(EncodedRecord record, string what)
    {
        if (_differences.Count < Named)
        {
            _differences.Add($"{record.Origin}: {what}");
        }
    }
}
