using LegoNet.Audit;
using LegoNet.Changes;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Records;
using LegoNet.Store;
using LegoNet.TestHost;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Audit;

/// <summary>What an attacker, a crash or a thief does to a model's history, and what its owner can do about it.</summary>
public sealed class ModelHistoryTests : IDisposable
{
    private readonly TrainedModel _trained = new();

    private LegoNetModel Model => _trained.Model;

    private string PublicKeyFile => _trained.Path + ".signing.pub.pem";

    private string SigningKeyFile => _trained.Path + ".signing.pem";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _trained.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Change_LedgerRemovedWithoutAKey_IsRefusedAndSoAreProofAndReceipt(int removed)
    {
        Model.Forget("subject-1");
        Model.Forget("subject-2");
        foreach (var file in Directory.GetFiles(Path.Combine(_trained.Path, "ledger")).OrderDescending().Take(removed))
        {
            File.Delete(file);
        }

        // The next change would begin a history that knows nobody who was forgotten.
        var suppress = new AddOptions { Suppress = true };
        foreach (var change in (Action[])
        [
            () => Model.Add(_trained.Records(1), suppress, cancellationToken: Cancel),
            () => Model.Forget("subject-3"),
            () => Model.Prove("subject-3"),
            () => Model.History.Receipt(1),
            () => LegoNetModel.Open(_trained.Path),
        ])
        {
            var error = Assert.Throws<LegoNetException>(change);
            Assert.Equal((LegoNetError.Damaged, LegoNetReason.Inconsistent), (error.Error, error.Reason));
        }
    }

    [Fact]
    public void Add_OldestEntriesRemoved_IsRefusedSinceNobodyKnowsWhoWasForgotten()
    {
        Model.Forget("subject-1");
        Model.Forget("subject-2");
        File.Delete(InLedger(2));
        var error = Assert.Throws<LegoNetException>(() => Model.Add(_trained.Records(1), cancellationToken: Cancel));
        Assert.Contains("ledger/00000002.json: is missing, and no signed entry says that it was pruned", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            Model.Verify(cancellationToken: Cancel).Differences,
            d => d.StartsWith("ledger/00000003.json: does not continue", StringComparison.Ordinal));
    }

