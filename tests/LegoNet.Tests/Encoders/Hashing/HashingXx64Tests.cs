using LegoNet.Encoders.Hashing;

namespace LegoNet.Tests.Encoders.Hashing;

public class HashingXx64Tests
{
    // Published values of the reference implementation: shorter than 4, 8 and 32 bytes, longer than 32, and seeded.
    [Theory]
    [InlineData("", 0, 0xEF46DB3751D8E999)]
    [InlineData("a", 0, 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0, 0x44BC2CF5AD770999)]
    [InlineData("xxhash", 0, 0x32DD38952C4BC720)]
    [InlineData("xxhash", 20141025, 0xB559B98D844E0635)]
    [InlineData("Nobody inspects the spammish repetition", 0, 0xFBCEA83C8A378BF1)]
    public void Hash_PublishedVector_Agrees(string text, ulong seed, ulong expected)
        => Assert.Equal(expected, HashingXx64.Hash(System.Text.Encoding.ASCII.GetBytes(text), seed));

    [Fact]
    public void Hash_EveryLengthToOneHundred_IsDistinct()
    {
        var zeros = new byte[100];
        var hashes = Enumerable.Range(0, 101).Select(length => HashingXx64.Hash(zeros.AsSpan(0, length), 7)).ToHashSet();
        Assert.Equal(101, hashes.Count);
    }
}
