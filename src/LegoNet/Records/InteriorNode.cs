using System.Text.Json;
using LegoNet.Data.Files;
using LegoNet.Data.Json;

namespace LegoNet.Records;

/// <summary>
/// An interior node: all keys below start with its prefix and differ in the next four-bit digit, which picks the child. The
/// prefix is counted from the root, so a node's bytes do not depend on where its parent branches.
/// </summary>
internal sealed class InteriorNode(string prefix, NodeRef?[] children)
{
    private const int Digits = 16;
    private const string HexDigits = "0123456789abcdef";

    private static readonly JsonRules s_rules = JsonRules.For(LegoNetError.Damaged, "a trie node");
    private static readonly string[] s_digits = [.. HexDigits.Select(digit => digit.ToString())];

    private string? _tags;

    /// <summary>The shared digits, in hex.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>Digits shared by all keys below, and the position of the digit that picks the child.</summary>
    public int Depth => Prefix.Length;

    /// <summary>Sixteen places, null where no key goes.</summary>
    public NodeRef?[] Children { get; } = children;

    public long Count { get; } = children.Sum(c => c?.Count ?? 0);

    /// <summary>Hash of the tag tree over all keys below, in hex: it follows from the children's.</summary>
    public string Tags => _tags ??= TagTree.OfChildren(this).Hash();

    /// <summary>The digit of a child, counted among those that are there.</summary>
    public int DigitOf(int child) => Enumerable.Range(0, Children.Length).Where(digit => Children[digit] is not null).ElementAt(child);

    /// <summary>The lowest key that takes a digit below this node.</summary>
    public RecordKey FirstKey(int digit)
    {
        Span<char> digits = stackalloc char[RecordKey.Nibbles];
        digits.Fill('0');
        Prefix.CopyTo(digits);
        digits[Depth] = HexDigits[digit];
        Span<byte> bytes = stackalloc byte[2 * RecordKey.TagBytes];
        Convert.FromHexString(digits, bytes, out _, out _);
        return new RecordKey(bytes, bytes[RecordKey.TagBytes..]);
    }

    /// <summary>True when this node can stand below a parent at a digit: all of its keys take that way.</summary>
    public bool IsBelow(InteriorNode parent, int digit)
        => Depth > parent.Depth && Prefix.StartsWith(parent.Prefix, StringComparison.Ordinal) && Prefix[parent.Depth] == HexDigits[digit];

    /// <summary>How many leading digits a key shares with the prefix.</summary>
    public int Shared(in RecordKey key)
    {
        var shared = 0;
        while (shared < Prefix.Length && key.Nibble(shared) == HexDigits.IndexOf(Prefix[shared], StringComparison.Ordinal))
        {
            shared++;
        }

        return shared;
    }

    public byte[] Serialise() => CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("prefix", Prefix);
        json.WriteStartObject("children");
        for (var i = 0; i < Digits; i++)
        {
            if (Children[i] is { } child)
            {
                json.WriteStartObject(HexDigits.AsSpan(i, 1));
                WriteRef(json, child);
                json.WriteEndObject();
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    public static void WriteRef(Utf8JsonWriter json, NodeRef node)
    {
        json.WriteNumber("count", node.Count);
        json.WriteString("digest", node.Digest);
        json.WriteString("kind", node.IsSegment ? "segment" : "node");
        json.WriteString("tags", node.Tags);
    }

    /// <summary>Reads how a parent names a node.</summary>
    public static NodeRef ReadRef(StrictJson node)
    {
        var read = new NodeRef(
            node.Choice("kind", null, "segment", "node") == "segment",
            node.Integer("count", 1, long.MaxValue / Digits),
            node.Digest("digest"),
            node.Digest("tags"));
        node.Finish();
        return read;
    }

    public static InteriorNode Parse(ReadOnlyMemory<byte> bytes, string file)
    {
        var root = StrictJson.Parse(bytes.Span, file, s_rules);
        var prefix = root.String("prefix");
        var named = root.Object("children");
        NodeRef?[] children = [.. s_digits.Select(digit => named.OptionalObject(digit) is { } child ? ReadRef(child) : null)];
        named.Finish();
        root.Finish();
        return prefix.Length < RecordKey.Nibbles && Digests.AreHexDigits(prefix) && children.Count(c => c is not null) >= 2
            ? new InteriorNode(prefix, children)
            : throw root.Error(null, "has a prefix or children that are out of range");
    }
}
