using System.Text.Json;
using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Store;

namespace LegoNet.Audit;

/// <summary>
/// One line of a model's history. It binds the roots before and after and holds keyed tags only: no identity, no content, and no
/// adapter numbers either, since a route tells about the record. It is signed, and names the digest of the entry before.
/// </summary>
internal sealed record LedgerEntry
{
    /// <summary>Operations that change no record, and so lead from a root to the same.</summary>
    private static readonly string[] s_administrative = [Operations.Caches, Operations.Keys, Operations.Prune];

    /// <summary>Its number: entries are numbered from 1, without gaps.</summary>
    public required int Sequence { get; init; }

    /// <summary>The model's name: the digest of the ledger's first entry; null in that entry.</summary>
    public string? Model { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>One of <see cref="Operations"/>.</summary>
    public required string Operation { get; init; }

    /// <summary>The root digest before; null where there was no model before, or none that is known.</summary>
    public required string? RootBefore { get; init; }

    public required string RootAfter { get; init; }

    /// <summary>SHA-256 of the frozen spec.</summary>
    public required string Spec { get; init; }

    /// <summary>The digest of the entry before; null in the first.</summary>
    public string? Previous { get; init; }

    /// <summary>Tags of what was forgotten or corrected.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The caches of encodings that are registered from here on.</summary>
    public IReadOnlyList<CacheName> Caches { get; init; } = [];

    /// <summary>The caches that were registered before and are no more, though nothing was purged from them.</summary>
    public IReadOnlyList<CacheName> DroppedCaches { get; init; } = [];

    /// <summary>The key that this entry's signer takes the place of; null where the signer is that of the entry before.</summary>
    public ReplacedKey? Replaces { get; init; }

    /// <summary>The entries that are gone from here on; null where none are.</summary>
    public PrunedEntries? Pruned { get; init; }

    /// <summary>The key that signed (<see cref="VerificationKey.Fingerprint"/>); empty before signing.</summary>
    public string Signer { get; init; } = "";

    public string Signature { get; init; } = "";

    private SignedStatement Statement => new(StatementKind.LedgerEntry, WriteMembers, Signer, Signature);

    /// <summary>An entry, before the ledger gives it its place.</summary>
    public static LedgerEntry Of(string operation, DateTimeOffset time, string? rootBefore, string rootAfter, string spec) => new()
    {
        Sequence = 0,
        Time = time,
        Operation = operation,
        RootBefore = rootBefore,
        RootAfter = rootAfter,
        Spec = spec,
    };

    /// <summary>Reads an entry. Whether its signature holds is for <see cref="Refuse"/> to say.</summary>
    /// <param name="bytes">The entry's file.</param>
    /// <param name="file">What the file is called in messages.</param>
    /// <exception cref="LegoNetException">The file holds something else, or an entry spelled otherwise than <see cref="ToJson"/> spells it.</exception>
    public static LedgerEntry Parse(byte[] bytes, string file)
    {
        var entry = StatementKind.LedgerEntry.Parse(bytes, file, Read);
        return entry.ToJson().AsSpan().SequenceEqual(bytes) ? entry : throw StatementKind.LedgerEntry.Rules.Failure(file, "it is not spelled canonically");
    }

    /// <summary>The entry under its signature.</summary>
    public LedgerEntry Sign(SigningKey key)
    {
        var signed = Statement.Sign(key);
        return this with { Signer = signed.Signer, Signature = signed.Signature };
    }

    /// <summary>Why the signature does not hold; null when it does.</summary>
    /// <param name="keys">The keys that are trusted.</param>
    /// <param name="model">The model's name.</param>
    public string? Refuse(IReadOnlyCollection<VerificationKey> keys, string model) => Statement.Refuse(keys, model, Sequence);

    public byte[] ToJson() => Statement.ToCanonicalJson();

    /// <summary>Whether a text is a subject's tag, or a subject's and a record's tag joined by a colon.</summary>
    public static bool IsTag(string? text)
        => Digests.IsHex(text) || (text is { Length: 129 } && text[64] == ':' && Digests.IsHex(text[..64]) && Digests.IsHex(text[65..]));

    private static LedgerEntry Read(StrictJson root)
    {
        var tags = root.Strings("tags");
        _ = root.Choice("guarantee", null, nameof(Guarantee.Exact));
        var entry = new LedgerEntry
        {
            Sequence = (int)root.Integer("sequence", 1, int.MaxValue),
            Model = root.DigestOrNull("model"),
            Time = root.Time("time"),
            Operation = root.Choice("operation", null, Operations.All),
            RootBefore = root.DigestOrNull("rootBefore"),
            RootAfter = root.Digest("rootAfter"),
            Spec = root.Digest("spec"),
            Previous = root.DigestOrNull("previous"),
            Tags = tags.All(IsTag) ? tags : throw root.Error("tags", "has an item that is no tag"),
            Caches = CacheName.ReadAll(root, "caches"),
            DroppedCaches = CacheName.ReadAll(root, "droppedCaches"),
            Replaces = root.OptionalObject("replaces") is { } replaced ? ReplacedKey.Read(replaced) : null,
            Pruned = root.OptionalObject("pruned") is { } pruned ? PrunedEntries.Read(pruned) : null,
            Signer = root.Digest("signer"),
            Signature = root.String("signature"),
        };
        if (s_administrative.Contains(entry.Operation) && (entry.RootBefore != entry.RootAfter || entry.Tags.Count > 0))
        {
            throw root.Error("operation", "changes no record, and the entry says that it did");
        }

        return (entry.Replaces is null) == (entry.Operation != Operations.Keys) && (entry.Pruned is null) == (entry.Operation != Operations.Prune)
            ? entry
            : throw root.Error("operation", "does not go with the entry's other members");
    }

    private void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteNumber("sequence", Sequence);
        json.WriteString("model", Model);
        json.WriteString("time", CanonicalJson.Spell(Time));
        json.WriteString("operation", Operation);
        json.WriteString("guarantee", nameof(Guarantee.Exact));
        json.WriteString("rootBefore", RootBefore);
        json.WriteString("rootAfter", RootAfter);
        json.WriteString("spec", Spec);
        json.WriteString("previous", Previous);
        json.WriteStartArray("tags");
        foreach (var tag in Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        CacheName.WriteAll(json, "caches", Caches);
        CacheName.WriteAll(json, "droppedCaches", DroppedCaches);
        Replaces?.WriteTo(json, "replaces");
        Pruned?.WriteTo(json, "pruned");
    }
}
