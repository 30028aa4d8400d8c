using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LegoNet.Data;
using LegoNet.Data.Files;
using LegoNet.Data.Json;
using LegoNet.Records;
using LegoNet.Store;

namespace LegoNet.Audit;

/// <summary>What a <see cref="MembershipProof"/> states: a way down the tag tree, and whom and which state of the model it is about.</summary>
/// <param name="Kind">What the way is said to show.</param>
/// <param name="Time">When the proof was made, by the signer's clock.</param>
/// <param name="Head">The model, and the newest entry of its ledger.</param>
/// <param name="Root">Root digest of the model.</param>
/// <param name="Manifest">SHA-256 of the manifest, the half of the root digest that the way does not lead to.</param>
/// <param name="Tag">The subject's keyed tag.</param>
/// <param name="Salt">Hashed with the subject's name.</param>
/// <param name="SubjectDigest">Salted digest of the subject's name.</param>
/// <param name="Path">The branches from the top of the tree, with the hash of the side that the way does not take.</param>
/// <param name="End">The node at which the way ends; null in an empty tree.</param>
internal sealed record MembershipStatement(
    MembershipKind Kind,
    DateTimeOffset Time,
    LedgerPosition Head,
    string Root,
    string Manifest,
    byte[] Tag,
    byte[] Salt,
    string SubjectDigest,
    IReadOnlyList<TagStep> Path,
    TagEnd? End)
{
    private const int SubjectSaltBytes = 16;

    /// <summary>States what a way shows.</summary>
    public static MembershipStatement Of(
        string subject,
        byte[] tag,
        DateTimeOffset time,
        LedgerPosition head,
        string root,
        string manifest,
        IReadOnlyList<TagStep> path,
        TagEnd? end)
    {
        var kind = end is not null && end.BelongsTo(tag) ? MembershipKind.Presence : MembershipKind.Absence;
        var salt = RandomNumberGenerator.GetBytes(SubjectSaltBytes);
        return new MembershipStatement(kind, time, head, root, manifest, tag, salt, DigestOf(subject, salt), path, end);
    }

    /// <summary>Reads what <see cref="WriteTo"/> writes.</summary>
    public static MembershipStatement Read(StrictJson root)
    {
        var subject = root.Object("subject");
        var read = new MembershipStatement(
            root.Choice("kind", null, "presence", "absence") == "presence" ? MembershipKind.Presence : MembershipKind.Absence,
            root.Time("time"),
            LedgerPosition.Read(root.Object("head")),
            root.Digest("root"),
            root.Digest("manifest"),
            subject.Bytes("tag", RecordKey.TagBytes),
            subject.Bytes("salt", SubjectSaltBytes),
            subject.Digest("digest"),
            [.. root.Objects("path").Select(ReadStep)],
            root.IsNull("end") ? null : ReadEnd(root.Object("end")));
        subject.Finish();
        for (var i = 1; i < read.Path.Count; i++)
        {
            if (read.Path[i].Bits <= read.Path[i - 1].Bits)
            {
                throw root.Error("path", "has branches that are not in order");
            }
        }

        return read;
    }

    /// <summary>Whether the signer speaks of a subject.</summary>
    public bool IsAbout(string subject) => DigestOf(subject, Salt) == SubjectDigest;

    /// <summary>What is wrong with the way down the tag tree; null when it shows what is said of it.</summary>
    public string? WrongWay()
    {
        var claimed = Kind == MembershipKind.Presence;
        if (End is null)
        {
            // A tree without keys has no branches, and no way leads to its end.
            return claimed || Path.Count > 0 ? "does not show what the proof says"
                : RootDigests.Of(Manifest, TagTree.Empty) != Root ? "does not lead to the proof's root"
                : null;
        }

        // A node belongs where the branch above names it: below it in depth, and with all of its bits up to the one that picks the side.
        if (Path.Count > 0 && (End.Bits <= Path[^1].Bits || End.Shared(Tag) <= Path[^1].Bits))
        {
            return "ends at a node that does not belong there";
        }

        if (claimed ? !End.BelongsTo(Tag) : !End.TurnsFrom(Tag))
        {
            return "does not show what the proof says";
        }

        var hash = End.Hash();
        foreach (var step in Path.Reverse())
        {
            var (left, right) = TagTree.BitOf(Tag, step.Bits) ? (step.Sibling, hash) : (hash, step.Sibling);
            var above = new byte[TagTree.HashBytes];
            TagTree.HashBranch(step.Bits, Tag, left, right, above);
            hash = above;
        }

        return RootDigests.Of(Manifest, Convert.ToHexStringLower(hash)) == Root ? null : "does not lead to the proof's root";
    }

    /// <summary>Writes the members of an object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("kind", Kind == MembershipKind.Presence ? "presence" : "absence");
        json.WriteString("time", CanonicalJson.Spell(Time));
        json.WriteStartObject("subject");
        json.WriteString("tag", Convert.ToHexStringLower(Tag));
        json.WriteString("digest", SubjectDigest);
        json.WriteString("salt", Convert.ToHexStringLower(Salt));
        json.WriteEndObject();
        Head.WriteTo(json, "head");
        json.WriteString("root", Root);
        json.WriteString("manifest", Manifest);
        json.WriteStartArray("path");
        foreach (var step in Path)
        {
            json.WriteStartObject();
            json.WriteNumber("bits", step.Bits);
            json.WriteString("sibling", Convert.ToHexStringLower(step.Sibling));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("end");
        WriteEnd(json);
    }

    private static string DigestOf(string subject, byte[] salt)
        => Digests.Of([.. "legonet.about.v1\n"u8, .. salt, .. Encoding.UTF8.GetBytes(RecordName.Normalize(subject, "subject"))]);

    private static TagStep ReadStep(StrictJson step)
    {
        var read = new TagStep((int)step.Integer("bits", 0, TagTree.TagBits - 1), step.Bytes("sibling", TagTree.HashBytes));
        step.Finish();
        return read;
    }

    private static TagEnd ReadEnd(StrictJson end)
    {
        TagEnd read = end.Has("salt")
            ? new TagLeaf(end.Bytes("tag", RecordKey.TagBytes), end.Bytes("salt", TagTree.SaltBytes))
            : ReadBranch(end);
        end.Finish();
        return read;
    }

    private static TagBranch ReadBranch(StrictJson end)
    {
        var bits = (int)end.Integer("bits", 0, TagTree.KeyBits - 1);
        var prefix = end.Bytes("prefix", (bits + 7) / 8);
        return TagBranch.Cut(prefix, bits).AsSpan().SequenceEqual(prefix)
            ? new TagBranch(bits, prefix, end.Bytes("left", TagTree.HashBytes), end.Bytes("right", TagTree.HashBytes))
            : throw end.Error("prefix", "has more bits than it says");
    }

    private void WriteEnd(Utf8JsonWriter json)
    {
        if (End is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        if (End is TagLeaf leaf)
        {
            json.WriteString("tag", Convert.ToHexStringLower(leaf.Tag));
            json.WriteString("salt", Convert.ToHexStringLower(leaf.Salt));
        }
        else if (End is TagBranch branch)
        {
            json.WriteNumber("bits", branch.Common);
            json.WriteString("prefix", Convert.ToHexStringLower(branch.Prefix));
            json.WriteString("left", Convert.ToHexStringLower(branch.Left));
            json.WriteString("right", Convert.ToHexStringLower(branch.Right));
        }

        json.WriteEndObject();
    }
}
