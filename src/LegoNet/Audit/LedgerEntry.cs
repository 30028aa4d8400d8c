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
    string Signer,
    string Signature = "")
{
    /// <summary>The entry under its signature.</summary>
    public LedgerEntry Sign(SigningKey key) => this with { Signature = key.Sign(Signing.LedgerDomain, Statement()) };

    /// <summary>What is signed: the entry without its signature.</summary>
    public byte[] Statement() => CanonicalJson.Write(json => WriteTo(json, signed: false));

    public byte[] ToJson() => CanonicalJson.Write(json => WriteTo(json, signed: true));

    public static LedgerEntry Parse(byte[] bytes, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            var entry = new LedgerEntry(
                root.GetProperty("sequence").GetInt32(),
                root.GetProperty("time").GetDateTimeOffset(),
                root.GetProperty("operation").GetString()!,
                root.GetProperty("rootBefore").GetString(),
                root.GetProperty("rootAfter").GetString()!,
                root.GetProperty("spec").GetString()!,
                root.GetProperty("previous").GetString(),
                [.. root.GetProperty("tags").EnumerateArray().Select(t => t.GetString()!)],
                root.GetProperty("signer").GetString()!,
                root.GetProperty("signature").GetString()!);

            // A member that is not read here would be one that the signature does not cover.
            if (!entry.Tags.All(IsTag) || !Digests.IsHex(entry.Signer))
            {
                throw new FormatException("a tag or its signer is malformed");
            }

            return entry.ToJson().AsSpan().SequenceEqual(bytes) ? entry : throw new FormatException("it is not spelled canonically, or has members that no entry has");
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw LegoNetException.Damaged($"{file}: not a ledger entry ({LegoNetException.Cause(e)}).", e);
        }
    }

    /// <summary>Whether a text is a subject's tag, or a subject's and a record's tag joined by a colon.</summary>
    public static bool IsTag(string? text)
        => Digests.IsHex(text) || (text is { Length: 129 } && text[64] == ':' && Digests.IsHex(text[..64]) && Digests.IsHex(text[65..]));

    private void WriteTo(Utf8JsonWriter json, bool signed)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence", Sequence);
        json.WriteString("time", ClosedObject.Spell(Time));
        json.WriteString("operation", Operation);
        json.WriteString("guarantee", nameof(Guarantee.Exact));
        json.WriteString("rootBefore", RootBefore);
        json.WriteString("rootAfter", RootAfter);
        json.WriteString("spec", Spec);
        json.WriteString("previous", Previous);
        json.WriteString("signer", Signer);
        if (signed)
        {
            json.WriteString("signature", Signature);
        }

        json.WriteStartArray("tags");
        foreach (var tag in Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
