using System.Buffers.Binary;
using System.Security.Cryptography;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Audit;

/// <summary>
/// Everything that was ever forgotten, by tag: what additions are compared with. Most of it comes from a file beside the model, and
/// only the ledger's newest entries are read for it. The file says nothing that the ledger does not, and is made anew where it does
/// not fit the ledger.
/// </summary>
internal sealed class ForgottenTags
{
    /// <summary>Entries that may be newer than the file before it is written again.</summary>
    public const int EntriesToRead = 256;

    private const int KeyBytes = 2 * RecordKey.TagBytes;
    private const int HeaderBytes = SHA256.HashSizeInBytes + sizeof(int) + SHA256.HashSizeInBytes;

    private readonly HashSet<RecordKey> _keys = [];
    private int _sequence;
    private string _digest = "";

    private ForgottenTags()
    {
    }

    /// <summary>Reads what was forgotten up to the present state.</summary>
    /// <param name="known">What was read before by this process; null when nothing was.</param>
    /// <param name="paths">The model, whose writer's lock is held.</param>
    /// <param name="layer">File operations.</param>
    /// <param name="root">The model's present root digest.</param>
    /// <exception cref="LegoNetException">An entry of the ledger is malformed.</exception>
    public static ForgottenTags Read(ForgottenTags? known, ModelPaths paths, IFileLayer layer, string root)
    {
        var ledger = new Ledger(paths, layer);
        foreach (var start in (Func<ForgottenTags?>[])[() => known, () => Load(paths, layer), () => new ForgottenTags()])
        {
            if (start() is { } read && read.Continue(ledger, root, out var entries))
            {
                if (entries > EntriesToRead)
                {
                    read.Save(paths, layer);
                }

                return read;
            }
        }

        // The ledger has gaps: all that is there counts.
        var all = new ForgottenTags();
        foreach (var (entry, digest) in ledger.Entries())
        {
            all.Take(entry, digest);
        }

        return all;
    }

    /// <summary>Whether a record, or all of its subject, was forgotten once.</summary>
    public bool Contains(in RecordKey key)
    {
        Span<byte> tag = stackalloc byte[RecordKey.TagBytes];
        key.WriteSubjectTag(tag);
        return _keys.Contains(key) || _keys.Contains(WholeSubject(tag));
    }

    /// <summary>Whether a file beside a model, if there is one, lists what the ledger's first entries list.</summary>
    public static bool Agrees(ModelPaths paths, IFileLayer layer, IEnumerable<(LedgerEntry Entry, string Digest)> entries)
    {
        var stored = Load(paths, layer);
        if (stored._sequence == 0)
        {
            return true; // Absent, or cut: it will be made anew.
        }

        var listed = new ForgottenTags();
        foreach (var (entry, digest) in entries.TakeWhile(e => e.Entry.Sequence <= stored._sequence))
        {
            listed.Take(entry, digest);
        }

        return listed._digest != stored._digest || listed._keys.SetEquals(stored._keys);
    }

    private static RecordKey WholeSubject(ReadOnlySpan<byte> tag)
    {
        Span<byte> none = stackalloc byte[RecordKey.TagBytes];
        none.Clear();
        return new RecordKey(tag, none);
    }

    private static ForgottenTags Load(ModelPaths paths, IFileLayer layer)
    {
        var read = new ForgottenTags();
        if (!layer.FileExists(paths.ForgottenTagsFile))
        {
            return read;
        }

        ReadOnlySpan<byte> bytes = layer.ReadAllBytes(paths.ForgottenTagsFile);
        if (bytes.Length < HeaderBytes || (bytes.Length - HeaderBytes) % KeyBytes != 0
            || !SHA256.HashData(bytes[SHA256.HashSizeInBytes..]).AsSpan().SequenceEqual(bytes[..SHA256.HashSizeInBytes]))
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
    private void Save(ModelPaths paths, IFileLayer layer)
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

        SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes), bytes);
        var draft = paths.ForgottenTagsFile + ".new";
        try
        {
            layer.WriteAllBytes(draft, bytes, flush: false, paths.Look);
            layer.Rename(draft, paths.ForgottenTagsFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Takes in the entries after the last one known.</summary>
    /// <returns>False where that entry is not the ledger's, or the entries after it do not lead to the present state.</returns>
    private bool Continue(Ledger ledger, string root, out int entries)
    {
        entries = 0;
        string? reached = null;
        if (_sequence > 0)
        {
            if (ledger.Find(_sequence) is not { } last || last.Digest != _digest)
            {
                return false;
            }

            reached = last.Entry.RootAfter;
        }

        while (ledger.Find(_sequence + 1) is { } next)
        {
            Take(next.Entry, next.Digest);
            reached = next.Entry.RootAfter;
            entries++;
        }

        return reached == root;
    }

    private void Take(LedgerEntry entry, string digest)
    {
        (_sequence, _digest) = (entry.Sequence, digest);
        if (entry.Operation != "forget")
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
