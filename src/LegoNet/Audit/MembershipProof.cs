using LegoNet.Files;
using LegoNet.Records;

namespace LegoNet.Audit;

/// <summary>
/// A short signed proof that a subject has records in a model, or that it has none, to be checked without the model.
/// </summary>
/// <remarks>
/// The proof is a way down the model's tag tree, a Merkle tree over the keyed tags of all records: branch by branch it follows the
/// subject's tag, with the hash of each side that it does not take, to a node that either holds the tag or turns away from it. From
/// that node and the hashes on the way, the checker computes the root digest. Every branch has the bits that all tags below it share
/// in its hash, so where the way turns away no record of the subject can lie. Leaves and branches are hashed apart as in RFC 6962,
/// section 2.1; the tree is a binary radix tree as in "CONIKS" (Melara et al., USENIX Security 2015), without its verifiable random
/// function: that the tag belongs to the subject is the signer's word.
/// A proof holds at most one other subject's keyed tag, hashes, and counts of common bits, which give away about how many records
/// there are; and, of the subject at whose tag the way ends, whether it has one record or several. Its salted digest of the subject's name lets its holder
/// confirm the name, and whoever gets hold of it test a guess.
/// </remarks>
public sealed class MembershipProof
{
    private readonly MembershipStatement _statement;
    private readonly SignedStatement _signed;

    private MembershipProof(MembershipStatement statement, string signer = "", string signature = "")
        : this(statement, new SignedStatement(StatementKind.Proof, statement.WriteTo, signer, signature))
    {
    }

    private MembershipProof(MembershipStatement statement, SignedStatement signed)
    {
        _statement = statement;
        _signed = signed;
    }

    /// <summary>How a file that holds a proof is told.</summary>
    internal static OutputKind FileKind { get; } = OutputKind.Json("a proof", "kind", "signer", "signature");

    /// <summary>What is proven.</summary>
    public MembershipKind Kind => _statement.Kind;

    /// <summary>When the proof was made (UTC), to the millisecond, by the signer's clock.</summary>
    public DateTimeOffset Time => _statement.Time;

    /// <summary>The model that the proof is about, and the newest entry of its ledger when the proof was made.</summary>
    public LedgerPosition Head => _statement.Head;

    /// <summary>Root digest of the state of the model that the proof is about.</summary>
    public string RootDigest => _statement.Root;

    /// <summary>The subject's keyed tag, in hex.</summary>
    public string SubjectTag => Convert.ToHexStringLower(_statement.Tag);

    /// <summary>Branches on the way from the top of the tag tree; about the binary logarithm of the number of records.</summary>
    public int Steps => _statement.Path.Count;

    /// <summary>The key that signed (<see cref="VerificationKey.Fingerprint"/>).</summary>
    public string Signer => _signed.Signer;

    /// <summary>ECDSA signature (P-256, SHA-256, DER) in base64 over the proof without it.</summary>
    public string Signature => _signed.Signature;

    /// <summary>Reads a proof from JSON; no input makes it take more memory or time than its length warrants.</summary>
    /// <param name="json">The text, at most 128 KiB.</param>
    /// <param name="name">What the text is called in messages.</param>
    /// <exception cref="LegoNetException">The text is no proof of a known format.</exception>
    public static MembershipProof Parse(string json, string name = "proof")
        => StatementKind.Proof.Parse(json, name, root => new MembershipProof(MembershipStatement.Read(root), root.Digest("signer"), root.String("signature")));

    /// <summary>Checks the proof without the model.</summary>
    /// <param name="keys">The public keys that are trusted.</param>
    /// <param name="expected">What is known from elsewhere; null for nothing.</param>
    public MembershipReport Check(IReadOnlyCollection<VerificationKey> keys, ProofExpectations? expected = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        expected ??= new ProofExpectations();
        var failures = new List<string>();
        if (_signed.Refuse(keys, Head.Model, Head.Sequence) is { } why)
        {
            failures.Add($"The proof {why}.");
        }

        if (_statement.WrongWay() is { } wrong)
        {
            failures.Add($"The way down the tag tree {wrong}.");
        }

        if (expected.RootDigest is { } root && !root.Equals(RootDigest, StringComparison.OrdinalIgnoreCase))
        {
            failures.Add($"The proof is about root {RootDigest}, not about root {root.ToLowerInvariant()}.");
        }

        if (expected.Model is { } model && !model.Equals(Head.Model, StringComparison.OrdinalIgnoreCase))
        {
            failures.Add($"The proof is about model {Head.Model}, not about model {model.ToLowerInvariant()}.");
        }

        if (expected.Subject is { } subject && !_statement.IsAbout(subject))
        {
            failures.Add("The proof is about another subject than the one named.");
        }

        if (expected.MaxAge is { } maxAge)
        {
            CheckAge(maxAge, expected.Clock.GetUtcNow(), failures);
        }

        if (expected.Receipt is { } receipt)
        {
            CompareReceipt(receipt, keys, failures);
        }

        return failures.Count > 0 ? new MembershipReport([.. failures], [], []) : Explain(expected);
    }

    /// <summary>The proof as JSON.</summary>
    public string ToJson() => _signed.ToJson();

