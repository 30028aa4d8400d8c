using LegoNet.Audit;
using LegoNet.Data.Files;
using LegoNet.Records;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Audit;

public sealed class LedgerTests : IDisposable
{
    private const int HeaderBytes = 68;

    private static readonly SigningKey s_key = SigningKey.CreateRandom();
    private static readonly UnflushedFiles s_files = new();

    private readonly TempFolder _folder = new();
    private readonly ModelPaths _paths;
    private readonly Ledger _ledger;
    private int _newest;

    public LedgerTests()
    {
        _paths = new ModelPaths(_folder["model"]);
        _ledger = new Ledger(_paths, s_files);
        Directory.CreateDirectory(_paths.LedgerFolder);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Next_AnyNumberOfEntries_ContinuesTheNewest()
    {
        for (var i = 1; i <= 70; i++)
        {
            Assert.Equal(i, Append("add", []));
        }

        Assert.Empty(Ledger.Check([.. _ledger.Entries()], Root(70), [s_key.PublicKey], 2));
        Assert.Equal(s_key.PublicKey.Fingerprint, _ledger.LastSigner(Root(70)));
    }

    [Fact]
    public void Next_EntriesWereRemoved_ContinuesTheNewestThatIsThere()
    {
        for (var i = 1; i <= 40; i++)
        {
            Append("add", []);
        }

        foreach (var gone in (int[])[1, 2, 3, 17, 30])
        {
            File.Delete(Path.Combine(_folder["model"], Ledger.NameOf(gone)));
        }

        Assert.Equal(41, Append("add", []));
        foreach (var file in _ledger.Files().ToArray())
        {
            File.Delete(file);
        }

        Assert.Equal(1, _ledger.Next(DateTimeOffset.UnixEpoch, "add", Root(41), Root(42), Root(0), [], s_key).Entry.Sequence);
    }

    [Fact]
    public void Check_EveryEntrySignedByAnother_NamesTwentyAndTheirNumber()
    {
        for (var i = 1; i <= 30; i++)
        {
            Append("add", []);
        }

        using var other = SigningKey.CreateRandom();
        var differences = Ledger.Check([.. _ledger.Entries()], Root(30), [other.PublicKey], 2);
        Assert.Equal(21, differences.Count);
        Assert.Equal("ledger/00000001.json: is signed with a key that is not among those given", differences[0]);
        Assert.Equal("ledger: 30 signatures in all do not hold", differences[^1]);
    }

    [Theory]
    [InlineData("\"sequence\":1", "\"sequence\":2")]
    [InlineData("\"sequence\":1", "\"more\":0,\"sequence\":1")]
    [InlineData("\"sequence\":1", "\"sequence\": 1")]
    [InlineData("\"Exact\"", "\"Approximate\"")]
    [InlineData("[]", "[\"name\"]")]
    public void Entries_NotCanonicalOrOutOfPlace_AreDamage(string before, string after)
    {
        Append("add", []);
        var path = Path.Combine(_folder["model"], Ledger.NameOf(1));
        File.WriteAllText(path, File.ReadAllText(path).Replace(before, after, StringComparison.Ordinal));
        Assert.Equal(LegoNetError.Damaged, Assert.Throws<LegoNetException>(() => _ledger.Entries().Count()).Error);
    }

    [Fact]
    public void ForgottenTags_WithAndWithoutItsFile_AreThoseOfTheLedger()
    {
        var random = new Random(3);
        var expected = new HashSet<RecordKey>();
        ForgottenTags? known = null;
        var wrote = 0;
        for (var i = 0; i < 900; i++)
        {
            var key = DrawnKeys.Draw(1, i)[0];
            var whole = random.Next(2) == 0;
            var forget = random.Next(3) > 0;
            Append(forget ? "forget" : "correct", [key.ToTag(withRecord: !whole)]);
            if (forget)
            {
                expected.Add(key);
            }

            if (i % 90 == 89)
            {
                var before = File.Exists(_paths.ForgottenTagsFile) ? File.GetLastWriteTimeUtc(_paths.ForgottenTagsFile) : default;
                known = ForgottenTags.Read(known, _paths, s_files, Root(i + 1));
                AssertSame(known);
                AssertSame(ForgottenTags.Read(null, _paths, s_files, Root(i + 1)));
                wrote += File.Exists(_paths.ForgottenTagsFile) && File.GetLastWriteTimeUtc(_paths.ForgottenTagsFile) != before ? 1 : 0;
                Assert.True(ForgottenTags.Agrees(_paths, s_files, _ledger.Entries()));
            }
        }

        Assert.InRange(wrote, 2, 4);

        void AssertSame(ForgottenTags tags)
        {
            for (var i = 0; i < 900; i++)
            {
                var key = DrawnKeys.Draw(1, i)[0];
                Assert.Equal(expected.Contains(key), tags.Contains(key));
            }
        }
    }

    [Fact]
    public void ForgottenTags_WholeSubjectForgotten_CoversItsRecords()
    {
        var key = DrawnKeys.Draw(1, 1)[0];
        Append("forget", [key.ToTag(withRecord: false)]);
        var tags = ForgottenTags.Read(null, _paths, s_files, Root(1));
        Assert.True(tags.Contains(new RecordKey(KeyedStore.SubjectTag(key), new byte[RecordKey.TagBytes])));
        Assert.True(tags.Contains(key));
        Assert.False(tags.Contains(DrawnKeys.Draw(1, 2)[0]));
    }

    [Fact]
    public void ForgottenTags_FileThatDoesNotFitTheLedger_IsNotBelieved()
    {
        RecordKey[] keys = [.. Enumerable.Range(0, 300).Select(i => DrawnKeys.Draw(1, i)[0])];
        foreach (var key in keys)
        {
            Append("forget", [key.ToTag(withRecord: true)]);
        }

        AssertAll();
        var bytes = File.ReadAllBytes(_paths.ForgottenTagsFile);
        foreach (var altered in (byte[][])[[], bytes[..50], bytes[..^64], [.. bytes.Select((b, i) => i == 100 ? (byte)(b ^ 1) : b)]])
        {
            File.WriteAllBytes(_paths.ForgottenTagsFile, altered);
            AssertAll();
        }

        // One that was made consistently, but lists less: verify says so.
        bytes = [.. bytes[..^64]];
        System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(32), bytes);
        File.WriteAllBytes(_paths.ForgottenTagsFile, bytes);
        Assert.False(ForgottenTags.Agrees(_paths, s_files, _ledger.Entries()));

        // One of another ledger.
        File.Delete(_ledger.Files().Last());
        _newest--;
        Append("add", []);
        Assert.True(ForgottenTags.Agrees(_paths, s_files, _ledger.Entries()));
        Assert.True(ForgottenTags.Read(null, _paths, s_files, Root(300)).Contains(keys[298]));
        Assert.Equal(HeaderBytes + (299 * 64), new FileInfo(_paths.ForgottenTagsFile).Length);
        Assert.False(ForgottenTags.Read(null, _paths, s_files, Root(300)).Contains(keys[299]));

        void AssertAll()
        {
            var tags = ForgottenTags.Read(null, _paths, s_files, Root(300));
            Assert.All(keys, key => Assert.True(tags.Contains(key)));
        }
    }

    private int Append(string operation, IReadOnlyList<string> tags)
    {
        var (time, before) = (DateTimeOffset.UnixEpoch.AddSeconds(_newest), _newest == 0 ? null : Root(_newest));
        var (entry, path, bytes) = _ledger.Next(time, operation, before, Root(_newest + 1), Root(0), tags, s_key);
        File.WriteAllBytes(path, bytes);
        return _newest = entry.Sequence;
    }

    private static string Root(int number) => Digests.Of(BitConverter.GetBytes(number));
}
