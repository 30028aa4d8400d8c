using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace LegoNet.Records;

/// <summary>
/// A record's keyed identity: 32 bytes for the subject, 32 for the record within it, compared as 64 big-endian bytes. It is all
/// that a store knows of who a record belongs to.
/// </summary>
[InlineArray(8)]
internal struct RecordKey : IComparable<RecordKey>, IEquatable<RecordKey>
{
    /// <summary>Bytes of one tag.</summary>
    public const int TagBytes = 32;

    /// <summary>Four-bit digits of a key.</summary>
    public const int Nibbles = 128;

    private ulong _word0;

    public RecordKey(ReadOnlySpan<byte> subjectTag, ReadOnlySpan<byte> recordTag)
    {
        Span<ulong> words = this;
        for (var i = 0; i < 4; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt64BigEndian(subjectTag[(8 * i)..]);
            words[4 + i] = BinaryPrimitives.ReadUInt64BigEndian(recordTag[(8 * i)..]);
        }
    }

    /// <summary>The subject tag's first 32 bits, by which shard indices name subjects.</summary>
    public readonly uint SubjectPrefix => (uint)(_word0 >> 32);

    /// <summary>The four-bit digit at a position, counted from the most significant.</summary>
    public readonly int Nibble(int position) => (int)(this[position >> 4] >> (60 - (4 * (position & 15)))) & 15;

    /// <summary>The bit at a position, counted from the most significant.</summary>
    public readonly bool Bit(int position) => ((this[position >> 6] >> (63 - (position & 63))) & 1) != 0;

    /// <summary>How many leading bits two keys share.</summary>
    public readonly int CommonBits(in RecordKey other)
    {
        for (var i = 0; i < 8; i++)
        {
            var difference = this[i] ^ other[i];
            if (difference != 0)
            {
                return (64 * i) + System.Numerics.BitOperations.LeadingZeroCount(difference);
            }
        }

        return 64 * 8;
    }

    /// <summary>How many leading four-bit digits two keys share.</summary>
    public readonly int CommonNibbles(in RecordKey other) => CommonBits(other) >> 2;

    /// <summary>The first digits, in hex.</summary>
    public readonly string Prefix(int digits)
    {
        Span<byte> bytes = stackalloc byte[2 * TagBytes];
        WriteSubjectTag(bytes);
        WriteRecordTag(bytes[TagBytes..]);
        return Convert.ToHexStringLower(bytes)[..digits];
    }

    /// <summary>The key as ledger and receipts spell it, in hex: the subject's tag or, with the record's, both joined by a colon.</summary>
    public readonly string ToTag(bool withRecord)
    {
        Span<byte> tag = stackalloc byte[TagBytes];
        WriteSubjectTag(tag);
        var subject = Convert.ToHexStringLower(tag);
        if (!withRecord)
        {
            return subject;
        }

        WriteRecordTag(tag);
        return subject + ":" + Convert.ToHexStringLower(tag);
    }

    /// <summary>Writes the subject's tag.</summary>
    public readonly void WriteSubjectTag(Span<byte> destination) => Write(0, destination);

    /// <summary>Writes the record's tag.</summary>
    public readonly void WriteRecordTag(Span<byte> destination) => Write(4, destination);

    /// <summary>True when both keys carry the same subject tag.</summary>
    public readonly bool SameSubject(in RecordKey other)
        => this[0] == other[0] && this[1] == other[1] && this[2] == other[2] && this[3] == other[3];

    public readonly int CompareTo(RecordKey other)
    {
        for (var i = 0; i < 8; i++)
        {
            if (this[i] != other[i])
            {
                return this[i] < other[i] ? -1 : 1;
            }
        }

        return 0;
    }

    public readonly bool Equals(RecordKey other) => CompareTo(other) == 0;

    public override readonly bool Equals(object? obj) => obj is RecordKey other && Equals(other);

    // The words are bits of an HMAC, so any of them is a fine hash.
    public override readonly int GetHashCode() => (int)this[4] ^ (int)this[0];

    private readonly void Write(int first, Span<byte> destination)
    {
        for (var i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination[(8 * i)..], this[first + i]);
        }
    }
}
