using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Records;
using LegoNet.Store;

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
/// there are, and of whom the way ends at whether one record or several. Its salted digest of the subject's name lets its holder confirm the name, and whoever gets hold of it test a guess.
/// </remarks>
public sealed class MembershipProof
{
    private const int FormatVersion = 1;
    private const int MaximalLength = 1 << 17;
    private const int SubjectSaltBytes = 16;

    private readonly string _manifest;
    private readonly byte[] _tag;
    private readonly byte[] _subjectSalt;
    private readonly string _subjectDigest;
    private readonly IReadOnlyList<TagStep> _path;
    private readonly TagEnd? _end;

    private MembershipProof(
        MembershipKind kind,
        DateTimeOffset time,
        string root,
        string manifest,
        byte[] tag,
        byte[] subjectSalt,
        string subjectDigest,
        IReadOnlyList<TagStep> path,
        TagEnd? end,
        string signer,
        string signature)
    {
        Kind = kind;
        Time = time;
        RootDigest = root;
        _manifest = manifest;
        _tag = tag;
        _subjectSalt = subjectSalt;
        _subjectDigest = subjectDigest;
        _path = path;
        _end = end;
        Signer = signer;
        Signature = signature;
    }

    /// <summary>What is proven.</summary>
    public MembershipKind Kind { get; }

    /// <summary>When the proof was made (UTC), to the millisecond, by the signer's clock.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Root digest of the state of the model that the proof is about.</summary>
    public string RootDigest { get; }

    /// <summary>The subject's keyed tag, in hex.</summary>
    public string SubjectTag => Convert.ToHexStringLower(_tag);

    /// <summary>Branches on the way from the top of the tag tree; about the binary logarithm of the number of records.</summary>
    public int Steps => _path.Count;

    /// <summary>The key that signed (<see cref="VerificationKey.Fingerprint"/>).</summary>
    public string Signer { get; }

    /// <summary>ECDSA signature (P-256, SHA-256, DER) in base64 over the proof without it.</summary>
    public string Signature { get; }

    /// <summary>Reads a proof from JSON; no input makes it take more memory or time than its length warrants.</summary>
    /// <param name="json">The text, at most 128 KiB.</param>
    /// <param name="name">What the text is called in messages.</param>
    /// <exception cref="LegoNetException">The text is no proof of a known format.</exception>
    public static MembershipProof Parse(string json, string name = "proof")
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            if (json.Length > MaximalLength)
            {
                throw new FormatException("it is too long");
            }

