using System.Text.Json;
using LegoNet.Data.Files;
using LegoNet.Data.Json;

namespace LegoNet.Audit;

/// <summary>
/// One line of a model's history. It binds the roots before and after and holds keyed tags only: no identity, no content, and no
/// adapter numbers either, since a route tells about the record. It is signed, and names the digest of the entry before.
/// </summary>
internal sealed record LedgerEntry(
    int Sequence,
    DateTimeOffset Time,
    string Operation,
    string? RootBefore,
    string RootAfter,
    string Spec,
    string? Previous,
    IReadOnlyList<string> Tags,
    string Signer = "",
    string Signature = "")
{
    private SignedStatement Statement => new(StatementKind.LedgerEntry, WriteMembers, Signer, Signature);

    /// <summary>Reads an entry. Whether its signature holds is for <see cref="Refuse"/> to say.</summary>
    /// <param name="bytes">The entry's file.</param>
    /// <param name="file">What the file is called in messages.</param>
    /// <exception cref="LegoNetException">The file holds something else, or an entry spelled otherwise than <see cref="ToJson"/> spells it.</exception>
    public static LedgerEntry Parse(byte[] bytes, string file)
    {
        var root = StrictJson.Parse(bytes, file, StatementKind.LedgerEntry.Rules);
        var tags = root.Strings("tags");
        var entry = new LedgerEntry(
            (int)root.Integer("sequence", 1, int.MaxValue),
            root.Time("time"),
            root.String("operation"),
            root.DigestOrNull("rootBefore"),
            root.Digest("rootAfter"),
            root.Digest("spec"),
            root.DigestOrNull("previous"),
            tags.All(IsTag) ? tags : throw root.Error("tags", "has an item that is no tag"),
            root.Digest("signer"),
            root.String("signature"));
        _ = root.Choice("guarantee", null, nameof(Guarantee.Exact));
        root.Finish();
        return entry.ToJson().AsSpan().SequenceEqual(bytes) ? entry : throw root.Error(null, "is not spelled canonically");
    }

    /// <summary>The entry under its signature.</summary>
    public LedgerEntry Sign(SigningKey key)
    {
        var signed = Statement.Sign(key);
        return this with { Signer = signed.Signer, Signature = signed.Signature };
    }

    /// <summary>Why the signature does not hold; null when it does.</summary>
    public string? Refuse(IReadOnlyCollection<VerificationKey> keys) => Statement.Refuse(keys);

    public byte[] ToJson() => Statement.ToCanonicalJson();

    /// <summary>Whether a text is a subject's tag, or a subject's and a record's tag joined by a colon.</summary>
    public static bool IsTag(string? text)
        => Digests.IsHex(text) || (text is { Length: 129 } && text[64] == ':' && Digests.IsHex(text[..64]) && Digests.IsHex(text[65..]));

    private void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteNumber("sequence", Sequence);
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
    }
}
