using LegoNet.Audit;
using LegoNet.Changes;
using LegoNet.Records;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.ModelCheck;

/// <summary>Changes of the records: what is asked for, what must come of it, and what does.</summary>
internal sealed class ChangeSteps(World world, Random random)
{
    // Operations of files that a change takes, about: a fault after them never happens.
    private const int FileOperations = 45;

    private Reference Reference => world.Reference;

    public void Add(bool suppress)
    {
        var through = AnyCache();
        Make(PlanAdd(suppress, through), through);
    }

    public void Correct()
    {
        var through = AnyCache();
        Make(PlanCorrect(through), through);
    }

    public void CorrectLabel()
    {
        if (Reference.Records.Count == 0)
        {
            return;
        }

        var record = AnyStored();
        var label = Label();
        var changes = Reference.Records[record].Label != label;
        var asked = (Subject: Names.Subject(record.Subject, random), Id: Names.Id(record.Id, random));
        Make(new Attempt(
            Operations.Correct,
            changes ? Outcome.Done : Outcome.NothingToDo,
            model => model.Correct(asked.Subject, asked.Id, label),
            () => Reference.Records[record] = Reference.Records[record] with { Label = label })
        {
            Targets = changes ? new HashSet<Target> { new(record.Subject, record.Id) } : [],
            Records = changes ? 1 : 0,
        });
    }

    /// <summary>Somebody is forgotten though a cache is lost; where it is not, that is refused.</summary>
    public void DropCache()
    {
        var known = Reference.Caches;
        if (known.Length > 0)
        {
            Make(PlanForget(AnyTargets(unknown: false), ignoreUnknown: true), dropped: known[random.Next(known.Length)]);
        }
    }

    public void Forget(bool unknown) => Make(PlanForget(AnyTargets(unknown), ignoreUnknown: random.Next(2) == 0));

    /// <summary>Somebody lost a receipt, and asks for the same again.</summary>
    public void ForgetAgain()
    {
        Line[] forgets = [.. Reference.Ledger.Where(l => l.Operation == Operations.Forget)];
        if (forgets.Length > 0)
        {
            Make(PlanForget([.. forgets[random.Next(forgets.Length)].Targets], ignoreUnknown: random.Next(4) == 0));
        }
    }

    public void Retrain()
    {
        var records = Reference.Records.Where(_ => random.Next(6) > 0).ToDictionary();
        records[AnyIdentity()] = AnyContent();
        var through = AnyCache();
        var encoded = world.Encoded(records.Keys, random, r => records[r], through);
        world.Say($"  train anew on {records.Count} records{(through is null ? "" : $" through cache {through.Number}")}");
        using var model = LegoNetModel.Train(world.Path, world.Definition, encoded, world.Options(replace: true));
        Reference.Records.Clear();
        foreach (var (record, content) in records)
        {
            Reference.Records[record] = content;
        }

        world.Note(model, Operations.Train, new HashSet<Target>());
    }

    /// <summary>The process dies in a change. What is found then is the state before or the state after; who asks again gets the receipt.</summary>
    public void Crash()
    {
        var attempt = random.Next(3) switch
        {
            0 => PlanAdd(suppress: false, through: null),
            1 => PlanCorrect(through: null),
            _ => PlanForget(AnyTargets(unknown: false), ignoreUnknown: true),
        };
        if (attempt.Outcome != Outcome.Done || world.CachesOutOfReach.Any())
        {
            return;
        }

        world.Close();
        var files = new FaultyFiles { FailAt = random.Next(FileOperations), Kind = (FaultyFiles.Fault)random.Next(3), Dies = true };
        Receipt? receipt = null;
        using (var dying = LegoNetModel.Open(world.Path, world.Options(files)))
        {
            var failure = Record.Exception(() => { receipt = attempt.Run(dying); });
            Assert.Equal(files.Failed, failure is not null);
            world.Say($"  {attempt.Operation} of {attempt.Records}, {(files.Failed ? $"dies at operation {files.FailAt} ({files.Kind})" : "lives")}");
        }

        var model = world.Model(random);
        var happened = model.History.Head.Sequence > Reference.Head.Sequence;
        Assert.True(receipt is null || happened, "An acknowledged change is gone.");
        foreach (var cache in world.CachesInReach)
        {
            // Caches are purged before the commit, so a change that did not happen may have cost encodings.
            var gone = cache.Rows.Where(r => attempt.Purged.Any(t => t.Covers(r)) && world.CountCached(cache, new Target(r.Subject, r.Id)) == 0).ToArray();
            cache.Rows.ExceptWith(gone);
            Assert.False(happened && cache.Rows.Any(r => attempt.Purged.Any(t => t.Covers(r))), "A change happened, and a cache was not purged.");
        }

        if (happened)
        {
            attempt.Apply();
            world.Note(model, attempt.Operation, attempt.Targets);
            if (attempt.Operation == Operations.Forget)
            {
                Assert.Equal(Reference.DoneBefore(attempt.Purged.ToHashSet(), ignoreUnknown: true)?.Digest, attempt.Run(model)!.LedgerEntry);
            }

            Hold(receipt ?? model.History.Receipt(Reference.Head.Sequence), attempt.Targets);
        }
    }

