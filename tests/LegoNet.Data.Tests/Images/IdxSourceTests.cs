using static LegoNet.Data.Tests.Support.SourceTesting;

namespace LegoNet.Data.Tests.Images;

public class IdxSourceTests
{
    private const string Json = """{"type":"idx","images":"i.idx","labels":"l.idx"}""";

    private static readonly byte[] s_images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16];
    private static readonly byte[] s_labels = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0];

    [Fact]
    public void Read_ImagesAndLabels_GivesThem()
    {
        using var folder = new TempFolder();
        folder.Write("i.idx", s_images);
        folder.Write("l.idx", s_labels);

        var source = Create(folder, Json);
        var records = ReadAll(source);

        Assert.Equal(2, source.Count);
        Assert.True(source.IdsArePositions);
        Assert.Equal([("i.idx:1", "i.idx:1", "1"), ("i.idx:2", "i.idx:2", "0")], records.Select(r => (r.Subject, r.Id, r.Label!)));
        var pixels = Assert.IsType<PixelInput>(records[1].Input);
        Assert.Equal((2, 3, 1), (pixels.Height, pixels.Width, pixels.Channels));
        Assert.Equal([11, 12, 13, 14, 15, 16], pixels.Pixels.ToArray());
    }

    [Fact]
    public void Read_GzippedWithNames_MapsLabels()
    {
        using var folder = new TempFolder();
        folder.Write("i.gz", Gzip(s_images));
        folder.Write("l.gz", Gzip(s_labels));

        var records = ReadAll(folder, """{"type":"idx","images":"i.gz","labels":"l.gz","labelNames":["shirt","boot"]}""");

        Assert.Equal(["boot", "shirt"], records.Select(r => r.Label));
    }

    [Fact]
    public void Read_LabelWithoutName_IsAnError()
    {
        using var folder = new TempFolder();
        folder.Write("i.idx", s_images);
        folder.Write("l.idx", s_labels);

        Assert.Contains("l.idx: label 1 is 1, and \"labelNames\" has 1 names", Failure(folder, """{"type":"idx","images":"i.idx","labels":"l.idx","labelNames":["shirt"]}"""));
    }

    [Theory]
    [InlineData(3, 1, "i.idx: not an IDX file")]
    [InlineData(2, 13, "i.idx: not an IDX file")]
    [InlineData(0, 0x89, "i.idx: not an IDX file")]
    [InlineData(7, 3, "i.idx: has 28 bytes where its header describes 34")]
    [InlineData(7, 0, "size of 0 in dimension 1")]
    [InlineData(4, 0x7F, "where its header describes")]
    [InlineData(8, 0x7F, "in dimension 2")]
    public void Read_HeaderByteChanged_SaysWhatIsWrong(int position, byte value, string message)
    {
        using var folder = new TempFolder();
        var images = (byte[])s_images.Clone();
        images[position] = value;
        folder.Write("i.idx", images);
        folder.Write("l.idx", s_labels);

        var source = Create(folder, Json);

        Assert.Contains(message, Failure(() => ReadAll(source)));
        Assert.Null(source.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_CutOrLonger_Fails(bool gzip)
    {
        using var folder = new TempFolder();
        void Write(byte[] images, byte[] labels)
        {
            folder.Write("i.idx", gzip ? Gzip(images) : images);
            folder.Write("l.idx", gzip ? Gzip(labels) : labels);
        }

        foreach (var length in (int[])[0, 3, 15, 16, 27])
        {
            Write(s_images[..length], s_labels);
            Assert.Contains("i.idx", Failure(folder, Json));
        }

        Write([.. s_images, 0], s_labels);
        Assert.Contains("i.idx", Failure(folder, Json));
        Write(s_images, [.. s_labels, 0]);
        Assert.Contains("l.idx", Failure(folder, Json));
        Write(s_images, [0, 0, 8, 1, 0, 0, 0, 1, 1]);
        Assert.Contains("has 1 labels where", Failure(folder, Json));
    }
}
