using System.Numerics;
using System.Text;
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
    private static readonly TagKey s_tagKey = TagKey.FromBytes(new byte[32]);
    private static readonly UnflushedFiles s_files = new();

    private readonly TempFolder _folder = new();
    private readonly ModelPaths _paths;
    private readonly ModelRun _run;
    private readonly Ledger _ledger;
    private int _newest;
    private LedgerHead? _head;

    public LedgerTests()
    {
        _paths = new ModelPaths(_folder["model"]);
        _run = new ModelRun(_paths) { Files = s_files };
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
            Assert.Equal(_head, _ledger.HeadOf(Root(i), [s_key.PublicKey]), (a, b) => a!.Digest == b!.Digest);
        }

        Assert.Empty(Check());
        Assert.Single(_ledger.Entries().Select(e => e.Model).Distinct());
    }

    [Fact]
    public void HeadOf_LedgerThatDoesNotLeadToTheState_IsRefused()
    {
        AssertRefused("ledger: has no entry", Root(1));
        Append(3);
        AssertRefused("ledger/00000003.json: the ledger's newest entry leads to another state", Root(2));
        Remove(3);
        AssertRefused("ledger/00000002.json: the ledger's newest entry leads to another state", Root(3));
        using var other = SigningKey.CreateRandom();
        Assert.Contains(
            "model.signing.pub.pem: does not list the key ",
            Assert.Throws<LegoNetException>(() => _ledger.HeadOf(Root(2), [other.PublicKey])).Message,
            StringComparison.Ordinal);

        void AssertRefused(string why, string root)
        {
            var error = Assert.Throws<LegoNetException>(() => _ledger.HeadOf(root, [s_key.PublicKey]));
            Assert.StartsWith(why, error.Message, StringComparison.Ordinal);
            Assert.Equal((LegoNetError.Damaged, LegoNetReason.Inconsistent), (error.Error, error.Reason));
        }
    }

    [Fact]
    public void HeadOf_EntryOfACommitUnderWay_IsTheOneBeforeIt()
    {
        Append(3);
        Assert.Throws<LegoNetException>(() => _ledger.HeadOf(Root(2), []));
        File.WriteAllText(_paths.CommitMarker, "");
        Assert.Equal(2, _ledger.HeadOf(Root(2), [s_key.PublicKey]).Sequence);
        Assert.Throws<LegoNetException>(() => _ledger.HeadOf(Root(1), []));
    }

    [Fact]
    public void HeadOf_EntriesWereRemoved_IsTheNewestThatIsThere()
    {
        Append(40);
        Remove(1, 2, 3, 17, 30);
        Assert.Equal(40, _ledger.HeadOf(Root(40), [s_key.PublicKey]).Sequence);
        Assert.Throws<LegoNetException>(() => _ledger.Back(_head!).Count());
    }

    [Theory]
    [InlineData(new[] { 1 }, "ledger: the entries before 2 are missing, and no signed entry says that they were pruned")]
    [InlineData(new[] { 1, 2, 3 }, "ledger: the entries before 4 are missing, and no signed entry says that they were pruned")]
    [InlineData(new[] { 3 }, "ledger/00000004.json: does not continue the entry before it")]
    public void Check_EntriesRemovedWithoutASignature_SaysSo(int[] removed, string difference)
    {
        Append(6);
        Remove(removed);
        Assert.Equal(difference, Assert.Single(Check()));
    }

    [Fact]
    public void Check_NothingLeft_SaysSo()
    {
        Append(2);
        Remove(1, 2);
        Assert.Equal("ledger: has no entry, so nothing vouches for the model's present state", Assert.Single(Check()));
    }

    [Fact]
    public void Check_ChangeAsFirstEntry_IsNoBeginning()
    {
        // What somebody without the key gets who removes the history and has the owner make a change.
        Write(LedgerEntry.Of("add", Time(1), Root(0), Root(1), Root(0)));
        Assert.Equal("ledger/00000001.json: is not how a ledger begins", Assert.Single(Check()));
        Remove(1);
        (_newest, _head) = (0, null);
        Write(LedgerEntry.Of(Operations.Repair, Time(1), Root(0), Root(1), Root(0)));
        Assert.Empty(Check());
    }

    [Fact]
    public void RemovePruned_SignedEntry_MakesTheRestWhole()
    {
        Append(9);
        var third = _ledger.Find(3)!;
        Write(LedgerEntry.Of(Operations.Prune, Time(10), Root(9), Root(9), Root(0)) with { Pruned = new PrunedEntries(3, third.Digest) });
        Assert.Empty(Check());
        Remove(2);
        Assert.NotEmpty(Check());
        _ledger.RemovePruned();
        Assert.Equal(Ledger.NameOf(4), $"ledger/{Path.GetFileName(_ledger.Files().First())}");
        Assert.Empty(Check());
        Assert.Equal(7, _ledger.Back(_head!).Count());
        Append("add", []);
        Assert.Empty(Check());

        // One more than what was signed.
        Remove(4);
        Assert.Equal("ledger: the entries before 5 are missing, and no signed entry says that they were pruned", Assert.Single(Check()));
        Assert.Throws<LegoNetException>(() => _ledger.Back(_head!).Count());
    }

    [Fact]
    public void Check_TimeRunsBackwards_IsFoundAndNotWritten()
    {
        Append(3);
        var early = LedgerEntry.Of("add", Time(3) - Ledger.ClockSkew - TimeSpan.FromSeconds(1), Root(3), Root(4), Root(0));
        Assert.StartsWith(
            "The clock says 1969-12-31 23:55:01Z, and the ledger's newest entry was written at 1970-01-01 00:00:02Z",
            Assert.Throws<LegoNetException>(() => _ledger.Next(_head, early, s_key)).Message,
            StringComparison.Ordinal);
        Write(early with { Time = Time(3) - Ledger.ClockSkew });
        Assert.Empty(Check());

        // Somebody with the key and another program wrote it.
        var late = _ledger.Next(_head, LedgerEntry.Of("add", Time(4), Root(4), Root(5), Root(0)), s_key).Entry;
        var forged = (late with { Time = Time(-1000) }).Sign(s_key);
        File.WriteAllBytes(Path.Combine(_paths.LedgerFolder, "00000005.json"), forged.ToJson());
        _head = _ledger.Find(5);
        Assert.StartsWith("ledger/00000005.json: was written at 1969-12-31 23:43:19Z, before", Assert.Single(Check()), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SignatureInItsOtherSpelling_DoesNotHold()
    {
        // With (r, s), (r, n − s) is a signature too, and whoever has none of the keys could write it.
        Append("train", []);
        var path = Path.Combine(_paths.LedgerFolder, "00000001.json");
        var entry = LedgerEntry.Parse(File.ReadAllBytes(path), "entry");
        var other = entry with { Signature = Negated(entry.Signature) };
        using (var key = System.Security.Cryptography.ECDsa.Create())
        {
            key.ImportFromPem(s_key.PublicKey.ToPem());
            var unsigned = Encoding.UTF8.GetString(entry.ToJson()).Replace($"\"signature\":\"{entry.Signature}\",", "", StringComparison.Ordinal);
            var signed = Encoding.UTF8.GetBytes("legonet.ledger.v2\n" + unsigned);
            foreach (var signature in (string[])[entry.Signature, other.Signature])
            {
                Assert.True(key.VerifyData(
                    signed,
                    Convert.FromBase64String(signature),
                    System.Security.Cryptography.HashAlgorithmName.SHA256,
                    System.Security.Cryptography.DSASignatureFormat.Rfc3279DerSequence));
            }
        }

        Assert.Null(entry.Refuse([s_key.PublicKey], _head!.Model));
        Assert.Equal("is not what its signature was made for", other.Refuse([s_key.PublicKey], _head.Model));
    }

    [Fact]
    public void Check_EveryEntrySignedByAnother_NamesTwentyAndTheirNumber()
    {
        Append(30);
        using var other = SigningKey.CreateRandom();
        var differences = LedgerChain.Check([.. _ledger.Entries()], Root(30), [other.PublicKey], 2);
        Assert.Equal(21, differences.Count);
        Assert.Equal("ledger/00000001.json: is signed with a key that is not among those given", differences[0]);
        Assert.Equal("ledger: 30 signatures in all do not hold", differences[^1]);
    }

    [Fact]
    public void Check_AnotherKeyWithoutAnEntryThatSaysSo_IsFound()
    {
        Append(2);
        using var other = SigningKey.CreateRandom();
        Write(LedgerEntry.Of("add", Time(3), Root(2), Root(3), Root(0)), other);
        var differences = LedgerChain.Check([.. _ledger.Entries()], Root(3), [s_key.PublicKey, other.PublicKey], 2);
        Assert.Equal(
            "ledger/00000003.json: is signed with another key than the entry before it, and no entry says that the keys changed",
            Assert.Single(differences));
    }

    [Fact]
    public void Parse_EntryOfTheFirstVersion_SaysTheWayOut()
    {
        Append("train", []);
        var text = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(_paths.LedgerFolder, "00000001.json")));
        var old = text.Replace("\"format\":2,", "", StringComparison.Ordinal).Replace("\"model\":null,", "", StringComparison.Ordinal);
        Assert.Equal(
            "ledger/00000001.json: not a ledger entry (it has format 1, and this version reads format 2; "
            + "a repair that accepts the loss sets a ledger of another version aside and begins a new one).",
            Assert.Throws<LegoNetException>(() => LedgerEntry.Parse(Encoding.UTF8.GetBytes(old), "ledger/00000001.json")).Message);
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
            if (forget && i > 0)
            {
                expected.Add(key);
            }

            if (i % 90 == 89)
            {
                var before = File.Exists(_paths.ForgottenTagsFile) ? File.GetLastWriteTimeUtc(_paths.ForgottenTagsFile) : default;
                known = ForgottenTags.Read(known, _run, s_tagKey, _head!);
                AssertSame(known);
                AssertSame(ForgottenTags.Read(null, _run, s_tagKey, _head!));
                wrote += File.Exists(_paths.ForgottenTagsFile) && File.GetLastWriteTimeUtc(_paths.ForgottenTagsFile) != before ? 1 : 0;
                Assert.True(ForgottenTags.Agrees(_run, s_tagKey, [.. _ledger.Entries()]));
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
        Append("train", []);
        Append("forget", [key.ToTag(withRecord: false)]);
        var tags = ForgottenTags.Read(null, _run, s_tagKey, _head!);
        Assert.True(tags.Contains(new RecordKey(KeyedStore.SubjectTag(key), new byte[RecordKey.TagBytes])));
        Assert.True(tags.Contains(key));
        Assert.False(tags.Contains(DrawnKeys.Draw(1, 2)[0]));
    }

    [Fact]
    public void ForgottenTags_FileThatDoesNotFitTheLedger_IsNotBelieved()
    {
        RecordKey[] keys = [.. Enumerable.Range(0, 300).Select(i => DrawnKeys.Draw(1, i)[0])];
        Append("train", []);
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

        // One that somebody without the tag key made consistently, but that lists less: it is not believed, so nobody is missed.
        bytes = [.. bytes[..^64]];
        System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(32), bytes);
        File.WriteAllBytes(_paths.ForgottenTagsFile, bytes);
        AssertAll();

        // One whose maker had the key: verify says so.
        s_tagKey.ForgottenTagsMac(bytes.AsSpan(32)).CopyTo(bytes, 0);
        File.WriteAllBytes(_paths.ForgottenTagsFile, bytes);
        Assert.False(ForgottenTags.Agrees(_run, s_tagKey, [.. _ledger.Entries()]));

        // One of another ledger, as after a backup was put back.
        File.Delete(_paths.ForgottenTagsFile);
        AssertAll();
        Remove(_newest);
        _head = _ledger.Find(--_newest);
        Append("add", []);
        Assert.False(ForgottenTags.Agrees(_run, s_tagKey, [.. _ledger.Entries()]));
        Assert.True(ForgottenTags.Read(null, _run, s_tagKey, _head!).Contains(keys[298]));
        Assert.Equal(HeaderBytes + (299 * 64), new FileInfo(_paths.ForgottenTagsFile).Length);
        Assert.False(ForgottenTags.Read(null, _run, s_tagKey, _head!).Contains(keys[299]));

        void AssertAll()
        {
            var tags = ForgottenTags.Read(null, _run, s_tagKey, _head!);
            Assert.All(keys, key => Assert.True(tags.Contains(key)));
        }
    }

    private static string Negated(string signature)
    {
        var reader = new System.Formats.Asn1.AsnReader(Convert.FromBase64String(signature), System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        var (r, s) = (reader.ReadInteger(), reader.ReadInteger());
        var order = BigInteger.Parse("115792089210356248762697446949407573529996955224135760342422259061068512044369", null);
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(order - s);
        }

        return Convert.ToBase64String(writer.Encode());
    }

    private static DateTimeOffset Time(int sequence) => DateTimeOffset.UnixEpoch.AddSeconds(sequence - 1);

    private static string Root(int number) => Digests.Of(BitConverter.GetBytes(number));

    private IReadOnlyList<string> Check() => LedgerChain.Check([.. _ledger.Entries()], _head!.Entry.RootAfter, [s_key.PublicKey], 2);

    private void Remove(params int[] entries) => Array.ForEach(entries, entry => File.Delete(Path.Combine(_folder["model"], Ledger.NameOf(entry))));

    private void Append(int entries)
    {
        for (var i = 0; i < entries; i++)
        {
            Append("add", []);
        }
    }

    private int Append(string operation, IReadOnlyList<string> tags)
    {
        var before = _newest == 0 ? null : _head!.Entry.RootAfter;
        return Write(LedgerEntry.Of(_newest == 0 ? Operations.Train : operation, Time(_newest + 1), before, Root(_newest + 1), Root(0)) with { Tags = tags });
    }

    private int Write(LedgerEntry draft, SigningKey? key = null)
    {
        var append = _ledger.Next(_head, draft, key ?? s_key);
        File.WriteAllBytes(append.Path, append.Bytes);
        _head = append.Head;
        return _newest = append.Entry.Sequence;
    }
}
