namespace LegoNet.Records;

/// <summary>Where the way of a subject's tag down the tag tree ends.</summary>
internal abstract record TagEnd
{
    /// <summary>How many bits all keys here share.</summary>
    public abstract int Bits { get; }

    /// <summary>The hash of the node, [32].</summary>
    public abstract byte[] Hash();

    /// <summary>How many leading bits of the node's a tag shares; never more than a tag has.</summary>
    public abstract int Shared(ReadOnlySpan<byte> subjectTag);

    /// <summary>Whether all keys here are the subject's.</summary>
    public bool BelongsTo(ReadOnlySpan<byte> subjectTag) => Shared(subjectTag) == TagTree.TagBits;

    /// <summary>Whether no key here can be the subject's.</summary>
    public bool TurnsFrom(ReadOnlySpan<byte> subjectTag) => Shared(subjectTag) < Math.Min(Bits, TagTree.TagBits);
}
