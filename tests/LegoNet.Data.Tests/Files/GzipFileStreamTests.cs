using System.Security.Cryptography;
using LegoNet.Data.Files;
using LegoNet.Data.Tests.Support;

namespace LegoNet.Data.Tests.Files;

public class GzipFileStreamTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(8192)]
    [InlineData(131072)]
    [InlineData(300001)]
    public void Read_WholeFile_GivesItsBytes(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);

        Assert.Equal(bytes, Read(SourceTesting.Gzip(bytes)));
    }

    [Fact]
    public void Read_SeveralMembers_GivesAll()
    {
        Assert.Equal("onetwo"u8.ToArray(), Read([.. SourceTesting.Gzip("one"u8.ToArray()), .. SourceTesting.Gzip("two"u8.ToArray())]));
    }

    [Fact]
    public void Read_CutAnywhere_Fails()
    {
        var whole = SourceTesting.Gzip([.. Enumerable.Range(0, 3000).Select(i => (byte)(i * i >> 3))]);
        for (var length = 0; length < whole.Length; length++)
        {
            // Nothing at all is a valid sequence of no members; SourceFile tells it apart by the missing magic number.
            if (length > 0)
            {
                Assert.Throws<IOException>(() => Read(whole[..length]));
            }
        }
    }

    [Fact]
    public void Read_ChangedByteOrTrailingBytes_Fails()
    {
        var whole = SourceTesting.Gzip([.. Enumerable.Range(0, 3000).Select(i => (byte)(i * i >> 3))]);
        var changed = (byte[])whole.Clone();
        changed[^6] ^= 1;

        Assert.Throws<IOException>(() => Read(changed));
        Assert.Throws<IOException>(() => Read([.. whole, 1, 2, 3]));
    }

    private static byte[] Read(byte[] file)
    {
        using var stream = new GzipFileStream(new MemoryStream(file));
        var bytes = new MemoryStream();
        stream.CopyTo(bytes, 1000);
        return bytes.ToArray();
    }
}
