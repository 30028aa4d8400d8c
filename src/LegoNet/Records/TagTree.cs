using System.Buffers.Binary;
using System.Security.Cryptography;
using LegoNet.Data.Files;

namespace LegoNet.Records;

/// <summary>
/// The tag tree: a Merkle tree over the store's record keys (subject tag, record tag) that proves what is in the store and what is
/// not. It is the binary radix tree of the set of keys: one key is a leaf; several are a branch at the first bit in which they
/// differ, with the keys that have 0 there to the left. So its hash is a function of the set, and of the tag key for the salts.
/// </summary>
/// <remarks>
/// Leaves and branches are hashed apart, as in RFC 6962 (section 2.1): leaf = SHA-256(0x00, subject tag, salt), branch = SHA-256(0x01,
/// number of common bits, the common bits, left, right), nothing = SHA-256 of no bytes. A branch says where it stands: with its common
/// bits in its hash, one path shows that nothing else can lie below it, and no neighbours have to be compared as in a sorted list.
/// An object is one part of the tree: the rows of a segment, or the children of an interior node, each of which stands for a part.
/// </remarks>
internal sealed class TagTree
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashBytes = 32;

    /// <summary>Bytes of a leaf's salt.</summary>
    public const int SaltBytes = 16;

    /// <summary>Bits of a record key.</summary>
    public const int KeyBits = 8 * KeyBytes;

    /// <summary>Bits of a subject tag, the first half of a key.</summary>
    public const int TagBits = 8 * RecordKey.TagBytes;

    private const int KeyBytes = 2 * RecordKey.TagBytes;
    private const byte LeafDomain = 0;
    private const byte BranchDomain = 1;

    private readonly RecordKey[] _keys;
    private readonly byte[] _hashes;
    private readonly byte[]? _salts;

    private TagTree(RecordKey[] keys, byte[] hashes, byte[]? salts)
    {
        _keys = keys;
        _hashes = hashes;
        _salts = salts;
    }

    /// <summary>The hash of the tree over no keys, in hex.</summary>
    public static string Empty { get; } = Digests.Of([]);

    /// <summary>The part of the tree over rows, which are in key order.</summary>
    public static TagTree OfRows(ReadOnlySpan<RowRef> rows, TagKey tagKey)
    {
        var keys = new RecordKey[rows.Length];
        var salts = new byte[rows.Length * SaltBytes];
        Span<byte> tag = stackalloc byte[RecordKey.TagBytes];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = rows[i].Key;
            keys[i].WriteRecordTag(tag);
            tag[..SaltBytes].CopyTo(salts.AsSpan(i * SaltBytes));
        }

        tagKey.LeafSalts(salts, salts);
        var hashes = new byte[rows.Length * HashBytes];
        using var sha = Sha256();
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i].WriteSubjectTag(tag);
            HashLeaf(tag, salts.AsSpan(i * SaltBytes, SaltBytes), hashes.AsSpan(i * HashBytes), sha);
        }

        return new TagTree(keys, hashes, salts);
    }

    /// <summary>The part of the tree over an interior node's children: their own hashes, at the digits that lead to them.</summary>
    public static TagTree OfChildren(InteriorNode node)
    {
        var count = node.Children.Count(c => c is not null);
        var keys = new RecordKey[count];
        var hashes = new byte[count * HashBytes];
        var place = 0;
        for (var digit = 0; digit < node.Children.Length; digit++)
        {
            if (node.Children[digit] is { } child)
            {
                keys[place] = node.FirstKey(digit);
                Convert.FromHexString(child.Tags, hashes.AsSpan(place * HashBytes), out _, out _);
                place++;
            }
        }

        return new TagTree(keys, hashes, null);
    }

    /// <summary>The hash of this part, in hex.</summary>
    public string Hash()
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        using var sha = Sha256();
        Hash(0, _keys.Length, hash, sha);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>The hash of a leaf.</summary>
    /// <param name="subjectTag">The subject's tag.</param>
    /// <param name="salt">The leaf's salt.</param>
    /// <param name="hash">Receives the hash.</param>
    /// <param name="sha">SHA-256, where many hashes are made.</param>
    public static void HashLeaf(ReadOnlySpan<byte> subjectTag, ReadOnlySpan<byte> salt, Span<byte> hash, IncrementalHash? sha = null)
    {
        Span<byte> message = stackalloc byte[1 + RecordKey.TagBytes + SaltBytes];
        message[0] = LeafDomain;
        subjectTag.CopyTo(message[1..]);
        salt.CopyTo(message[(1 + RecordKey.TagBytes)..]);
        Hash(message, hash, sha);
    }

    /// <summary>The hash of a branch.</summary>
    /// <param name="bits">Bits that all keys below share.</param>
    /// <param name="prefix">At least that many bits; what is beyond them is not read.</param>
    /// <param name="left">Hash of the keys that go on with 0.</param>
    /// <param name="right">Hash of the keys that go on with 1.</param>
    /// <param name="hash">Receives the hash.</param>
    /// <param name="sha">SHA-256, where many hashes are made.</param>
    public static void HashBranch(
        int bits, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash, IncrementalHash? sha = null)
    {
        Span<byte> message = stackalloc byte[1 + sizeof(ushort) + KeyBytes + (2 * HashBytes)];
        message[0] = BranchDomain;
        BinaryPrimitives.WriteUInt16BigEndian(message[1..], (ushort)bits);
        var bytes = (bits + 7) / 8;
        var place = 1 + sizeof(ushort);
        prefix[..bytes].CopyTo(message[place..]);
        if (bits % 8 != 0)
        {
            message[place + bytes - 1] &= (byte)(0xFF << (8 - (bits % 8)));
        }

        place += bytes;
        left.CopyTo(message[place..]);
        right.CopyTo(message[(place + HashBytes)..]);
        Hash(message[..(place + (2 * HashBytes))], hash, sha);
    }

    /// <summary>
    /// Goes down this part by a subject's tag: as long as all keys that remain share fewer bits than a tag has, and agree with it.
    /// </summary>
    /// <param name="subjectTag">The tag.</param>
    /// <param name="path">Receives the branches on the way.</param>
    /// <param name="end">The branch at which the way ends, which either belongs to the subject or turns away from it; otherwise null.</param>
    /// <returns>The number of the key that the way leads to; −1 where it ends at a branch.</returns>
    public int Descend(ReadOnlySpan<byte> subjectTag, List<TagStep> path, out TagBranch? end)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        using var sha = Sha256();
        int start = 0, count = _keys.Length;
        end = null;
        while (count > 1)
        {
            _keys[start].WriteSubjectTag(key);
            _keys[start].WriteRecordTag(key[RecordKey.TagBytes..]);
            var bits = CommonBits(start, count);
            var right = FirstWithBit(start, count, bits);
            var (left, other) = (new byte[HashBytes], new byte[HashBytes]);
            Hash(start, right - start, left, sha);
            Hash(right, start + count - right, other, sha);
            if (bits >= TagBits || CommonBits(key[..RecordKey.TagBytes], subjectTag) < bits)
            {
                end = new TagBranch(bits, TagBranch.Cut(key, bits), left, other);
                return -1;
            }

            var goesRight = BitOf(subjectTag, bits);
            path.Add(new TagStep(bits, goesRight ? left : other));
            (start, count) = goesRight ? (right, start + count - right) : (start, right - start);
        }

        return start;
    }

    /// <summary>The leaf of a row.</summary>
    public TagLeaf Leaf(int row)
    {
        var tag = new byte[RecordKey.TagBytes];
        _keys[row].WriteSubjectTag(tag);
        return new TagLeaf(tag, _salts.AsSpan(row * SaltBytes, SaltBytes).ToArray());
    }

    /// <summary>A bit, counted from the most significant of the first byte.</summary>
    public static bool BitOf(ReadOnlySpan<byte> bytes, int position) => ((bytes[position >> 3] >> (7 - (position & 7))) & 1) != 0;

    /// <summary>Leading bits that two byte strings of one length share.</summary>
    public static int CommonBits(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var bytes = first.CommonPrefixLength(second);
        return bytes == first.Length ? 8 * bytes : (8 * bytes) + System.Numerics.BitOperations.LeadingZeroCount((uint)(first[bytes] ^ second[bytes])) - 24;
    }

    // For many hashes: a quarter of the time of one goes into setting it up.
    private static IncrementalHash Sha256() => IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private static void Hash(ReadOnlySpan<byte> message, Span<byte> hash, IncrementalHash? sha)
    {
        if (sha is null)
        {
            SHA256.HashData(message, hash);
            return;
        }

        sha.AppendData(message);
        sha.GetHashAndReset(hash);
    }

    private void Hash(int start, int count, Span<byte> hash, IncrementalHash sha)
    {
        if (count == 1)
        {
            _hashes.AsSpan(start * HashBytes, HashBytes).CopyTo(hash);
            return;
        }

        Span<byte> below = stackalloc byte[2 * HashBytes];
        var bits = CommonBits(start, count);
        var right = FirstWithBit(start, count, bits);
        Hash(start, right - start, below, sha);
        Hash(right, start + count - right, below[HashBytes..], sha);
        Span<byte> prefix = stackalloc byte[KeyBytes];
        _keys[start].WriteSubjectTag(prefix);
        _keys[start].WriteRecordTag(prefix[RecordKey.TagBytes..]);
        HashBranch(bits, prefix, below[..HashBytes], below[HashBytes..], hash, sha);
    }

    private int CommonBits(int start, int count) => _keys[start].CommonBits(_keys[start + count - 1]);

    // Keys are in order and share all bits before this one: those with 0 come first.
    private int FirstWithBit(int start, int count, int bit)
    {
        int low = start, high = start + count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_keys[middle].Bit(bit))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
