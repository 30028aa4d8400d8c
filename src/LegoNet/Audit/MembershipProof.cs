using System.Globalization;
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

    /// <summary>What is proven.</summary>
    public MembershipKind Kind => _statement.Kind;

    /// <summary>When the proof was made (UTC), to the millisecond, by the signer's clock.</summary>
    public DateTimeOffset Time => _statement.Time;

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
    /// <param name="receipt">The receipt of the change that the proof is to confirm: it must lead to the proof's root. Null to leave that out.</param>
    /// <param name="rootDigest">The root digest that is trusted, e.g. because it was published. Null to take the signer's word for it.</param>
    /// <param name="subject">The subject's name, to see that the signer speaks of it. Null to leave that out.</param>
    public MembershipReport Check(IReadOnlyCollection<VerificationKey> keys, Receipt? receipt = null, string? rootDigest = null, string? subject = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var failures = new List<string>();
        if (_signed.Refuse(keys) is { } why)
        {
            failures.Add($"The proof {why}.");
        }

        if (_statement.WrongWay() is { } wrong)
        {
            failures.Add($"The way down the tag tree {wrong}.");
        }

        if (rootDigest is not null && !rootDigest.Equals(RootDigest, StringComparison.OrdinalIgnoreCase))
        {
            failures.Add($"The proof is about root {RootDigest}, not about root {rootDigest.ToLowerInvariant()}.");
        }

        if (subject is not null && !_statement.IsAbout(subject))
        {
            failures.Add("The proof is about another subject than the one named.");
        }

        if (receipt is not null)
        {
            CompareReceipt(receipt, keys, failures);
        }

        return failures.Count > 0 ? new MembershipReport([.. failures], [], []) : Explain(receipt, rootDigest, subject);
    }

    /// <summary>The proof as JSON.</summary>
    public string ToJson() => _signed.ToJson();

    /// <summary>Makes and signs a proof of what a way down the tag tree shows.</summary>
    internal static MembershipProof Create(
        string subject,
        byte[] tag,
        DateTimeOffset time,
        string root,
        string manifest,
        IReadOnlyList<TagStep> path,
        TagEnd? end,
        SigningKey key)
        => new MembershipProof(MembershipStatement.Of(subject, tag, time, root, manifest, path, end)).Sign(key);

    /// <summary>The same statements under the signature of a key.</summary>
    internal MembershipProof Sign(SigningKey key) => new(_statement, _signed.Sign(key));

    /// <summary>What is wrong with the way down the tag tree; null when it shows what the proof says.</summary>
    internal string? WrongWay() => _statement.WrongWay();

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

        if (Kind == MembershipKind.Presence && receipt.Operation == "forget" && receipt.Tags.Contains(SubjectTag))
        {
            failures.Add("The receipt says that everything under the proof's tag was forgotten, and the proof shows a record under it.");
        }

        if (receipt.RootAfter != RootDigest)
        {
            failures.Add(
                $"The receipt leads to root {receipt.RootAfter}, and the proof is about root {RootDigest}: "
                + "the model was changed in between, or it is another model.");
        }
    }

    private MembershipReport Explain(Receipt? receipt, string? rootDigest, string? subject)
    {
        var present = Kind == MembershipKind.Presence;
        List<string> proven =
        [
            present
                ? $"In the state with root {RootDigest}, at least one record is stored under tag {SubjectTag}."
                : $"In the state with root {RootDigest}, no record is stored under tag {SubjectTag}.",
            $"Whoever holds the private key {Signer} signed this.",
        ];
        if (receipt is not null)
        {
            var signer = receipt.Signer == Signer ? "the same key" : $"private key {receipt.Signer}";
            proven.Add(
                $"The receipt is signed too, with {signer}, and states that the operation \"{receipt.Operation}\" of {Show(receipt.Time)} on this tag "
                + "led to this very state.");
        }

        if (subject is not null)
        {
            proven.Add("The signer states this of the subject that you named.");
        }

        List<string> word =
        [
            "That the tag belongs to the subject: tags are made with a secret key, so only its holder can derive them."
                + (subject is null ? " (With the subject's name given, the check says whether the signer speaks of it.)" : ""),
            (rootDigest is null ? "That this root is that of the model in use, and" : "That the model in use has the root that you trust, and")
                + " that its tag tree was built from all of its records: whoever has the model and its tag key can derive both (`legonet verify`).",
            $"The time, {Show(Time)}.",
        ];
        return new MembershipReport([], proven, word);
    }

    private static string Show(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
