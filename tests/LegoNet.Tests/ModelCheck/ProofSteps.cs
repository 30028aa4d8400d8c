using LegoNet.Audit;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.ModelCheck;

/// <summary>What people are told, and whether what they hold is still true.</summary>
internal sealed class ProofSteps(World world, ChangeSteps changes, Random random)
{
    private Reference Reference => world.Reference;

    public void Prove()
    {
        var subject = random.Next(Names.Subjects);
        var model = world.Model(random);
        var proof = MembershipProof.Parse(model.Prove(Names.Subject(subject, random)).ToJson());
        Assert.Equal(Reference.IsStored(new Target(subject, null)) ? MembershipKind.Presence : MembershipKind.Absence, proof.Kind);
        Assert.Equal((Reference.Root, Reference.Head.Sequence, Reference.Model), (proof.RootDigest, proof.Head.Sequence, proof.Head.Model));
        var held = new HeldProof(proof, subject);
        world.Proofs.Add(held);
        Assert.True(CheckProof(held, model.VerificationKeys));
    }

    /// <summary>Another model under the same keys, without the people of this one.</summary>
    public void Decoy()
    {
        var options = world.Options(replace: true);
        (options.TagKeyPath, options.SigningKeyPath, options.PublicKeyPath) = (world.Path + ".key", world.SigningKeyInUse, world.PublicKeys);
        var nobody = world.Encoded([new Identity(5, 0)], random, _ => new Content(9, "class-0"));
        if (Directory.Exists(world["decoy"]))
        {
            Directory.Delete(world["decoy"], recursive: true);
        }

        using var decoy = LegoNetModel.Train(world["decoy"], world.Definition, nobody, options);
        for (var i = 0; i < Reference.Head.Sequence; i++)
        {
            decoy.Correct(Names.Subject(5), Names.Id(0), world.Definition.Spec.Classes[1 + (i % 2)]); // As long a history, or it would be too old.
        }

        var keys = decoy.VerificationKeys;
        foreach (var promise in world.Promises)
        {
            var proof = decoy.Prove(Names.Subject(promise.Targets.Count == 0 ? 0 : promise.Targets.First().Subject, random));
            Assert.True(proof.Check(keys).Holds);
            Assert.False(proof.Check(keys, new ProofExpectations { Model = Reference.Model }).Holds);
            Assert.False(proof.Check(keys, new ProofExpectations { Receipt = promise.Receipt }).Holds);
            Assert.False(decoy.VerifyReceipt(promise.Receipt).Holds);
        }
    }

    public void Busy()
    {
        var model = world.Model(random);
        using var held = world.HoldLock();
        Assert.Equal(LegoNetReason.Busy, changes.RefusedForget(model).Reason);
        Assert.Equal(Reference.Records.Count, model.ReadRecords().Count());
    }

    public void ClockBehind()
    {
        if (Reference.Records.Count == 0)
        {
            return; // A retried forget changes nothing, so any clock will do for it.
        }

        world.Close();
        var options = world.Options();
        options.Clock = new ManualClock();
        using var model = LegoNetModel.Open(world.Path, options);
        changes.RefusedForget(model);
    }

    /// <summary>Whether what people hold holds exactly where the reference says so.</summary>
    public void CheckHeld(bool everything)
    {
        var model = world.Model(random);
        var keys = model.VerificationKeys;
        foreach (var promise in Some(world.Promises, everything))
        {
            CheckPromise(model, promise);
        }

        foreach (var held in Some(world.Proofs, everything))
        {
            CheckProof(held, keys);
            foreach (var promise in Some(world.Promises, everything: false))
            {
                Assert.Equal(Reference.Confirms(held, promise), held.Proof.Check(keys, new ProofExpectations { Receipt = promise.Receipt }).Holds);
            }
        }
    }

    private void CheckPromise(LegoNetModel model, Promise promise)
    {
        var report = model.VerifyReceipt(promise.Receipt);
        Assert.True(
            Reference.Holds(promise.Receipt) == report.Holds,
            $"The receipt of entry {promise.Receipt.LedgerSequence} ({promise.Receipt.Operation}) "
                + (report.Holds ? "holds" : string.Join("; ", report.Differences)));
        if (report.Holds && promise.Receipt.Operation == Operations.Forget)
        {
            var again = promise.Targets.Count(Reference.IsStored);
            Assert.Equal(again > 0, report.Notes.Any(n => n.StartsWith($"records are stored under {again} of the tags", StringComparison.Ordinal)));
        }
    }

    private bool CheckProof(HeldProof held, IReadOnlyList<VerificationKey> keys)
    {
        var proof = held.Proof;
        var holds = Reference.IsTrusted(proof.Signer, proof.Head.Sequence);
        Assert.Equal(holds, proof.Check(keys, new ProofExpectations { Model = Reference.Model, Subject = Names.Subject(held.Subject, random) }).Holds);
        Assert.False(proof.Check(keys, new ProofExpectations { Subject = Names.Subject((held.Subject + 1) % Names.Subjects) }).Holds);
        var age = TimeSpan.FromHours(random.Next(5)) + TimeSpan.FromMinutes(1);
        var young = world.Clock.GetUtcNow() - proof.Time <= age;
        Assert.Equal(holds && young, proof.Check(keys, new ProofExpectations { MaxAge = age, Clock = world.Clock }).Holds);
        return holds;
    }

    private List<T> Some<T>(List<T> all, bool everything)
        => everything || all.Count == 0 ? all : [all[random.Next(all.Count)]];
}
