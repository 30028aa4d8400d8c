using System.Buffers.Binary;
using System.Security.Cryptography;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Audit;

/// <summary>
/// Everything that was ever forgotten, by tag: what additions are compared with. Most of it comes from a file beside the model, and
/// only the ledger's newest entries are read for it. The file says nothing that the ledger does not, is authenticated under the tag
/// key, and is made anew where it does not fit the ledger.
/// </summary>
internal sealed class ForgottenTags
{
    /// <summary>Entries that may be newer than the file before it is written again.</summary>
    public const int EntriesToRead = 256;

    private const int KeyBytes = 2 * RecordKey.TagBytes;
    private const int HeaderBytes = SHA256.HashSizeInBytes + sizeof(int) + SHA256.HashSizeInBytes; // MAC, newest entry, its digest.

    private readonly HashSet<RecordKey> _keys = [];
    private int _sequence;
    private string _digest = "";

    private ForgottenTags()
    {
    }

    /// <summary>Reads what was forgotten up to the present state.</summary>
    /// <param name="known">What was read before by this process; null when nothing was.</param>
    /// <param name="run">The model, whose writer's lock is held.</param>
    /// <param name="key">Its tag key, under which the file beside the model is authenticated.</param>
    /// <param name="head">The ledger's newest entry, whose signature was checked: it vouches for those before it.</param>
    /// <exception cref="LegoNetException">An entry of the ledger is malformed or missing.</exception>
    public static ForgottenTags Read(ForgottenTags? known, ModelRun run, TagKey key, LedgerHead head)
    {
        var ledger = new Ledger(run.Paths, run.Files);
        if (known is not null && known.Continue(ledger, head) is not null)
        {
            return known;
        }

        var read = Load(run, key);
        if (read.Continue(ledger, head) is not { } entries)
        {
            read = new ForgottenTags();
            entries = read.Continue(ledger, head)!.Value;
        }

        if (entries > EntriesToRead)
        {
            read.Save(run, key);
        }

        return read;
    }

    /// <summary>Whether a record, or all of its subject, was forgotten once.</summary>
    public bool Contains(in RecordKey key)
    {
        Span<byte> tag = stackalloc byte[RecordKey.TagBytes];
        key.WriteSubjectTag(tag);
        return _keys.Contains(key) || _keys.Contains(WholeSubject(tag));
    }

    /// <summary>Whether a file beside a model, if there is one, lists what the ledger's entries up to its own list.</summary>
    public static bool Agrees(ModelRun run, TagKey key, IReadOnlyList<LedgerHead> entries)
    {
        var stored = Load(run, key);
        if (stored._sequence == 0)
        {
            return true; // Absent, cut, or not authentic: it will be made anew.
        }

        var listed = new ForgottenTags();
        foreach (var entry in entries.TakeWhile(e => e.Sequence <= stored._sequence))
        {
            listed.Take(entry);
        }

        return listed._digest == stored._digest && listed._keys.SetEquals(stored._keys);
    }

    private static RecordKey WholeSubject(ReadOnlySpan<byte> tag)
    {
        Span<byte> none = stackalloc byte[RecordKey.TagBytes];
        none.Clear();
        return new RecordKey(tag, none);
    }

    private static ForgottenTags Load(ModelRun run, TagKey key)
    {
        var read = new ForgottenTags();
        if (!run.Files.FileExists(run.Paths.ForgottenTagsFile))
        {
            return read;
        }

        ReadOnlySpan<byte> bytes = run.Files.ReadAllBytes(run.Paths.ForgottenTagsFile);
        if (bytes.Length < HeaderBytes || (bytes.Length - HeaderBytes) % KeyBytes != 0
            || !CryptographicOperations.FixedTimeEquals(key.ForgottenTagsMac(bytes[SHA256.HashSizeInBytes..]), bytes[..SHA256.HashSizeInBytes]))
        {
            return read;
        }

        read._sequence = BinaryPrimitives.ReadInt32LittleEndian(bytes[SHA256.HashSizeInBytes..]);
        read._digest = Convert.ToHexStringLower(bytes[(SHA256.HashSizeInBytes + sizeof(int))..HeaderBytes]);
        read._keys.EnsureCapacity((bytes.Length - HeaderBytes) / KeyBytes);
        for (bytes = bytes[HeaderBytes..]; !bytes.IsEmpty; bytes = bytes[KeyBytes..])
        {
            read._keys.Add(new RecordKey(bytes, bytes[RecordKey.TagBytes..]));
        }

        return read;
    }

    // Losing the file costs time and nothing else, so a failure to write it is none of the change's.
    private void Save(ModelRun run, TagKey tagKey)
    {
        var bytes = new byte[HeaderBytes + (_keys.Count * KeyBytes)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(SHA256.HashSizeInBytes), _sequence);
        Convert.FromHexString(_digest, bytes.AsSpan(SHA256.HashSizeInBytes + sizeof(int)), out _, out _);
        var place = HeaderBytes;
        foreach (var key in _keys.Order())
        {
            key.WriteSubjectTag(bytes.AsSpan(place));
            key.WriteRecordTag(bytes.AsSpan(place + RecordKey.TagBytes));
            place += KeyBytes;
        }

        tagKey.ForgottenTagsMac(bytes.AsSpan(SHA256.HashSizeInBytes)).CopyTo(bytes, 0);
        var draft = run.Paths.ForgottenTagsFile + ".new";
        try
        {
            run.Files.WriteAllBytes(draft, bytes, flush: false, run.Paths.Look);
            run.Files.Rename(draft, run.Paths.ForgottenTagsFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Takes in the entries after the last one known.</summary>
    /// <returns>How many there were; null where the last one known is not the ledger's.</returns>
    private int? Continue(Ledger ledger, LedgerHead head)
    {
        if (_sequence >= head.Sequence)
        {
            return _sequence == head.Sequence && _digest == head.Digest ? 0 : null;
        }

        var newer = new List<LedgerHead>();
        foreach (var entry in ledger.Back(head))
        {
            // What was pruned is to be forgotten here, too, so all is read again.
            if (_sequence > 0 && entry.Entry.Pruned is not null)
            {
                return null;
            }

            newer.Add(entry);
            if (_sequence > 0 && entry.Sequence == _sequence + 1)
            {
                if (entry.Entry.Previous != _digest)
                {
                    return null;
                }

                break;
            }
        }

        newer.Reverse();
        newer.ForEach(Take);
        return newer.Count;
    }

    private void Take(LedgerHead read)
    {
        var entry = read.Entry;
        (_sequence, _digest) = (entry.Sequence, read.Digest);
        if (entry.Operation != Operations.Forget)
        {
            return;
        }

        foreach (var tag in entry.Tags)
        {
            var bytes = Convert.FromHexString(tag.Replace(":", "", StringComparison.Ordinal));
            _keys.Add(bytes.Length == KeyBytes ? new RecordKey(bytes, bytes.AsSpan(RecordKey.TagBytes)) : WholeSubject(bytes));
        }
    }
}
