using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using LegoNet.Data;
using LegoNet.Files;

namespace LegoNet.Records;

/// <summary>
/// The secret under which identities become tags (HMAC-SHA256). It lives in a file beside the model, never inside it. Two models
/// can be compared byte for byte when they were made with the same key file.
/// </summary>
public sealed class TagKey
{
    private const int KeyBytes = 32;

    private readonly byte[] _key;
    private readonly byte[] _leafKey;

    // To set up a keyed hash takes longer than to hash a name.
    private readonly ConcurrentBag<IncrementalHash> _macs = [];

    private TagKey(byte[] key)
    {
        _key = key;
        _leafKey = Mac("legonet.leaf.v1", "", "");
    }

    /// <summary>A key from 32 secret bytes.</summary>
    public static TagKey FromBytes(ReadOnlySpan<byte> key)
        => key.Length == KeyBytes ? new TagKey(key.ToArray()) : throw new ArgumentException($"A tag key has {KeyBytes} bytes.", nameof(key));

    /// <summary>A new random key, kept in memory only.</summary>
    public static TagKey CreateRandom() => new(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Reads a key file: 64 hexadecimal digits.</summary>
    /// <exception cref="LegoNetException">The file is missing or holds no key.</exception>
    public static TagKey Load(string path) => Load(path, PhysicalFileLayer.Instance);

    /// <summary>Reads a key file, or creates it with owner-only permissions where it does not exist.</summary>
    /// <exception cref="LegoNetException">The file holds no key, or cannot be created.</exception>
    public static TagKey LoadOrCreate(string path) => LoadOrCreate(path, PhysicalFileLayer.Instance);

    /// <summary>Writes the key to a new file with owner-only permissions; an existing file is left as it is.</summary>
    /// <exception cref="LegoNetException">The file cannot be created.</exception>
    public void Save(string path) => Save(path, PhysicalFileLayer.Instance);

    internal static TagKey Load(string path, IFileLayer layer)
    {
        try
        {
            var text = Encoding.UTF8.GetString(layer.ReadAllBytes(path)).Trim();
            return text.Length == 2 * KeyBytes
                ? new TagKey(Convert.FromHexString(text))
                : throw LegoNetException.BadInput($"{path}: not a tag key (64 hexadecimal digits are expected).");
        }
        catch (FormatException e)
        {
            throw LegoNetException.BadInput($"{path}: not a tag key (64 hexadecimal digits are expected).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput(
                $"{path}: the tag key cannot be read ({LegoNetException.Cause(e)}), and without it no record can be found or forgotten.",
                e,
                LegoNetReason.TagKeyUnreadable);
        }
    }

    internal static TagKey LoadOrCreate(string path, IFileLayer layer)
    {
        if (!layer.FileExists(path))
        {
            CreateRandom().Save(path, layer);
        }

        return Load(path, layer);
    }

    internal void Save(string path, IFileLayer layer)
    {
        try
        {
            // Another process may create it first; its key is as good.
            layer.TryCreate(path, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(_key) + "\n"), secret: true);
            NewFile.RemoveDrafts(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LegoNetException.BadInput($"{path}: the tag key cannot be created ({LegoNetException.Cause(e)}).", e);
        }
    }

    /// <summary>The tag of a subject, 32 bytes; the same for every spelling that <see cref="RecordName.Normalize"/> makes one.</summary>
    /// <exception cref="LegoNetException">The subject is no name.</exception>
    public byte[] SubjectTag(string subject) => SubjectTag(subject, null);

    /// <summary>The tag of a record within its subject, 32 bytes; the same for every spelling that <see cref="RecordName.Normalize"/> makes one.</summary>
    /// <exception cref="LegoNetException">The subject or the id is no name.</exception>
    public byte[] RecordTag(string subject, string id)
        => Mac("legonet.record.v1", RecordName.Normalize(subject, "subject"), RecordName.Normalize(id, "id"));

    /// <summary>The tag of a subject that stands at a place, which the message names.</summary>
    internal byte[] SubjectTag(string subject, string? place) => Mac("legonet.subject.v1", RecordName.Normalize(subject, "subject", place), "");

    /// <summary>Both tags of a record that stands at a place, which the message names.</summary>
    internal RecordKey KeyOf(string subject, string id, string? place = null)
    {
        var (owner, name) = (RecordName.Normalize(subject, "subject", place), RecordName.Normalize(id, "id", place));
        return new RecordKey(Mac("legonet.subject.v1", owner, ""), Mac("legonet.record.v1", owner, name));
    }

    /// <summary>
    /// A salt for the segment whose first row has the given key. It makes a segment's digest useless for testing guesses of what
    /// the segment holds, yet depends on the segment's rows alone.
    /// </summary>
    internal string SegmentSalt(in RecordKey first)
    {
        Span<byte> message = stackalloc byte[18 + (2 * RecordKey.TagBytes)];
        "legonet.segment.v1"u8.CopyTo(message);
        first.WriteSubjectTag(message[18..]);
        first.WriteRecordTag(message[(18 + RecordKey.TagBytes)..]);
        return Convert.ToHexStringLower(HMACSHA256.HashData(_key, message));
    }

    /// <summary>
    /// Salts of the tag tree's leaves (<see cref="TagTree"/>), 16 bytes for each record tag. They keep a hash in somebody else's
    /// proof from confirming that a known tag stands behind it. Each is AES-256 of the record tag's first block under a key of its own:
    /// a pseudo-random function of distinct inputs (FIPS 197), at one call for all rows of a segment.
    /// </summary>
    /// <param name="blocks">The first 16 bytes of each record tag, [m, 16].</param>
    /// <param name="salts">Receives the salts, [m, 16].</param>
    internal void LeafSalts(ReadOnlySpan<byte> blocks, Span<byte> salts)
    {
        using var cipher = Aes.Create();
        cipher.SetKey(_leafKey);
        cipher.EncryptEcb(blocks, salts, PaddingMode.None);
    }

    /// <summary>Starts a keyed hash (HMAC-SHA256) over content. The domain comes first, so no other tag can be mistaken for it.</summary>
    internal IncrementalHash BeginContentTag()
    {
        var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData("legonet.content.v1"u8);
        return mac;
    }

    /// <summary>Authenticates the list of forgotten tags that is kept beside a model: HMAC-SHA256, 32 bytes.</summary>
    internal byte[] ForgottenTagsMac(ReadOnlySpan<byte> list) => HMACSHA256.HashData(_key, (byte[])[.. "legonet.forgotten.v1"u8, .. list]);

    /// <summary>A short public name of the key, so that a wrong key file is noticed: 16 hexadecimal digits of a keyed hash.</summary>
    internal string Fingerprint => Convert.ToHexStringLower(Mac("legonet.keyname.v1", "", "").AsSpan(0, 8));

    private byte[] Mac(string domain, string first, string second)
    {
        // Lengths in front keep ("ab", "c") and ("a", "bc") apart.
        var encoding = Encoding.UTF8;
        int domainBytes = encoding.GetByteCount(domain), firstBytes = encoding.GetByteCount(first), secondBytes = encoding.GetByteCount(second);
        var message = new byte[4 + domainBytes + 4 + firstBytes + secondBytes];
        var place = 0;
        BinaryPrimitives.WriteInt32LittleEndian(message, domainBytes);
        place += 4;
        place += encoding.GetBytes(domain, message.AsSpan(place));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(place), firstBytes);
        place += 4;
        place += encoding.GetBytes(first, message.AsSpan(place));
        encoding.GetBytes(second, message.AsSpan(place));
        var mac = _macs.TryTake(out var idle) ? idle : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData(message);
        var tag = mac.GetHashAndReset();
        _macs.Add(mac);
        return tag;
    }
}
