using LegoNet.Audit;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Store;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.ModelCheck;

/// <summary>What its owner does to a model's history: prunes it, changes keys, puts backups back.</summary>
internal sealed class HistorySteps(World world, ChangeSteps changes, Random random)
{
    // Operations of files that a change of keys takes, about.
    private const int FileOperations = 25;

    private Reference Reference => world.Reference;

    public void Prune()
    {
        var before = Reference.Ledger[random.Next(Reference.Ledger.Count)].Time.AddMinutes(random.Next(2));
        var old = Reference.Ledger.TakeWhile(line => line.Time < before).ToArray();
        world.Say($"  prune {old.Length} of {Reference.Ledger.Count}");
        var model = world.Model(random);
        Assert.Equal(old.Length, model.History.Prune(before));
        if (old.Length > 0)
        {
            Reference.Ledger.RemoveRange(0, old.Length - 1); // The reference needs one entry to go on from.
            world.Note(model, Operations.Prune, new HashSet<Target>());
            Reference.Ledger.RemoveAt(0);
            Reference.PrunedThrough = old[^1].Sequence;
        }
    }

    public void RotateKey() => ChangeKey(model => model.History.RotateKey(), isStolen: false);

    public void LoseKey()
    {
        world.Close();
        File.Delete(world.SigningKeyInUse);
        File.Delete(world.SigningKey);
        Assert.Equal(LegoNetReason.SigningKeyMissing, changes.RefusedForget(world.Model(random)).Reason);
        ChangeKey(model => model.History.RevokeKey(KeyLoss.Lost), isStolen: false);
    }

    public void KeyIsStolen()
    {
        var stolen = File.ReadAllBytes(world.SigningKeyInUse);
        ChangeKey(model => model.History.RevokeKey(KeyLoss.Stolen), isStolen: true);
        world.RetiredKeys.Add(stolen);
    }

    /// <summary>The process dies in a change of keys; whoever asks for it again has it.</summary>
    public void CrashDuringKeyChange()
    {
        world.Close();
        KeyLoss? loss = random.Next(3) switch { 0 => KeyLoss.Stolen, 1 => KeyLoss.Lost, _ => null };
        var old = File.ReadAllBytes(world.SigningKeyInUse);
        var files = new FaultyFiles { FailAt = random.Next(FileOperations), Kind = (FaultyFiles.Fault)random.Next(3), Dies = true };
        using (var dying = LegoNetModel.Open(world.Path, world.Options(files)))
        {
            var failure = Record.Exception(() => Change(dying));
            Assert.Equal(files.Failed, failure is not null);
            world.Say($"  {loss?.ToString() ?? "rotated"}, {(files.Failed ? $"dies at operation {files.FailAt} ({files.Kind})" : "lives")}");
        }

        var model = world.Model(random);
        if (model.History.Head.Sequence == Reference.Head.Sequence)
        {
            Change(model);
        }

        Reference.ChangeKey(model.History.Entries().Last().Signer, loss == KeyLoss.Stolen);
        world.Note(model, Operations.Keys, new HashSet<Target>());
        world.RetiredKeys.Add(old);

        VerificationKey Change(LegoNetModel asked) => loss is { } what ? asked.History.RevokeKey(what) : asked.History.RotateKey();
    }

    public void BackUp()
    {
        var folder = $"backup-{world.Backups.Count}";
        world.Save(folder);
        world.Backups.Add((folder, Reference.Clone()));
    }

    public void RestoreEverything()
    {
        if (world.Backups.Count > 0)
        {
            var (folder, then) = world.Backups[random.Next(world.Backups.Count)];
            world.Say($"  of entry {then.Head.Sequence}");
            world.PutBack(folder);
            world.GoBackTo(then);
        }
    }

