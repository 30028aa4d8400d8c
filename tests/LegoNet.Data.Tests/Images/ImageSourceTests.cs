using System.Formats.Tar;
using static LegoNet.Data.Tests.Support.SourceTesting;

namespace LegoNet.Data.Tests.Images;

public class ImageSourceTests
{
    private const string ByClass = """{"type":"images","path":"PATH","include":"train/{label}/*"}""";

    private static readonly byte[] s_jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3];
    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 9];

    [Fact]
    public void Read_Folder_GivesMatchingFilesInOrdinalOrder()
    {
        using var folder = new TempFolder();
        foreach (var name in (string[])["d/train/b/2.jpg", "d/train/b/10.jpg", "d/train/B/1.png", "d/train/b-x/1.jpg", "d/test/b/1.jpg", "d/train/b/._1.jpg", "d/top.txt"])
        {
            folder.Write(name, name.EndsWith("png", StringComparison.Ordinal) ? s_png : s_jpeg);
        }

        var source = Create(folder, ByClass.Replace("PATH", "d"));
        var records = ReadAll(source);

        Assert.False(source.IdsArePositions);
        Assert.Equal(["train/B/1.png", "train/b-x/1.jpg", "train/b/10.jpg", "train/b/2.jpg"], records.Select(r => r.Id));
        Assert.Equal(["B", "b-x", "b", "b"], records.Select(r => r.Label));
        Assert.Equal(records.Select(r => r.Id), records.Select(r => r.Subject));
        Assert.Equal(s_png, Assert.IsType<ImageFileInput>(records[0].Input).Bytes.ToArray());
        Assert.Equal($"{folder["d"]}: train/B/1.png", records[0].Origin);
    }

    [Theory]
    [InlineData("a.tar")]
    [InlineData("a.tar.gz")]
    [InlineData("a.tgz")]
    public void Read_Archive_GivesMatchingFilesInItsOrder(string name)
    {
        using var folder = new TempFolder();
        var tar = Tar(("./train/", null), ("./train/b/2.jpg", s_jpeg), ("train/a/1.png", s_png), ("test/a/1.jpg", s_jpeg), (new string('x', 90) + "/" + new string('y', 150), s_jpeg));
        folder.Write(name, name == "a.tar" ? tar : Gzip(tar));

        var records = ReadAll(folder, ByClass.Replace("PATH", name));

        Assert.Equal([("train/b/2.jpg", "b"), ("train/a/1.png", "a")], records.Select(r => (r.Id, r.Label!)));
        Assert.Equal(s_jpeg, Assert.IsType<ImageFileInput>(records[0].Input).Bytes.ToArray());
    }

    [Fact]
    public void Read_SubjectAndIdInTheRule_AreTaken()
    {
        using var folder = new TempFolder();
        folder.Write("d/p1/x/7.jpg", s_jpeg);

        var record = Assert.Single(ReadAll(folder, """{"type":"images","path":"d","include":"{subject}/{label}/{id}.jpg"}"""));

        Assert.Equal(("p1", "7", "x"), (record.Subject, record.Id, record.Label));
    }

    [Theory]
    [InlineData("GIF89a", "is a GIF image; JPEG and PNG are read")]
    [InlineData("BM......", "is a BMP image")]
    [InlineData("RIFF....WEBPVP8 ", "is a WebP image")]
    [InlineData("....ftypavif", "is an AVIF image")]
    [InlineData("", "is empty")]
    [InlineData("hello", "is neither JPEG nor PNG")]
    public void Read_OtherFormat_NamesFileAndFormat(string content, string message)
    {
        using var folder = new TempFolder();
        folder.Write("d/train/a/1.jpg", content);

        var failure = Failure(folder, ByClass.Replace("PATH", "d"));

        Assert.Contains("train/a/1.jpg: " + message, failure);
    }

    [Fact]
    public void Read_NothingMatches_SaysSo()
    {
        using var folder = new TempFolder();
        folder.Write("d/test/a/1.jpg", s_jpeg);
        folder.Write("a.tar", Tar(("test/a/1.jpg", s_jpeg)));

        Assert.Contains("no file in it matches the rule \"train/{label}/*\"", Failure(folder, ByClass.Replace("PATH", "d")));
        Assert.Contains("no file in it matches", Failure(folder, ByClass.Replace("PATH", "a.tar")));
    }

    [Fact]
    public void Read_ArchiveCutAnywhere_FailsAndNamesIt()
    {
        using var folder = new TempFolder();
        var tar = Tar(("train/a/1.jpg", s_jpeg), ("train/a/2.jpg", [.. s_jpeg, .. new byte[1000]]), ("other", new byte[2000]));
        Assert.Equal(2, ReadAll(folder, ByClass.Replace("PATH", Path.GetFileName(folder.Write("whole.tar", tar)))).Count);

        var source = Create(folder, ByClass.Replace("PATH", "cut.tar"));

        // The end mark is two blocks, of which one is enough.
        foreach (var length in Enumerable.Range(0, tar.Length / 128).Select(i => i * 128).Where(l => l <= EndOfEntries(tar)))
        {
            folder.Write("cut.tar", tar.AsSpan()[..length]);
            var failure = Failure(() => ReadAll(source));
            Assert.Contains("cut.tar", failure);
            Assert.Contains("cut off", failure);
        }

        var zipped = Gzip(tar);
        var zippedSource = Create(folder, ByClass.Replace("PATH", "cut.tar.gz"));
        for (var length = 2; length < zipped.Length; length += 5)
        {
            folder.Write("cut.tar.gz", zipped.AsSpan()[..length]);
            Assert.Contains("cut.tar.gz", Failure(() => ReadAll(zippedSource)));
        }

        folder.Write("cut.tar", tar.AsSpan()[..2000]);
        Assert.Contains("train/a/2.jpg", Failure(folder, ByClass.Replace("PATH", "cut.tar")));
    }

    [Fact]
    public void Read_AnyByteChanged_GivesRecordsOrOneSentence()
    {
        using var folder = new TempFolder();
        var tar = Tar(("train/a/1.jpg", s_jpeg), (new string('x', 120), s_jpeg), ("train/a/2.jpg", s_jpeg));
        var source = Create(folder, ByClass.Replace("PATH", "a.tar"));
        for (var i = 0; i < tar.Length - 1024; i += 7)
        {
            var changed = (byte[])tar.Clone();
            changed[i] ^= 0x41;
            folder.Write("a.tar", changed);
            try
            {
                ReadAll(source);
            }
            catch (LegoNetException e)
            {
                Assert.Contains("a.tar", e.Message);
            }
        }
    }

    [Fact]
    public void Read_TarOfAnotherFormat_Fails()
    {
        using var folder = new TempFolder();
        folder.Write("a.tar", [.. "PK\u0003\u0004"u8, .. Enumerable.Repeat((byte)7, 5000)]);

        Assert.Contains("a.tar", Failure(folder, ByClass.Replace("PATH", "a.tar")));
    }

    [Theory]
    [InlineData("train/a/../x.jpg", "train/a/.*/x.jpg", "train/a/../x.jpg: the entry's name is no plain relative path")]
    [InlineData("/train/a/x.jpg", "**", "no file in it matches")]
    [InlineData("train/a/x\ty.jpg", "**", "train/a/x?y.jpg: the entry's name has a control character")]
    public void Read_UnsafeEntryName_IsNotTaken(string name, string rule, string message)
    {
        using var folder = new TempFolder();
        folder.Write("a.tar", Tar((name, s_jpeg)));

        Assert.Contains(message, Failure(folder, """{"type":"images","path":"a.tar","include":"RULE"}""".Replace("RULE", rule)));
    }

    [Fact]
    public void Read_LinkThatMatches_IsRefused()
    {
        using var folder = new TempFolder();
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "train/a/1.jpg") { LinkName = "/etc/passwd" });
        }

        folder.Write("a.tar", stream.ToArray());

        Assert.Contains("train/a/1.jpg: is a link or special entry (SymbolicLink)", Failure(folder, ByClass.Replace("PATH", "a.tar")));
    }

    [Fact]
    public void Read_EntryThatClaimsToBeHuge_IsRefusedBeforeMemoryIsTaken()
    {
        using var folder = new TempFolder();
        var tar = Tar(("train/a/1.jpg", s_jpeg));
        System.Text.Encoding.ASCII.GetBytes("77777777777\0").CopyTo(tar, HeaderOf(tar, "train/a/1.jpg") + 124);
        FixChecksum(tar, HeaderOf(tar, "train/a/1.jpg"));
        folder.Write("a.tar", tar);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("train/a/1.jpg: larger than 64 MiB", Failure(folder, ByClass.Replace("PATH", "a.tar")));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Theory]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public void Read_LongNameThatClaimsToBeHuge_IsRefused(TarEntryFormat format)
    {
        using var folder = new TempFolder();
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, format, leaveOpen: true))
        {
            var name = "train/a/" + new string('x', 200);
            writer.WriteEntry(format == TarEntryFormat.Gnu ? new GnuTarEntry(TarEntryType.RegularFile, name) : new PaxTarEntry(TarEntryType.RegularFile, name));
        }

        // The name's own entry stands first: its size now claims almost 2 GiB.
        var tar = stream.ToArray();
        "17777777777\0"u8.CopyTo(tar.AsSpan(124));
        FixChecksum(tar, 0);
        folder.Write("a.tar", tar);

        Assert.Contains("a.tar", Failure(folder, ByClass.Replace("PATH", "a.tar")));
    }

    [Fact]
    public void Read_LinkedFolders_AreNotFollowed()
    {
        using var folder = new TempFolder();
        folder.Write("d/train/a/1.jpg", s_jpeg);
        try
        {
            Directory.CreateSymbolicLink(folder["d/train/a/loop"], folder["d"]);
        }
        catch (IOException)
        {
            Assert.Skip("this system lets no links be made");
        }

        Assert.Equal("train/a/1.jpg", Assert.Single(ReadAll(folder, """{"type":"images","path":"d"}""")).Id);
    }

    private static byte[] Tar(params (string Name, byte[]? Bytes)[] files)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                writer.WriteEntry(bytes is null
                    ? new GnuTarEntry(TarEntryType.Directory, name)
                    : new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            }
        }

        return stream.ToArray();
    }

    private static int EndOfEntries(byte[] tar) => (tar.AsSpan().LastIndexOfAnyExcept((byte)0) / 512 * 512) + 512;

    private static int HeaderOf(byte[] tar, string name) => tar.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(name));

    private static void FixChecksum(byte[] tar, int header)
    {
        var bytes = tar.AsSpan(header, 512);
        bytes.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in bytes)
        {
            sum += b;
        }

        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(bytes[148..]);
    }
}
