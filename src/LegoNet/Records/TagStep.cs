namespace LegoNet.Records;

/// <summary>A branch on the way down the tag tree. Its common bits are those of the tag that the way follows.</summary>
/// <param name="Bits">How many bits all keys below the branch share.</param>
/// <param name="Sibling">Hash of the side that the way does not take, [32].</param>
internal sealed record TagStep(int Bits, byte[] Sibling);