    /// <summary>The directory alone is put back; keys, and the list of caches, stay as they are.</summary>
    public void RestoreDirectory()
    {
        if (world.Backups.Count == 0)
        {
            return;
        }

        var (folder, then) = world.Backups[random.Next(world.Backups.Count)];
        world.Say($"  of entry {then.Head.Sequence}");
        if (then.Keys.SequenceEqual(Reference.Keys))
        {
            var beside = Reference.CachesBeside;
            world.PutBack(folder, directoryOnly: true);
            world.GoBackTo(then);
            Reference.CachesBeside = beside;
            return;
        }

        // Another key signs since, so nothing can be changed; what is stored can be read where the old key is still believed.
        world.Spoil(() =>
        {
            world.PutBack(folder, directoryOnly: true);
            if (Record.Exception(() => world.Model(random)) is { } refusal)
            {
                Assert.IsType<LegoNetException>(refusal);
                return;
            }

            changes.RefusedForget(world.Model(random));
        });
    }

    /// <summary>Whoever holds a receipt has it made again.</summary>
    public void ReceiptsAgain()
    {
        var model = world.Model(random);
        foreach (var promise in world.Promises.Where(p => p.Receipt.LedgerSequence is not null).ToArray())
        {
            var sequence = promise.Receipt.LedgerSequence!.Value;
            if (Reference.Ledger.Find(line => line.Digest == promise.Receipt.LedgerEntry) is null)
            {
                continue;
            }

            var again = model.History.Receipt(sequence);
            Assert.Equal((true, promise.Receipt.LedgerEntry, promise.Receipt.Time), (again.IsMadeAgain, again.LedgerEntry, again.Time));
            Assert.Equal(promise.Receipt.Tags, again.Tags);
            Assert.True(Reference.Holds(again));
            world.Promises.Remove(promise);
            changes.Hold(again, promise.Targets);
        }
    }

    /// <summary>A thief, or somebody with a key that was retired, goes on with the ledger.</summary>
    public void ForgeEntry() => WithRetiredKey(thief => world.Spoil(() =>
    {
        var ledger = new Ledger(new ModelPaths(world.Path), PhysicalFileLayer.Instance);
        var forged = ledger.Next(
            ledger.Newest(null),
            LedgerEntry.Of(Operations.Add, world.Clock.GetUtcNow(), Reference.Root, Reference.Root, new string('0', 64)),
            thief);
        File.WriteAllBytes(forged.Path, forged.Bytes);
        World.Refused(() => LegoNetModel.Open(world.Path, world.Options()).Dispose());
        Assert.NotEmpty(LegoNetModel.Verify(world.Path, world.Options()).Differences);
    }));

    /// <summary>A thief signs a receipt of something that never happened.</summary>
    public void ForgeReceipt()
    {
        var model = world.Model(random);
        foreach (var promise in world.Promises.Where(p => p.Receipt.LedgerSequence is not null).Take(1))
        {
            var altered = promise.Receipt with { Tags = [.. promise.Receipt.Tags, Names.Tag(new Target(2, null))] };
            Assert.False(model.VerifyReceipt(altered).Holds);
            WithRetiredKey(thief =>
            {
                var head = model.History.Head;
                Assert.False(model.VerifyReceipt((altered with { Head = head }).Sign(thief)).Holds);
            });
        }
    }

    private void WithRetiredKey(Action<SigningKey> forge)
    {
        if (world.RetiredKeys.Count > 0)
        {
            var path = world["thief.pem"];
            File.WriteAllBytes(path, world.RetiredKeys[random.Next(world.RetiredKeys.Count)]);
            using var thief = SigningKey.Load(path, PhysicalFileLayer.Instance);

            // A backup may have brought the key back into use, and then nothing tells the thief from the owner.
            if (Reference.Keys[^1].Name != thief.PublicKey.Fingerprint)
            {
                forge(thief);
            }
        }
    }

    private void ChangeKey(Func<LegoNetModel, VerificationKey> change, bool isStolen)
    {
        var model = world.Model(random);
        var created = change(model);
        Reference.ChangeKey(created.Fingerprint, isStolen);
        world.Note(model, Operations.Keys, new HashSet<Target>());
        Assert.Equal(created.Fingerprint, model.History.Entries().Last().Signer);
    }
}