    [Fact]
    public void Add_GapAfterAnEntryWithThePresentRoot_IsRefusedSinceTheEntriesAfterItAreNotHeard()
    {
        Model.Add(_trained.Records(40), cancellationToken: Cancel);
        Model.Forget("subject-40");
        File.Delete(InLedger(2));
        using var reopened = LegoNetModel.Open(_trained.Path);
        var error = Assert.Throws<LegoNetException>(() => reopened.Add(_trained.Records(40), new AddOptions { Suppress = true }, cancellationToken: Cancel));
        Assert.StartsWith("ledger/00000002.json: is missing, and entries after it are here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ManifestAlteredWithEveryDigest_IsRefusedWhereThePublicKeyIs()
    {
        var key = File.ReadAllText(PublicKeyFile);
        var manifest = Path.Combine(_trained.Path, "manifest.json");
        var text = File.ReadAllText(manifest);
        var rows = System.Text.RegularExpressions.Regex.Match(text, "\"rows\":(\\d)");
        File.WriteAllText(manifest, text[..rows.Groups[1].Index] + (rows.Groups[1].Value == "1" ? "2" : "1") + text[(rows.Groups[1].Index + 1)..]);
        Assert.Contains(
            "the ledger's newest entry leads to another state",
            Assert.Throws<LegoNetException>(() => LegoNetModel.Open(_trained.Path)).Message,
            StringComparison.Ordinal);
        Assert.Throws<LegoNetException>(() => Model.Reload());
        Assert.Throws<LegoNetException>(() => Model.Forget("subject-1"));

        // Without the key it is served, which is said; nothing is signed over it all the same.
        File.Delete(PublicKeyFile);
        using (var open = LegoNetModel.Open(_trained.Path))
        {
            Assert.EndsWith("so nothing says whether this is the state that was signed", open.WhyNotVouchedFor, StringComparison.Ordinal);
            Assert.Throws<LegoNetException>(() => open.Forget("subject-1"));
        }

        File.WriteAllText(PublicKeyFile, key);
        File.WriteAllText(manifest, text);
        using var whole = LegoNetModel.Open(_trained.Path);
        Assert.Null(whole.WhyNotVouchedFor);
    }

    [Fact]
    public void Receipt_OfAnEarlierChange_IsMadeAgainAndHolds()
    {
        var first = Model.Forget([new ForgetTarget("subject-1"), new ForgetTarget("subject-2", "id-1")], cancellationToken: Cancel);
        Model.Add(_trained.Records(1), cancellationToken: Cancel);
        var again = Receipt.Parse(Model.History.Receipt(2).ToJson());
        Assert.True(again.IsMadeAgain && !first.IsMadeAgain);
        Assert.Equal((first.LedgerEntry, first.RootAfter, first.Time), (again.LedgerEntry, again.RootAfter, again.Time));
        Assert.Equal(first.Tags, again.Tags);
        Assert.Equal((2, 3), (first.Head.Sequence, again.Head.Sequence));
        Assert.Empty(Model.VerifyReceipt(again).Differences);
        Assert.Contains("is of the operation \"train\"", Assert.Throws<LegoNetException>(() => Model.History.Receipt(1)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "there is no such entry (the newest is 3",
            Assert.Throws<LegoNetException>(() => Model.History.Receipt(4)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Forget_AskedForAgain_ReturnsTheReceiptOfTheOneThatDidIt()
    {
        ForgetTarget[] targets = [new("subject-1"), new("subject-2", "id-1")];
        var first = Model.Forget(targets, cancellationToken: Cancel);
        Model.Forget("subject-3");
        var again = Model.Forget([.. targets.Reverse()], cancellationToken: Cancel);
        Assert.Equal((first.LedgerEntry, true), (again.LedgerEntry, again.IsMadeAgain));
        Assert.True(Model.VerifyReceipt(again).Holds);
        Assert.Equal(3, Model.History.Head.Sequence);

        // With somebody who was never there: only where that is to be passed over.
        ForgetTarget[] more = [.. targets, new("nobody")];
        Assert.Contains(
            "nothing is stored",
            Assert.Throws<LegoNetException>(() => Model.Forget(more, cancellationToken: Cancel)).Message,
            StringComparison.Ordinal);
        Assert.Equal(first.LedgerEntry, Model.Forget(more, ignoreUnknown: true, cancellationToken: Cancel).LedgerEntry);

        // What two forgets did has no one receipt.
        ForgetTarget[] both = [.. targets, new("subject-3")];
        Assert.Throws<LegoNetException>(() => Model.Forget(both, cancellationToken: Cancel));
        Assert.Null(Model.Forget(both, ignoreUnknown: true, cancellationToken: Cancel).LedgerEntry);

        // A part of what one forget did is none of its own.
        Assert.Throws<LegoNetException>(() => Model.Forget("subject-1"));
    }

    [Fact]
    public void RotateKey_OldAndNew_EachHoldForTheirEntriesOnly()
    {
        var before = Model.Forget("subject-1");
        var proof = Model.Prove("subject-1");
        using var old = SigningKey.Load(SigningKeyFile, PhysicalFileLayer.Instance);
        var listedBefore = Model.VerificationKeys;
        var created = Model.History.RotateKey();
        var after = Model.Forget("subject-2");
        Assert.Equal(created.Fingerprint, after.Signer);
        Assert.Equal([(1, (int?)2), (3, null)], Model.VerificationKeys.Select(k => (k.Validity[0].First, k.Validity[0].Last)));
        AssertWhole(4);
        Assert.True(Model.VerifyReceipt(before).Holds && Model.VerifyReceipt(after).Holds && proof.Check(Model.VerificationKeys).Holds);

        // Who has the public key of before only can follow: the old key endorsed the new one.
        Assert.Empty(LedgerChain.Check([.. Entries()], Model.RootDigest, listedBefore, 1));

        // A retired key signs nothing new, by this program or by another.
        Assert.Contains("at entry 4 with a key that is valid for entries 1-2 only", Refuse(after.Sign(old)), StringComparison.Ordinal);
        Assert.Null((before with { Records = 99 }).Sign(old).Refuse(Model.VerificationKeys));
        File.WriteAllText(SigningKeyFile + ".old", "");
        var options = new ModelOptions { SigningKeyPath = SigningKeyFile + ".old" };
        File.Delete(SigningKeyFile + ".old");
        old.Save(SigningKeyFile + ".old", PhysicalFileLayer.Instance);
        using var thief = LegoNetModel.Open(_trained.Path, options);
        Assert.Contains(
            "and the model's changes are signed with",
            Assert.Throws<LegoNetException>(() => thief.Forget("subject-3")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Verify_SuccessorThatAThiefEndorsedInPlaceOfTheOwners_IsRefused(bool revoked)
    {
        Model.Forget("subject-1");
        using var old = SigningKey.Load(SigningKeyFile, PhysicalFileLayer.Instance);
        _ = revoked ? Model.History.RevokeKey(KeyLoss.Stolen) : Model.History.RotateKey();

        // The owner's change of keys is cut off, and another put there that the old key endorses just as well.
        using var thief = SigningKey.CreateRandom();
        var (before, successor) = (Entries()[1], thief.PublicKey.ToBase64());
        var endorsement = old.Sign(ReplacedKey.Domain, ReplacedKey.EndorsementOf(before.Model, 3, successor));
        var draft = LedgerEntry.Of(Operations.Keys, before.Entry.Time, Model.RootDigest, Model.RootDigest, before.Entry.Spec) with
        {
            Replaces = new ReplacedKey(before.Entry.Signer, null, successor, endorsement),
        };
        var forged = new Ledger(new ModelPaths(_trained.Path), PhysicalFileLayer.Instance).Next(before, draft, thief);
        File.WriteAllBytes(forged.Path, forged.Bytes);
        Assert.Equal(
            ["ledger/00000003.json: is signed with a key that is not among those given"],
            LegoNetModel.Verify(_trained.Path, cancellationToken: Cancel).Differences);
        Assert.Throws<LegoNetException>(() => LegoNetModel.Open(_trained.Path));
    }

    [Fact]
    public void RevokeKey_Stolen_NoReceiptOrProofUnderItHoldsUntilMadeAgain()
    {
        var receipt = Model.Forget("subject-1");
        var proof = Model.Prove("subject-1");
        using var stolen = SigningKey.Load(SigningKeyFile, PhysicalFileLayer.Instance);
        Model.History.RevokeKey(KeyLoss.Stolen);
        var keys = Model.VerificationKeys;
        Assert.Contains("was stolen and revoked", Assert.Single(proof.Check(keys).Failures), StringComparison.Ordinal);
        Assert.Contains("was stolen and revoked", Refuse(receipt), StringComparison.Ordinal);
        Assert.Contains("was stolen and revoked", Refuse((receipt with { Records = 1 }).Sign(stolen)), StringComparison.Ordinal);
        AssertWhole(3);
        Assert.True(Model.VerifyReceipt(Model.History.Receipt(2)).Holds);
        Assert.True(Model.Prove("subject-1").Check(keys, new() { Receipt = Model.History.Receipt(2) }).Holds);

        // The thief goes on with the ledger, or replaces its end: the entries are not of the model.
        var head = Entries().Last();
        foreach (var (from, why) in ((LedgerHead, string)[])[(head, "at entry 4 with a key"), (Entries()[1], "at entry 3 with a key")])
        {
            var forged = new Ledger(new ModelPaths(_trained.Path), PhysicalFileLayer.Instance).Next(
                from,
                LedgerEntry.Of("add", DateTimeOffset.UtcNow, Model.RootDigest, Model.RootDigest, head.Entry.Spec),
                stolen);
            Assert.Contains(why, forged.Entry.Refuse(keys, head.Model), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void RevokeKey_Lost_GoesOnWithoutItAndWhatItSignedHolds()
    {
        var receipt = Model.Forget("subject-1");
        File.Delete(SigningKeyFile);
        Assert.Contains("cannot endorse the next", Assert.Throws<LegoNetException>(() => Model.History.RotateKey()).Message, StringComparison.Ordinal);
        using var reopened = LegoNetModel.Open(_trained.Path);
        Assert.Throws<LegoNetException>(() => reopened.Forget("subject-2"));
        var created = reopened.History.RevokeKey(KeyLoss.Lost);
        Assert.Equal(created.Fingerprint, reopened.Forget("subject-2").Signer);
        AssertWhole(4);
        Assert.True(reopened.VerifyReceipt(receipt).Holds);
    }

    [Fact]
    public void RotateKey_CrashBeforeOrAfterItsEntry_IsFinishedByAskingAgainOrByTheNextChange()
    {
        // Before the entry: both keys are listed, and the old one signs nothing more.
        var old = File.ReadAllBytes(SigningKeyFile);
        Model.History.RotateKey();
        var created = File.ReadAllBytes(SigningKeyFile);
        var entry = File.ReadAllBytes(InLedger(2));
        File.Delete(InLedger(2));
        File.WriteAllBytes(SigningKeyFile, old);
        File.WriteAllBytes(SigningKeyFile + ".next", created);
        using (var open = LegoNetModel.Open(_trained.Path))
        {
            var refused = Assert.Throws<LegoNetException>(() => open.Forget("subject-1")).Message;
            Assert.Contains("which was retired", refused, StringComparison.Ordinal);
            Assert.Contains("finish the change of keys by asking for it again", refused, StringComparison.Ordinal);
            open.History.RotateKey();
            open.Forget("subject-1");
        }

        AssertWhole(3);
        Assert.False(File.Exists(SigningKeyFile + ".next"));

        // After it: the next change puts the new key in place.
        File.Delete(InLedger(3));
        Assert.NotEqual(entry, File.ReadAllBytes(InLedger(2)));
        using var other = new TrainedModel();
        var first = File.ReadAllBytes(other.Path + ".signing.pem");
        other.Model.History.RotateKey();
        File.Move(other.Path + ".signing.pem", other.Path + ".signing.pem.next");
        File.WriteAllBytes(other.Path + ".signing.pem", first);
        using var next = LegoNetModel.Open(other.Path);
        Assert.True(next.VerifyReceipt(next.Forget("subject-1")).Holds);
    }

    [Fact]
    public void Open_KeyRotatedBetweenReadingTheKeysAndTheLedger_ReadsBothAgain()
    {
        using var opened = LegoNetModel.Open(_trained.Path, new ModelOptions { Files = new RotatingMeanwhile(Model, PublicKeyFile) });
        Assert.Equal(2, opened.History.Head.Sequence);
    }

    [Fact]
    public void Open_EntryUndoneByItsWriterWhileItIsLookedFor_ReadsTheLedgerAgain()
    {
        using var opened = LegoNetModel.Open(_trained.Path, new ModelOptions { Files = new UndoneMeanwhile(InLedger(2)) });
        Assert.Equal(1, opened.History.Head.Sequence);
    }

    [Fact]
    public void Open_PublicKeysFromBeforeARotation_SaysWhichFileIsTooOld()
    {
        var older = File.ReadAllText(PublicKeyFile);
        Model.History.RotateKey();
        File.WriteAllText(PublicKeyFile, older);
        foreach (var use in (Action[])[() => LegoNetModel.Open(_trained.Path), () => Model.Forget("subject-1")])
        {
            var error = Assert.Throws<LegoNetException>(use);
            Assert.Equal((LegoNetError.Damaged, LegoNetReason.SignerNotListed), (error.Error, error.Reason));
            Assert.StartsWith($"{PublicKeyFile}: does not list the key ", error.Message, StringComparison.Ordinal);
            Assert.Contains("that signed ledger/00000002.json, so either this file is older than the model", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void RotateKey_KeyThatOtherModelsMayUse_IsLeftAndTheNewOneNamed()
    {
        var shared = _trained.Path + "-shared.pem";
        File.Move(SigningKeyFile, shared);
        var bytes = File.ReadAllBytes(shared);
        using (var model = LegoNetModel.Open(_trained.Path, new ModelOptions { SigningKeyPath = shared }))
        {
            Assert.Contains("name a file for the new key", Assert.Throws<LegoNetException>(() => model.History.RotateKey()).Message, StringComparison.Ordinal);
            Assert.Contains(
                "which has signed before",
                Assert.Throws<LegoNetException>(() => model.History.RotateKey(shared)).Message,
                StringComparison.Ordinal);
            model.History.RotateKey(shared + ".new");
            Assert.Equal(bytes, File.ReadAllBytes(shared));
            Assert.Throws<LegoNetException>(() => model.Forget("subject-1"));
        }

        using var next = LegoNetModel.Open(_trained.Path, new ModelOptions { SigningKeyPath = shared + ".new" });
        Assert.True(next.VerifyReceipt(next.Forget("subject-1")).Holds);
        AssertWhole(3);
    }

    [Fact]
    public void Prune_OldEntries_GoesWithVerificationAndForgetsTheirTags()
    {
        var clock = new ManualClock();
        using var folder = new TempFolder();
        var options = new ModelOptions { Clock = clock, Files = new UnflushedFiles() };
        var definition = Models.Definition();
        var records = Enumerable.Range(0, 5).Select(i => Models.Record(definition.Spec, i, 0));
        using var model = LegoNetModel.Train(folder["model"], definition, records, options, cancellationToken: Cancel);
        clock.Advance(TimeSpan.FromDays(10));
        var old = model.Forget("subject-1");
        var nothing = model.Forget([new ForgetTarget("nobody")], ignoreUnknown: true, cancellationToken: Cancel);
        clock.Advance(TimeSpan.FromDays(10));
        model.Forget("subject-2");
        Assert.Empty(model.VerifyReceipt(nothing) is { Holds: true } holds ? holds.Notes : ["does not hold"]);
        var name = model.History.Head.Model;
        Assert.Equal(0, model.History.Prune(DateTimeOffset.UnixEpoch));
        Assert.Equal(2, model.History.Prune(DateTimeOffset.UnixEpoch.AddDays(15)));
        Assert.Equal([3, 4], model.History.Entries().Select(e => e.Sequence));
        Assert.Equal(name, model.History.Head.Model);
        Assert.True(model.Verify(cancellationToken: Cancel) is { IsExact: true, LedgerEntries: 2, SignaturesChecked: true });

        // The receipt of a pruned change holds by itself; the model is the same.
        var report = model.VerifyReceipt(old);
        Assert.True(report.Holds);
        Assert.Equal("the receipt's entry (2) was pruned from the ledger, so only the receipt's own signature speaks for it", Assert.Single(report.Notes));
        Assert.Contains("(2) was pruned", Assert.Single(model.VerifyReceipt(nothing).Notes), StringComparison.Ordinal);
        Assert.Contains("there is no such entry", Assert.Throws<LegoNetException>(() => model.History.Receipt(2)).Message, StringComparison.Ordinal);

        // Who was forgotten since is still known; who was forgotten before is not, which is what the limit was for.
        var suppress = new AddOptions { Suppress = true };
        Assert.Equal(0, model.Add([Models.Record(definition.Spec, 1, 0)], suppress, cancellationToken: Cancel).ForgottenBefore);
        Assert.Throws<LegoNetException>(() => model.Add([Models.Record(definition.Spec, 2, 0)], suppress, cancellationToken: Cancel));
        Assert.True(model.Verify(cancellationToken: Cancel).IsExact);
    }

    [Fact]
    public void Prune_CrashBeforeTheListOfTagsIsRemoved_IsFinishedByWhoOpensNext()
    {
        Model.Forget("subject-1");
        var list = _trained.Path + ".forgotten";
        File.WriteAllText(list, "what the entries said that are pruned now");
        using (var crashing = LegoNetModel.Open(_trained.Path, new ModelOptions { Files = new KeepsFile(list) }))
        {
            Assert.Throws<IOException>(() => crashing.History.Prune(DateTimeOffset.UtcNow.AddDays(1)));
        }

        Assert.True(File.Exists(list));
        LegoNetModel.Open(_trained.Path).Dispose();
        Assert.False(File.Exists(list));
        AssertWhole(1);
    }

    [Fact]
    public void Check_DecoyModelUnderTheSameKey_Shows()
    {
        // Another model, made with the same keys from records without the person: its proof of absence is well signed.
        var receipt = Model.Forget([new ForgetTarget("subject-1", "id-0")], cancellationToken: Cancel);
        using var folder = new TempFolder();
        var keys = new ModelOptions { TagKeyPath = _trained.Path + ".key", SigningKeyPath = SigningKeyFile, PublicKeyPath = PublicKeyFile };
        using var decoy = LegoNetModel.Train(folder["decoy"], _trained.Definition, _trained.Records(2), keys, cancellationToken: Cancel);
        var proof = decoy.Prove("subject-1");
        Assert.Equal(MembershipKind.Absence, proof.Kind);
        Assert.True(proof.Check(Model.VerificationKeys).Holds);
        Assert.Contains(
            $"and the proof is about model {decoy.History.Head.Model}",
            Assert.Single(proof.Check(Model.VerificationKeys, new() { Receipt = receipt }).Failures),
            StringComparison.Ordinal);
        Assert.Contains(
            "The proof is about model",
            Assert.Single(proof.Check(Model.VerificationKeys, new() { Model = receipt.Head.Model }).Failures),
            StringComparison.Ordinal);
        Assert.Contains("the receipt is about model", Assert.Single(decoy.VerifyReceipt(receipt).Differences), StringComparison.Ordinal);

        // An earlier state of the model itself shows as well, and so does an old proof.
        var absent = Model.Prove("nobody");
        var forgotten = Model.Forget("subject-1");
        Assert.Contains(
            "before the change that the receipt is of (entry 3)",
            string.Join(' ', absent.Check(Model.VerificationKeys, new() { Receipt = forgotten }).Failures),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Check_RecordReceiptAndPresence_SaysWhichRecordIsGone()
    {
        var receipt = Model.Forget([new ForgetTarget("subject-1", "id-0")], cancellationToken: Cancel);
        var report = Model.Prove("subject-1").Check(Model.VerificationKeys, new() { Receipt = receipt });
        Assert.True(report.Holds);
        var record = receipt.Tags[0][65..];
        Assert.Contains(
            report.Proven,
            p => p.Contains($"on 1 single record of this tag (record tag {record}), and not of all that is stored under it", StringComparison.Ordinal));
        Assert.Contains(report.Proven, p => p.EndsWith("ends at a record with this tag.", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Proven, p => p.Contains("is stored under tag", StringComparison.Ordinal));
    }

    [Fact]
    public void Check_OldProof_HoldsOnlyWithoutAMaximalAge()
    {
        var clock = new ManualClock();
        var proof = Model.Prove("nobody");
        Assert.True(proof.Check(Model.VerificationKeys).Holds);
        Assert.True(proof.Check(Model.VerificationKeys, new() { MaxAge = TimeSpan.FromMinutes(1) }).Holds);
        Assert.Contains(
            "and it is 1970-01-01",
            Assert.Single(proof.Check(Model.VerificationKeys, new() { MaxAge = TimeSpan.FromDays(1), Clock = clock }).Failures),
            StringComparison.Ordinal);
        clock.Advance(proof.Time - DateTimeOffset.UnixEpoch + TimeSpan.FromDays(2));
        Assert.Contains(
            "longer ago than is accepted",
            Assert.Single(proof.Check(Model.VerificationKeys, new() { MaxAge = TimeSpan.FromDays(1), Clock = clock }).Failures),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Change_ClockFarBehind_IsRefused()
    {
        var files = Tree.Files(_trained.Path);
        using var model = LegoNetModel.Open(_trained.Path, new ModelOptions { Clock = new ManualClock() });
        Assert.StartsWith(
            "The clock says 1970-01-01 00:00:00Z",
            Assert.Throws<LegoNetException>(() => model.Forget("subject-1")).Message,
            StringComparison.Ordinal);
        Assert.Equal(files.Keys, Tree.Files(_trained.Path).Keys);
    }

    [Fact]
    public void PublicKeys_LimitsInTheirFile_AreReadAndMalformedOnesRefused()
    {
        using var key = SigningKey.CreateRandom();
        var valid = new KeyValidity(Digests.Of([1]), 3, 9, true);
        var read = Assert.Single(VerificationKey.Parse("Some text.\n" + key.PublicKey.With(valid).ToPem()));
        Assert.Equal(valid, Assert.Single(read.Validity));
        Assert.Equal(key.PublicKey.Fingerprint, read.Fingerprint);
        foreach (var limits in (string[])["x entries 1-2", $"{valid.Model} entries -2", $"{valid.Model} entries 1-99999999999"])
        {
            Assert.Contains(
                "does not say for which entries",
                Assert.Throws<LegoNetException>(() => VerificationKey.Parse($"legonet: model {limits}\n{key.PublicKey.ToPem()}")).Message,
                StringComparison.Ordinal);
        }
    }

    private string Refuse(Receipt receipt) => receipt.Refuse(Model.VerificationKeys)!;

    private void AssertWhole(int entries)
    {
        var report = LegoNetModel.Verify(_trained.Path, cancellationToken: Cancel);
        Assert.Empty(report.Differences);
        Assert.Equal((entries, true), (report.LedgerEntries, report.SignaturesChecked));
    }

    private LedgerHead[] Entries() => [.. new Ledger(new ModelPaths(_trained.Path), PhysicalFileLayer.Instance).Entries()];

    private string InLedger(int sequence) => Path.Combine(_trained.Path, Ledger.NameOf(sequence));

    private sealed class KeepsFile(string file) : PassingFiles(PhysicalFileLayer.Instance)
    {
        public override void Delete(string path)
        {
            if (path == file)
            {
                throw new IOException("The power went out.");
            }

            base.Delete(path);
        }
    }

    // A writer's entry is there when it is looked for, and gone when it is to be read the second time.
    private sealed class UndoneMeanwhile(string entry) : PassingFiles(PhysicalFileLayer.Instance)
    {
        private int _reads;

        public override bool FileExists(string path) => (path == entry && _reads < 2) || base.FileExists(path);

        public override IEnumerable<string> EnumerateFiles(string directory)
            => directory == Path.GetDirectoryName(entry) && _reads < 2 ? base.EnumerateFiles(directory).Append(entry) : base.EnumerateFiles(directory);

        public override byte[] ReadAllBytes(string path)
        {
            _reads += path == entry ? 1 : 0;
            return base.ReadAllBytes(path);
        }
    }

    // Another process changes the keys when this one has read the public keys' file.
    private sealed class RotatingMeanwhile(LegoNetModel model, string publicKeys) : PassingFiles(PhysicalFileLayer.Instance)
    {
        private bool _done;

        public override byte[] ReadAllBytes(string path)
        {
            var bytes = base.ReadAllBytes(path);
            if (path == publicKeys && !_done)
            {
                _done = true;
                model.History.RotateKey();
            }

            return bytes;
        }
    }
}