    /// <summary>A change must be refused while the model cannot be vouched for or signed.</summary>
    public LegoNetException RefusedForget(LegoNetModel model)
    {
        var target = new Target(Reference.Records.Count == 0 ? 0 : AnyStored().Subject, null);
        return World.Refused(() => model.Forget([Names.Request(target, random)], ignoreUnknown: false));
    }

    /// <summary>Somebody who was forgotten, as far as the ledger says, and is not stored now.</summary>
    public Identity? AnyForgotten()
    {
        Identity[] forgotten = [.. AllIdentities().Where(r => !Reference.Records.ContainsKey(r) && Reference.WasForgotten(r))];
        return forgotten.Length == 0 ? null : forgotten[random.Next(forgotten.Length)];
    }

    public LegoNetException RefusedAdd(LegoNetModel model, Identity record)
        => World.Refused(() => model.Add(world.Encoded([record], random, _ => new Content(1, "class-0")), new AddOptions { Suppress = true }));

    public void Hold(Receipt receipt, IReadOnlySet<Target> targets) => world.Promises.Add(new Promise(Receipt.Parse(receipt.ToJson()), targets));

    private void Make(Attempt attempt, CacheCopy? through = null, CacheEntry? dropped = null)
    {
        var (head, outcome) = (Reference.Head, attempt.Outcome);

        // A place is named, and another cache may have been made there since: what is lost of it is dropped.
        CacheEntry[] given = dropped is { } entry ? [.. world.CachesOutOfReach.Where(c => c.Place == entry.Place)] : [];
        if ((attempt.Purged.Count > 0 && world.CachesOutOfReach.Except(given).Any()) || (dropped is not null && given.Length == 0))
        {
            outcome = Outcome.Refused;
        }

        world.Say($"  {attempt.Operation} {string.Join(' ', attempt.Targets)} must be {outcome}{(through is null ? "" : $", through cache {through.Number}")}");
        using var dropping = dropped is null ? null : world.OpenDropping(dropped.Value.Place);
        var model = dropping ?? world.Model(random);
        if (outcome == Outcome.Refused)
        {
            World.Refused(() => attempt.Run(model));
            if (attempt.Outcome == Outcome.Refused)
            {
                world.PurgeWhereAllAreInReach(attempt.Purged);
            }

            return;
        }

        var receipt = attempt.Run(model)!;
        Assert.Equal(attempt.DoneBefore?.Dropped.Concat(given).Select(c => c.Place) ?? given.Select(c => c.Place), receipt.DroppedCaches);
        Assert.Equal(world.Purge(attempt.Purged), receipt.CachesPurged);
        if (outcome == Outcome.Done)
        {
            attempt.Apply();
            world.Note(model, attempt.Operation, attempt.Targets, given);
            Assert.Equal((head.RootAfter, Reference.Root), (receipt.RootBefore, receipt.RootAfter));
            Assert.Equal((Reference.Head.Sequence, Reference.Head.Digest), (receipt.LedgerSequence, receipt.LedgerEntry));
            Assert.Equal((attempt.Records, attempt.ForgottenBefore), ((int)receipt.Records, (int)receipt.ForgottenBefore));
        }
        else
        {
            if (given.Length > 0)
            {
                world.Note(model, Operations.Caches, new HashSet<Target>(), given);
            }

            Assert.Equal((attempt.DoneBefore?.Digest, attempt.DoneBefore is not null), (receipt.LedgerEntry, receipt.IsMadeAgain));
        }

        var targets = attempt.DoneBefore?.Targets ?? attempt.Targets;
        Assert.Equal(targets.Select(Names.Tag).Order(StringComparer.Ordinal), receipt.Tags);
        Assert.Equal(Reference.Head.Sequence, receipt.Head.Sequence);
        Hold(receipt, targets);
    }

