using System.Text.Json;
using LegoNet.Storage;

namespace LegoNet.Unlearning;

/// <summary>
/// What a change did, to be kept by whoever asked for it. It carries keyed tags and digests, no identity in plain text.
/// </summary>
public sealed record Receipt
{
    /// <summary>"forget", "add" or "correct".</summary>
    public required string Operation { get; init; }

    /// <summary>When the change was acknowledged (UTC).</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What is promised of the model after the change.</summary>
    public required Guarantee Guarantee { get; init; }

    /// <summary>SHA-256 of the manifest before.</summary>
    public required string RootBefore { get; init; }

    /// <summary>SHA-256 of the manifest after; equals <see cref="RootBefore"/> when there was nothing to do.</summary>
    public required string RootAfter { get; init; }

    /// <summary>SHA-256 of the frozen spec.</summary>
    public required string SpecDigest { get; init; }

    /// <summary>Position of the change in the model's ledger; null when there was nothing to do.</summary>
    public required int? LedgerSequence { get; init; }

    /// <summary>HMAC tags of what was forgotten or corrected: a subject's tag, or subject's and record's tag joined by ':'.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Records that went, came or changed.</summary>
    public required long Records { get; init; }

    /// <summary>Adapters that were refitted, with the digest of each adapter's file after the change (null: no rows are left).</summary>
    public required IReadOnlyList<(int Number, string? Digest)> Adapters { get; init; }

    /// <summary>Stored records of other subjects with the code of a forgotten record: copies that stay.</summary>
    public long SameCodeElsewhere { get; init; }

    /// <summary>Records that were added although the ledger says that they were once forgotten.</summary>
    public long ForgottenBefore { get; init; }

    /// <summary>Rows that were removed from the model's registered caches of encodings, over all caches.</summary>
    public long CachesPurged { get; init; }

    /// <summary>The receipt as JSON.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("operation", Operation);
            json.WriteString("time", Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"));
            json.WriteString("guarantee", Guarantee.ToString());
            json.WriteString("rootBefore", RootBefore);
            json.WriteString("rootAfter", RootAfter);
            json.WriteString("spec", SpecDigest);
            if (LedgerSequence is { } sequence)
            {
                json.WriteNumber("ledgerSequence", sequence);
            }

            json.WriteNumber("records", Records);
            json.WriteStartArray("tags");
            foreach (var tag in Tags)
            {
                json.WriteStringValue(tag);
            }

            json.WriteEndArray();
            json.WriteStartArray("adapters");
            foreach (var (number, digest) in Adapters)
            {
                json.WriteStartObject();
                json.WriteNumber("number", number);
                json.WriteString("digest", digest);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("sameCodeElsewhere", SameCodeElsewhere);
            json.WriteNumber("forgottenBefore", ForgottenBefore);
            json.WriteNumber("cachesPurged", CachesPurged);
            json.WriteString(
                "howToVerify",
                "Run `legonet verify MODEL`: it derives every byte of the model from the records that are stored, and SHA-256 of manifest.json must equal rootAfter (or a later root that the ledger leads to).");
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
