using LegoNet.Data;
using LegoNet.Specs;

namespace LegoNet.Encoders;

/// <summary>
/// Turns inputs into int8 codes. Implementations are thread-safe, and a record's code depends on that record's input alone:
/// not on its neighbours, its place in the batch, the number of records or the number of threads.
/// </summary>
public interface ICodeEncoder : IDisposable
{
    /// <summary>The code's length d.</summary>
    int Dimension { get; }

    /// <summary>What made the codes; stored with every record.</summary>
    EncoderFingerprint Fingerprint { get; }

    /// <summary>How many records one call of <see cref="Encode"/> should carry to be efficient.</summary>
    int BatchSize { get; }

    /// <summary>Encodes up to <see cref="BatchSize"/> records.</summary>
    /// <param name="records">The records; only <see cref="SourceRecord.Input"/> is read, <see cref="SourceRecord.Origin"/> names it in errors.</param>
    /// <param name="codes">Receives row-major int8 codes, [records.Count, <see cref="Dimension"/>], each in −127…127.</param>
    /// <exception cref="LegoNetException">An input has the wrong kind or shape, cannot be decoded, or encodes to NaN or infinity.</exception>
    void Encode(IReadOnlyList<SourceRecord> records, Span<sbyte> codes);
}
