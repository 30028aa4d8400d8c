using System.Text.Json;
using LegoNet.Data.Json;
using LegoNet.Files;

namespace LegoNet.Audit;

/// <summary>
/// What a change did, signed, to be kept by whoever asked for it. It carries keyed tags and digests, no identity in plain text.
/// </summary>
/// <remarks>
/// Who signed it stands for it: that the tags belong to the people asked about and that the roots are those of the model in use can
/// be tested with the model and its tag key only (<see cref="LegoNetModel.VerifyReceipt"/>).
/// </remarks>
public sealed record Receipt
{
    /// <summary>"forget", "add" or "correct".</summary>
    public required string Operation { get; init; }

    /// <summary>When the change was acknowledged (UTC), to the millisecond.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What is promised of the model after the change.</summary>
    public required Guarantee Guarantee { get; init; }

    /// <summary>The model's root digest before.</summary>
    public required string RootBefore { get; init; }

    /// <summary>The model's root digest after; equals <see cref="RootBefore"/> when there was nothing to do.</summary>
    public required string RootAfter { get; init; }

    /// <summary>SHA-256 of the frozen spec.</summary>
    public required string SpecDigest { get; init; }

    /// <summary>The model, and the newest entry of its ledger when the receipt was signed: the change's own, unless it was made again later.</summary>
    public required LedgerPosition Head { get; init; }

    /// <summary>Position of the change in the model's ledger; null when there was nothing to do.</summary>
    public required int? LedgerSequence { get; init; }

    /// <summary>SHA-256 of the change's entry in the ledger; null when there was nothing to do.</summary>
    public string? LedgerEntry { get; init; }

    /// <summary>SHA-256 of the ledger's entry before it; null when there was none, or nothing to do.</summary>
    public string? LedgerPrevious { get; init; }

    /// <summary>HMAC tags of what was forgotten or corrected: a subject's tag, or subject's and record's tag joined by ':'.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Records that went, came or changed.</summary>
    public required long Records { get; init; }

    /// <summary>Adapters that were fitted anew.</summary>
    public required IReadOnlyList<RefittedAdapter> Adapters { get; init; }

    /// <summary>Stored records of other subjects with the code of a forgotten record: copies that stay.</summary>
    public long SameCodeElsewhere { get; init; }

    /// <summary>Records that were added although the ledger says that they were once forgotten.</summary>
    public long ForgottenBefore { get; init; }

    /// <summary>Rows that were removed from the model's registered caches of encodings, over all caches.</summary>
    public long CachesPurged { get; init; }

    /// <summary>Full paths of registered caches of encodings that were given up unpurged: what they hold of the forgotten is still there.</summary>
    public IReadOnlyList<string> DroppedCaches { get; init; } = [];

    /// <summary>
    /// Whether the receipt was made again from the ledger, which keeps no counts and no adapters: then those are zero, and none.
    /// </summary>
    public bool IsMadeAgain { get; init; }

    /// <summary>What to do with the receipt, in a sentence.</summary>
    public string HowToVerify { get; init; } =
        "Run `legonet verify MODEL --receipt FILE`: it derives every byte of the model from the records that are stored, "
        + "checks this signature and the ledger's, and follows the ledger from rootAfter to the present root.";

    /// <summary>The key that signed (<see cref="VerificationKey.Fingerprint"/>); empty before signing.</summary>
    public string Signer { get; init; } = "";

    /// <summary>ECDSA signature (P-256, SHA-256, DER) in base64 over the receipt without it; empty before signing.</summary>
    public string Signature { get; init; } = "";

    /// <summary>How a file that holds a receipt is told.</summary>
    internal static OutputKind FileKind { get; } = OutputKind.Json("a receipt", "operation", "rootBefore", "signature");

    private SignedStatement Statement => new(StatementKind.Receipt, WriteMembers, Signer, Signature);

    /// <summary>Reads a receipt from JSON. Whether its signature holds is for <see cref="Verify"/> to say.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">What the text is called in messages.</param>
    /// <exception cref="LegoNetException">The text is no receipt of a known format.</exception>
    public static Receipt Parse(string json, string name = "receipt") => StatementKind.Receipt.Parse(json, name, Read);

    /// <summary>Whether the receipt is what one of some keys signed.</summary>
    /// <param name="keys">The keys that are trusted.</param>
    public bool Verify(params IReadOnlyCollection<VerificationKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Refuse(keys) is null;
    }

    /// <summary>The receipt as JSON.</summary>
    public string ToJson() => Statement.ToJson();

    internal Receipt Sign(SigningKey key)
    {
        var signed = Statement.Sign(key);
        return this with { Signer = signed.Signer, Signature = signed.Signature };
    }

