namespace LegoNet.Records;

/// <summary>A branch of the tag tree: two records or more.</summary>
/// <param name="Common">How many bits all keys below share.</param>
/// <param name="Prefix">These bits, with zeros up to a whole byte.</param>
/// <param name="Left">Hash of the keys that go on with 0, [32].</param>
/// <param name="Right">Hash of the keys that go on with 1, [32].</param>
internal sealed record TagBranch(int Common, byte[] Prefix, byte[] Left, byte[] Right) : TagEnd
{
    public override int Bits => Common;

    /// <summary>The first bits of a byte string, with zeros up to a whole byte.</summary>
    public static byte[] Cut(ReadOnlySpan<byte> bytes, int bits)
    {
        var prefix = bytes[..((bits + 7) / 8)].ToArray();
        if (bits % 8 != 0)
        {
            prefix[^1] &= (byte)(0xFF << (8 - (bits % 8)));
        }

        return prefix;
    }

    public override byte[] Hash()
    {
        var hash = new byte[TagTree.HashBytes];
        TagTree.HashBranch(Common, Prefix, Left, Right, hash);
        return hash;
    }

    public override int Shared(ReadOnlySpan<byte> subjectTag)
    {
        Span<byte> padded = stackalloc byte[2 * RecordKey.TagBytes];
        padded.Clear();
        Prefix.CopyTo(padded);
        return Math.Min(Math.Min(Common, TagTree.TagBits), TagTree.CommonBits(padded[..RecordKey.TagBytes], subjectTag));
    }
}