    /// <summary>Makes and signs a proof of what a way down the tag tree shows.</summary>
    internal static MembershipProof Create(
        string subject,
        byte[] tag,
        DateTimeOffset time,
        LedgerPosition head,
        string root,
        string manifest,
        IReadOnlyList<TagStep> path,
        TagEnd? end,
        SigningKey key)
        => new MembershipProof(MembershipStatement.Of(subject, tag, time, head, root, manifest, path, end)).Sign(key);

    /// <summary>The same statements under the signature of a key.</summary>
    internal MembershipProof Sign(SigningKey key) => new(_statement, _signed.Sign(key));

    /// <summary>What is wrong with the way down the tag tree; null when it shows what the proof says.</summary>
    internal string? WrongWay() => _statement.WrongWay();

    private void CheckAge(TimeSpan maxAge, DateTimeOffset now, List<string> failures)
    {
        if (now - Time > maxAge)
        {
            failures.Add($"The proof was made at {Ledger.Show(Time)}, which is longer ago than is accepted; ask for a new one.");
        }
        else if (Time - now > Ledger.ClockSkew)
        {
            failures.Add($"The proof says that it was made at {Ledger.Show(Time)}, and it is {Ledger.Show(now)} now.");
        }
    }

    private void CompareReceipt(Receipt receipt, IReadOnlyCollection<VerificationKey> keys, List<string> failures)
    {
        if (receipt.Refuse(keys) is { } why)
        {
            failures.Add($"The receipt {why}.");
        }

        if (receipt.Tags.All(tag => tag != SubjectTag && !tag.StartsWith(SubjectTag + ":", StringComparison.Ordinal)))
        {
            failures.Add("The receipt does not name the proof's tag.");
        }

        if (Kind == MembershipKind.Presence && receipt.Operation == Operations.Forget && receipt.Tags.Contains(SubjectTag))
        {
            failures.Add("The receipt says that everything under the proof's tag was forgotten, and the proof shows a record under it.");
        }

        if (receipt.Head.Model != Head.Model)
        {
            failures.Add($"The receipt is about model {receipt.Head.Model}, and the proof is about model {Head.Model}.");
        }
        else if (Head.Sequence < SequenceOf(receipt))
        {
            failures.Add(
                $"The proof is of the state after entry {Head.Sequence} of the model's ledger, before the change that the receipt is of "
                + $"(entry {SequenceOf(receipt)}).");
        }
        else if (Head.Sequence == SequenceOf(receipt) && receipt.RootAfter != RootDigest)
        {
            failures.Add($"The receipt leads to root {receipt.RootAfter}, and the proof is about root {RootDigest} at the same entry of the model's ledger.");
        }
    }

    private MembershipReport Explain(ProofExpectations expected)
    {
        List<string> proven =
        [
            $"Under root {RootDigest}, the canonical way by tag {SubjectTag} ends "
                + (Kind == MembershipKind.Presence ? "at a record with this tag." : "without a record."),
            $"Whoever holds the private key {Signer} signed this, of model {Head.Model} at entry {Head.Sequence} of its ledger.",
        ];
        List<string> word =
        [
            "That the tag belongs to the subject: tags are made with a secret key, so only its holder can derive them."
                + (expected.Subject is null ? " (With the subject's name given, the check says whether the signer speaks of it.)" : ""),
            (expected.RootDigest is null ? "That this root is that of the model in use, and" : "That the model in use has the root that you trust, and")
                + " that its tag tree was built from all of its records, so that what the way shows is so of the whole model: "
                + "whoever has the model and its tag key can derive both (`legonet verify`).",
            $"The time, {Ledger.Show(Time)}, and that entry {Head.Sequence} was the newest then.",
        ];
        if (expected.Receipt is { } receipt)
        {
            proven.Add(OfReceipt(receipt));
            if (receipt.RootAfter != RootDigest)
            {
                word.Add($"That the ledger leads from the receipt's change (entry {SequenceOf(receipt)}) to the state of the proof.");
            }
        }

        if (expected.Subject is not null)
        {
            proven.Add("The signer states this of the subject that you named.");
        }

        return new MembershipReport([], proven, word);
    }

    private string OfReceipt(Receipt receipt)
    {
        var signer = receipt.Signer == Signer ? "the same key" : $"private key {receipt.Signer}";
        string[] records = receipt.Tags.Contains(SubjectTag) ? []
            : [.. receipt.Tags.Where(t => t.StartsWith(SubjectTag + ":", StringComparison.Ordinal)).Select(t => t[(SubjectTag.Length + 1)..])];
        var of = records.Length == 0 ? "this tag"
            : $"{Plural.Of(records.Length, "single record")} of this tag (record {Plural.Form(records.Length, "tag", "tags")} {string.Join(", ", records)}), "
                + "and not of all that is stored under it,";
        return $"The receipt is signed too, with {signer}, and states that the operation \"{receipt.Operation}\" of {Ledger.Show(receipt.Time)} on {of} led to "
            + (receipt.RootAfter == RootDigest ? "this very state." : $"root {receipt.RootAfter} of the same model, at entry {SequenceOf(receipt)}.");
    }

    private static int SequenceOf(Receipt receipt) => receipt.LedgerSequence ?? receipt.Head.Sequence;
}