    /// <summary>Why the signature does not hold; null when it does.</summary>
    internal string? Refuse(IReadOnlyCollection<VerificationKey> keys) => Statement.Refuse(keys, Head.Model, Head.Sequence);

    /// <summary>The receipt of a change as its ledger entry tells it.</summary>
    internal static Receipt Of(LedgerHead change, LedgerHead head) => new()
    {
        Operation = change.Entry.Operation,
        Time = change.Entry.Time,
        Guarantee = Guarantee.Exact,
        RootBefore = change.Entry.RootBefore ?? change.Entry.RootAfter,
        RootAfter = change.Entry.RootAfter,
        SpecDigest = change.Entry.Spec,
        Head = head.Position,
        LedgerSequence = change.Sequence,
        LedgerEntry = change.Digest,
        LedgerPrevious = change.Entry.Previous,
        Tags = change.Entry.Tags,
        Records = 0,
        Adapters = [],
        DroppedCaches = [.. change.Entry.DroppedCaches.Select(c => c.Path)],
        IsMadeAgain = true,
    };

    private static Receipt Read(StrictJson root)
    {
        var tags = root.Strings("tags");
        _ = root.Choice("guarantee", null, nameof(Guarantee.Exact));
        var receipt = new Receipt
        {
            Operation = root.Choice("operation", null, Operations.Forget, Operations.Add, Operations.Correct),
            Time = root.Time("time"),
            Guarantee = Guarantee.Exact,
            RootBefore = root.Digest("rootBefore"),
            RootAfter = root.Digest("rootAfter"),
            SpecDigest = root.Digest("spec"),
            Head = LedgerPosition.Read(root.Object("head")),
            LedgerSequence = root.Has("ledgerSequence") ? (int)root.Integer("ledgerSequence", 1, int.MaxValue) : null,
            LedgerEntry = root.OptionalDigest("ledgerEntry"),
            LedgerPrevious = root.OptionalDigest("ledgerPrevious"),
            Records = root.Integer("records", 0, long.MaxValue),
            Tags = tags.All(Audit.LedgerEntry.IsTag) ? tags : throw root.Error("tags", "has an item that is no tag"),
            Adapters = [.. root.Objects("adapters").Select(ReadAdapter)],
            SameCodeElsewhere = root.Integer("sameCodeElsewhere", 0, long.MaxValue),
            ForgottenBefore = root.Integer("forgottenBefore", 0, long.MaxValue),
            CachesPurged = root.Integer("cachesPurged", 0, long.MaxValue),
            DroppedCaches = root.OptionalStrings("droppedCaches") ?? [],
            IsMadeAgain = root.Boolean("madeAgain", false),
            HowToVerify = root.String("howToVerify"),
            Signer = root.Digest("signer"),
            Signature = root.String("signature"),
        };
        return (receipt.LedgerSequence is null) == (receipt.LedgerEntry is null) && (receipt.LedgerSequence is not null || receipt.LedgerPrevious is null)
            ? receipt
            : throw root.Error(null, "names the ledger's entry by half");
    }

    private static RefittedAdapter ReadAdapter(StrictJson adapter)
    {
        var read = new RefittedAdapter((int)adapter.Integer("number", 0, ushort.MaxValue), adapter.DigestOrNull("digest"));
        adapter.Finish();
        return read;
    }

    private void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("operation", Operation);
        json.WriteString("time", CanonicalJson.Spell(Time));
        json.WriteString("guarantee", Guarantee.ToString());
        json.WriteString("rootBefore", RootBefore);
        json.WriteString("rootAfter", RootAfter);
        json.WriteString("spec", SpecDigest);
        Head.WriteTo(json, "head");
        if (LedgerSequence is { } sequence)
        {
            json.WriteNumber("ledgerSequence", sequence);
            json.WriteString("ledgerEntry", LedgerEntry);
            if (LedgerPrevious is not null)
            {
                json.WriteString("ledgerPrevious", LedgerPrevious);
            }
        }

        json.WriteNumber("records", Records);
        json.WriteStartArray("tags");
        foreach (var tag in Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteStartArray("adapters");
        foreach (var adapter in Adapters)
        {
            json.WriteStartObject();
            json.WriteNumber("number", adapter.Number);
            json.WriteString("digest", adapter.Digest);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("sameCodeElsewhere", SameCodeElsewhere);
        json.WriteNumber("forgottenBefore", ForgottenBefore);
        json.WriteNumber("cachesPurged", CachesPurged);
        if (DroppedCaches.Count > 0)
        {
            json.WriteStartArray("droppedCaches");
            foreach (var cache in DroppedCaches)
            {
                json.WriteStringValue(cache);
            }

            json.WriteEndArray();
        }

        if (IsMadeAgain)
        {
            json.WriteBoolean("madeAgain", true);
        }

        json.WriteString("howToVerify", HowToVerify);
    }
}
