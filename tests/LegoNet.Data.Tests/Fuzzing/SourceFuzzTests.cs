using System.Formats.Tar;
using LegoNet.Data.Csv;
using LegoNet.Data.Formats;
using LegoNet.Data.Images;
using LegoNet.Data.Vectors;
using static LegoNet.Data.Tests.Support.SourceTesting;

namespace LegoNet.Data.Tests.Fuzzing;

/// <summary>Every reader of users' data, given hostile files; images have tests of their own.</summary>
public sealed class SourceFuzzTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SafetensorsFile_Hostile_IsRefusedOrCanBeReadToItsEnd()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("x", [1, 2, 3, 4, 5, 6], 2, 3);
        ReadAll(
            [writer.ToArray()],
            (m, file) => m.Safetensors(file),
            "vectors.safetensors",
            path => new VectorFileSource(path, () => SafetensorsVectors.Read(path, null), null));
    }

    [Theory]
    [InlineData("'<f4', 'fortran_order': False", 48)]
    [InlineData("'<f2', 'fortran_order': True", 24)]
    public void Npy_Hostile_IsRefusedOrCanBeReadToItsEnd(string members, int length)
    {
        var file = new List<byte>([0x93, .. "NUMPY"u8, 1, 0, 118, 0]);
        file.AddRange(System.Text.Encoding.ASCII.GetBytes($"{{'descr': {members}, 'shape': (3, 4), }}".PadRight(117) + "\n"));
        file.AddRange(new byte[length]);
        ReadAll([[.. file]], (m, bytes) => m.Bytes(bytes), "vectors.npy", path => new VectorFileSource(path, () => NpyHeader.Read(path), null));
    }

    [Fact]
    public void Idx_Hostile_IsRefusedOrCanBeReadToItsEnd()
    {
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3, .. new byte[18]];
        File.WriteAllBytes(_folder["labels"], [0, 0, 8, 1, 0, 0, 0, 2, 1, 2]);
        ReadAll([images, Gzip(images)], (m, bytes) => m.Bytes(bytes), "images", path => new IdxSource(path, _folder["labels"], null));
    }

    [Fact]
    public void Csv_Hostile_IsRefusedOrCanBeReadToItsEnd()
    {
        var text = "id,subject,label,a,b\r\n1,s1,x,0.5,1e3\n2,\"s,2\",y,-1,\"2\"\n3,s3,\"a\"\"b\",.5,0\n"u8.ToArray();
        Fuzzer.Run([text, Gzip(text)], (m, bytes) => m.Lines(bytes), bytes =>
        {
            using var table = CsvTable.Open(_folder.Write("table.csv", bytes), CsvOptions.ForPath("table.csv"));
            while (table.Next())
            {
                _ = table.Row;
            }
        });
    }

    [Fact]
    public void Tar_Hostile_IsRefusedOrCanBeReadToItsEnd()
    {
        var archives = new[] { TarEntryFormat.V7, TarEntryFormat.Ustar, TarEntryFormat.Pax, TarEntryFormat.Gnu }.Select(Tar).ToArray();
        ReadArchives([.. archives], (m, bytes) => m.Tar(bytes));
        ReadArchives(archives, (m, bytes) => m.Random.Next(3) == 0 ? m.Bytes(Gzip(bytes), 2) : Gzip(m.Tar(bytes)));
    }

    [Theory]
    [InlineData('L')]
    [InlineData('K')]
    [InlineData('x')]
    [InlineData('g')]
    public void Tar_NameThatClaimsAGigabyte_IsRefusedBeforeMemoryIsTaken(char type)
    {
        var archive = Tar(TarEntryFormat.Gnu);
        AssertRefusedAtOnce(Claiming(type, archive));
    }

    [Fact]
    public void Tar_NameBehindAnAttributeThatLooksLikeASize_IsRefusedBeforeMemoryIsTaken()
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a", new Dictionary<string, string> { ["comment"] = "it has no size=51200" }));
        }

        const int EndOfArchive = 1024;
        AssertRefusedAtOnce([.. stream.ToArray()[..^EndOfArchive], .. Claiming('L', Tar(TarEntryFormat.Gnu))]);
    }

    private static byte[] Claiming(char type, byte[] archive)
    {
        var header = archive.AsSpan(0, 512);
        header[156] = (byte)type;
        System.Text.Encoding.ASCII.GetBytes("07777777777", header[124..]);
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header)
        {
            sum += b;
        }

        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", header[148..]);
        return archive;
    }

    private void AssertRefusedAtOnce(byte[] archive)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<LegoNetException>(() => ImageArchive
            .Read(_folder.Write("a.tar", archive), _ => new PathMatch("l", "s", null), CancellationToken.None)
            .Count());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 4 << 20);
    }

    private void ReadArchives(byte[][] seeds, Func<Mutator, byte[], byte[]> mutate) => Fuzzer.Run(seeds, mutate, bytes =>
    {
        foreach (var file in ImageArchive.Read(_folder.Write("a.tar", bytes), _ => new PathMatch("l", "s", null), CancellationToken.None))
        {
            Assert.DoesNotContain("..", file.Path.Split('/'));
            Assert.False(file.Path.StartsWith('/'));
            Assert.True(file.Bytes.Length <= bytes.Length * 1100L);
        }
    });

    private void ReadAll(IReadOnlyList<byte[]> seeds, Func<Mutator, byte[], byte[]> mutate, string name, Func<string, IRecordSource> open)
        => Fuzzer.Run(seeds, mutate, bytes =>
        {
            var source = open(_folder.Write(name, bytes));
            _ = source.Count;
            foreach (var record in source.Read(CancellationToken.None))
            {
                Assert.NotEmpty(record.Id);
            }
        });

    private static byte[] Tar(TarEntryFormat format)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, format, leaveOpen: true))
        {
            var longName = format is TarEntryFormat.V7 or TarEntryFormat.Ustar ? "train/b/2.png" : $"train/b/{new string('x', 150)}.png";
            foreach (var name in (string[])["train/a/1.jpg", longName, "train/c/3.jpg"])
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
                    _ => new GnuTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(new byte[300]);
                writer.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }
}