    private Attempt PlanAdd(bool suppress, CacheCopy? through)
    {
        var asked = new Dictionary<Identity, Content>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var record = AnyIdentity();
            asked[record] = Reference.Records.TryGetValue(record, out var stored) && random.Next(8) > 0 ? stored : AnyContent();
        }

        Identity[] added = [.. asked.Keys.Where(r => !Reference.Records.ContainsKey(r))];
        var conflicts = asked.Any(a => Reference.Records.TryGetValue(a.Key, out var stored) && stored != a.Value);
        Identity[] forgotten = [.. added.Where(Reference.WasForgotten)];
        var encoded = world.Encoded(asked.Keys, random, r => asked[r], through);
        var suppressed = !conflicts && suppress && forgotten.Length > 0;
        return new Attempt(
            Operations.Add,
            conflicts || suppressed ? Outcome.Refused : added.Length == 0 ? Outcome.NothingToDo : Outcome.Done,
            model => model.Add(encoded, new AddOptions { Suppress = suppress }),
            () => Array.ForEach(added, r => Reference.Records[r] = asked[r]))
        {
            Records = added.Length,
            ForgottenBefore = forgotten.Length,
            Purged = suppressed ? [.. forgotten.Select(r => new Target(r.Subject, r.Id))] : [],
        };
    }

    private Attempt PlanCorrect(CacheCopy? through)
    {
        var asked = new Dictionary<Identity, Content>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            asked[Reference.Records.Count == 0 || random.Next(10) == 0 ? AnyIdentity() : AnyStored()] = AnyContent();
        }

        var unknown = asked.Keys.Any(r => !Reference.Records.ContainsKey(r));
        Identity[] changed = unknown ? [] : [.. asked.Keys.Where(r => Reference.Records[r] != asked[r])];
        var targets = changed.Select(r => new Target(r.Subject, r.Id)).ToHashSet();
        var encoded = world.Encoded(asked.Keys, random, r => asked[r], through);
        return new Attempt(
            Operations.Correct,
            unknown ? Outcome.Refused : changed.Length == 0 ? Outcome.NothingToDo : Outcome.Done,
            model => model.Correct(encoded),
            () => Array.ForEach(changed, r => Reference.Records[r] = asked[r]))
        {
            Targets = targets,
            Purged = targets,
            Records = changed.Length,
        };
    }

    private Attempt PlanForget(Target[] targets, bool ignoreUnknown)
    {
        var asked = targets.ToHashSet();
        var known = asked.Where(Reference.IsStored).ToHashSet();
        var before = known.Count == 0 ? Reference.DoneBefore(asked, ignoreUnknown) : null;
        Identity[] gone = [.. Reference.Covered(known)];
        ForgetTarget[] requests = [.. targets.Select(t => Names.Request(t, random))];
        random.Shuffle(requests);
        var outcome = before is null && !ignoreUnknown && known.Count < asked.Count ? Outcome.Refused : known.Count == 0 ? Outcome.NothingToDo : Outcome.Done;
        return new Attempt(
            Operations.Forget,
            outcome,
            model => model.Forget(requests, ignoreUnknown),
            () => Array.ForEach(gone, r => Reference.Records.Remove(r)))
        {
            Targets = known,
            Purged = outcome == Outcome.Refused ? [] : asked,
            Records = gone.Length,
            DoneBefore = before,
        };
    }

    private Target[] AnyTargets(bool unknown)
    {
        var targets = new List<Target>();
        for (var i = random.Next(5) == 0 ? 3 : 1; i > 0 && Reference.Records.Count > 0; i--)
        {
            var record = AnyStored();
            targets.Add(new Target(record.Subject, random.Next(2) == 0 ? null : record.Id));
        }

        if (unknown || targets.Count == 0)
        {
            var record = AnyIdentity();
            targets.Add(new Target(record.Subject, random.Next(2) == 0 ? null : record.Id));
        }

        return [.. targets];
    }

    private CacheCopy? AnyCache() => random.Next(2) == 0 ? null : world.CachesInReach.FirstOrDefault();

    private Identity AnyStored() => Reference.Records.Keys.ElementAt(random.Next(Reference.Records.Count));

    private Identity AnyIdentity() => new(random.Next(Names.Subjects), random.Next(Names.Ids));

    private Content AnyContent() => new(random.Next(3), Label());

    private string Label() => world.Definition.Spec.Classes[random.Next(world.Definition.Spec.Classes.Count)];

    private static IEnumerable<Identity> AllIdentities()
        => Enumerable.Range(0, Names.Subjects).SelectMany(s => Enumerable.Range(0, Names.Ids), (s, i) => new Identity(s, i));
}
