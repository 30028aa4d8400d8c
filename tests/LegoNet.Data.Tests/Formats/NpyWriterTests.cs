using LegoNet.Data.Formats;

namespace LegoNet.Data.Tests.Formats;

public sealed class NpyWriterTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"legonet-{Guid.NewGuid():N}.npy");

    [Fact]
    public void Write_BytesInBlocks_GivesHeaderAndData()
    {
        using (var writer = new NpyWriter(_path, NpyElement.UInt8, 2, 3))
        {
            writer.Write((byte[])[1, 2, 3, 4]);
            writer.Write((byte[])[5, 6]);
            writer.Complete();
        }

        var bytes = File.ReadAllBytes(_path);
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], bytes[..8]);
        var header = bytes[8] + (256 * bytes[9]);
        Assert.Equal(0, (10 + header) % 64);
        var text = System.Text.Encoding.UTF8.GetString(bytes, 10, header);
        Assert.StartsWith("{'descr': '|u1', 'fortran_order': False, 'shape': (2,3,), }", text, StringComparison.Ordinal);
        Assert.EndsWith(" \n", text, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4, 5, 6], bytes[(10 + header)..]);
    }

    [Fact]
    public void Write_IntegersAndFloats_AreLittleEndian()
    {
        using (var writer = new NpyWriter(_path, NpyElement.Int32, 2))
        {
            writer.Write((int[])[1, -2]);
            writer.Complete();
        }

        Assert.Equal([1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF], File.ReadAllBytes(_path)[^8..]);
        using (var writer = new NpyWriter(_path, NpyElement.Float32, 1))
        {
            writer.Write((float[])[1f]);
            writer.Complete();
        }

        Assert.Equal([0, 0, 0x80, 0x3F], File.ReadAllBytes(_path)[^4..]);
    }

    [Fact]
    public void Complete_TooFewElements_Throws()
    {
        using var writer = new NpyWriter(_path, NpyElement.UInt8, 4);
        writer.Write((byte[])[1, 2, 3]);
        Assert.Throws<InvalidOperationException>(writer.Complete);
    }

    [Fact]
    public void Write_TooManyOrOtherElements_Throws()
    {
        using var writer = new NpyWriter(_path, NpyElement.UInt8, 2);
        Assert.Throws<InvalidOperationException>(() => writer.Write((byte[])[1, 2, 3]));
        Assert.Throws<InvalidOperationException>(() => writer.Write((int[])[1]));
    }

    [Fact]
    public void Constructor_FolderMissing_IsBadInput()
    {
        var path = Path.Combine(_path, "x.npy");
        var error = Assert.Throws<LegoNetException>(() => new NpyWriter(path, NpyElement.UInt8, 1));
        Assert.Equal(LegoNetError.BadInput, error.Error);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_path);
}
