namespace LegoNet.Records;

/// <summary>A leaf of the tag tree: one record.</summary>
/// <param name="Tag">The subject's tag, [32].</param>
/// <param name="Salt">The salt, [16].</param>
internal sealed record TagLeaf(byte[] Tag, byte[] Salt) : TagEnd
{
    public override int Bits => TagTree.KeyBits;

    public override byte[] Hash()
    {
        var hash = new byte[TagTree.HashBytes];
        TagTree.HashLeaf(Tag, Salt, hash);
        return hash;
    }

    public override int Shared(ReadOnlySpan<byte> subjectTag) => TagTree.CommonBits(Tag, subjectTag);
}