            using var document = ClosedObject.ParseDocument(json);
            return Read(new ClosedObject(document.RootElement, "the proof"));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw LegoNetException.BadInput($"{name}: not a membership proof ({LegoNetException.Cause(e)}).", e);
        }
    }

    /// <summary>Checks the proof without the model.</summary>
    /// <param name="keys">The public keys that are trusted.</param>
    /// <param name="receipt">The receipt of the change that the proof is to confirm: it must lead to the proof's root. Null to leave that out.</param>
    /// <param name="rootDigest">The root digest that is trusted, e.g. because it was published. Null to take the signer's word for it.</param>
    /// <param name="subject">The subject's name, to see that the signer speaks of it. Null to leave that out.</param>
    public MembershipReport Check(IReadOnlyCollection<VerificationKey> keys, Receipt? receipt = null, string? rootDigest = null, string? subject = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var failures = new List<string>();
        if (VerificationKey.Refuse(keys, Signer, Signing.ProofDomain, Statement(), Signature) is { } why)
        {
            failures.Add($"The proof {why}.");
        }

        if (WrongWay() is { } wrong)
        {
            failures.Add($"The way down the tag tree {wrong}.");
        }

        if (rootDigest is not null && !rootDigest.Equals(RootDigest, StringComparison.OrdinalIgnoreCase))
        {
            failures.Add($"The proof is about root {RootDigest}, not about root {rootDigest.ToLowerInvariant()}.");
        }

        if (subject is not null && DigestOf(subject, _subjectSalt) != _subjectDigest)
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
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            WriteTo(json, signed: true);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

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
    {
        var kind = end is not null && end.BelongsTo(tag) ? MembershipKind.Presence : MembershipKind.Absence;
        var salt = RandomNumberGenerator.GetBytes(SubjectSaltBytes);
        return new MembershipProof(kind, time, root, manifest, tag, salt, DigestOf(subject, salt), path, end, "", "").Sign(key);
    }

    /// <summary>The same statements under the signature of a key.</summary>
    internal MembershipProof Sign(SigningKey key)
    {
        var named = With(key.PublicKey.Fingerprint, "");
        return named.With(named.Signer, key.Sign(Signing.ProofDomain, named.Statement()));
    }

    private static string DigestOf(string subject, byte[] salt) => Digests.Of([.. "legonet.about.v1\n"u8, .. salt, .. Encoding.UTF8.GetBytes(subject)]);

    private static MembershipProof Read(ClosedObject root)
    {
        var format = root.Integer("format", 0, int.MaxValue);
        if (format != FormatVersion)
        {
            throw new FormatException($"it has format {format}, and this version reads format {FormatVersion}");
        }

        var subject = root.Object("subject");
        var proof = new MembershipProof(
            root.Text("kind") switch { "presence" => MembershipKind.Presence, "absence" => MembershipKind.Absence, _ => throw new FormatException("its kind is unknown") },
            root.Time("time"),
            root.Digest("root"),
            root.Digest("manifest"),
            subject.Bytes("tag", RecordKey.TagBytes),
            subject.Bytes("salt", SubjectSaltBytes),
            subject.Digest("digest"),
            [.. root.Items("path").Take(TagTree.TagBits + 1).Select(ReadStep)],
            ReadEnd(root),
            root.Digest("signer"),
            root.Text("signature"));
        subject.Close();
        root.Close();
        for (var i = 0; i < proof._path.Count; i++)
        {
            if (i > 0 && proof._path[i].Bits <= proof._path[i - 1].Bits)
            {
                throw new FormatException("the branches on its path are not in order");
            }
        }

        return proof;
    }

    private static TagStep ReadStep(JsonElement element)
    {
        var step = new ClosedObject(element, "a branch on the path");
        var read = new TagStep((int)step.Integer("bits", 0, TagTree.TagBits - 1), step.Bytes("sibling", TagTree.HashBytes));
        step.Close();
        return read;
    }

    private static TagEnd? ReadEnd(ClosedObject root)
    {
        if (root.Get("end").ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var end = root.Object("end");
        TagEnd read;
        if (end.Has("salt"))
        {
            read = new TagLeaf(end.Bytes("tag", RecordKey.TagBytes), end.Bytes("salt", TagTree.SaltBytes));
        }
        else
        {
            var bits = (int)end.Integer("bits", 0, TagTree.KeyBits - 1);
            var prefix = end.Bytes("prefix", (bits + 7) / 8);
            if (!TagBranch.Cut(prefix, bits).AsSpan().SequenceEqual(prefix))
            {
                throw new FormatException("the end's prefix has more bits than it says");
            }

            read = new TagBranch(bits, prefix, end.Bytes("left", TagTree.HashBytes), end.Bytes("right", TagTree.HashBytes));
        }

        end.Close();
        return read;
    }

    private MembershipProof With(string signer, string signature)
        => new(Kind, Time, RootDigest, _manifest, _tag, _subjectSalt, _subjectDigest, _path, _end, signer, signature);

    /// <summary>What is wrong with the way down the tag tree; null when it shows what the proof says.</summary>
    internal string? WrongWay()
    {
        var claimed = Kind == MembershipKind.Presence;
        if (_end is null)
        {
            // A tree without keys has no branches, and no way leads to its end.
            return claimed || _path.Count > 0 ? "does not show what the proof says"
                : Store.RootDigest.Of(_manifest, TagTree.Empty) != RootDigest ? "does not lead to the proof's root"
                : null;
        }

        // A node belongs where the branch above names it: below it in depth, and with all of its bits up to the one that picks the side.
        if (_path.Count > 0 && (_end.Bits <= _path[^1].Bits || _end.Shared(_tag) <= _path[^1].Bits))
        {
            return "ends at a node that does not belong there";
        }

        if (claimed ? !_end.BelongsTo(_tag) : !_end.TurnsFrom(_tag))
        {
            return "does not show what the proof says";
        }

        var hash = _end.Hash();
        foreach (var step in _path.Reverse())
        {
            var (left, right) = TagTree.BitOf(_tag, step.Bits) ? (step.Sibling, hash) : (hash, step.Sibling);
            var above = new byte[TagTree.HashBytes];
            TagTree.HashBranch(step.Bits, _tag, left, right, above);
            hash = above;
        }

        return Store.RootDigest.Of(_manifest, Convert.ToHexStringLower(hash)) == RootDigest ? null : "does not lead to the proof's root";
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

        if (Kind == MembershipKind.Presence && receipt.Operation == "forget" && receipt.Tags.Contains(SubjectTag))
        {
            failures.Add("The receipt says that everything under the proof's tag was forgotten, and the proof shows a record under it.");
        }

        if (receipt.RootAfter != RootDigest)
        {
            failures.Add($"The receipt leads to root {receipt.RootAfter}, and the proof is about root {RootDigest}: the model was changed in between, or it is another model.");
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
            proven.Add(string.Create(CultureInfo.InvariantCulture, $"The receipt is signed too{(receipt.Signer == Signer ? ", with the same key" : $", with private key {receipt.Signer}")}, and states that the operation \"{receipt.Operation}\" of {receipt.Time:yyyy-MM-dd HH:mm:ss}Z on this tag led to this very state."));
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
            string.Create(CultureInfo.InvariantCulture, $"The time, {Time:yyyy-MM-dd HH:mm:ss}Z."),
        ];
        return new MembershipReport([], proven, word);
    }

    /// <summary>What is signed: the proof without its signature, in canonical JSON.</summary>
    private byte[] Statement() => CanonicalJson.Write(json => WriteTo(json, signed: false));

    private void WriteTo(Utf8JsonWriter json, bool signed)
    {
        json.WriteStartObject();
        json.WriteNumber("format", FormatVersion);
        json.WriteString("kind", Kind == MembershipKind.Presence ? "presence" : "absence");
        json.WriteString("time", ClosedObject.Spell(Time));
        json.WriteStartObject("subject");
        json.WriteString("tag", SubjectTag);
        json.WriteString("digest", _subjectDigest);
        json.WriteString("salt", Convert.ToHexStringLower(_subjectSalt));
        json.WriteEndObject();
        json.WriteString("root", RootDigest);
        json.WriteString("manifest", _manifest);
        json.WriteStartArray("path");
        foreach (var step in _path)
        {
            json.WriteStartObject();
            json.WriteNumber("bits", step.Bits);
            json.WriteString("sibling", Convert.ToHexStringLower(step.Sibling));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("end");
        WriteEnd(json);
        json.WriteString("signer", Signer);
        if (signed)
        {
            json.WriteString("signature", Signature);
        }

        json.WriteEndObject();
    }

    private void WriteEnd(Utf8JsonWriter json)
    {
        if (_end is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        if (_end is TagLeaf leaf)
        {
            json.WriteString("tag", Convert.ToHexStringLower(leaf.Tag));
            json.WriteString("salt", Convert.ToHexStringLower(leaf.Salt));
        }
        else if (_end is TagBranch branch)
        {
            json.WriteNumber("bits", branch.Common);
            json.WriteString("prefix", Convert.ToHexStringLower(branch.Prefix));
            json.WriteString("left", Convert.ToHexStringLower(branch.Left));
            json.WriteString("right", Convert.ToHexStringLower(branch.Right));
        }

        json.WriteEndObject();
    }
}
