using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using LegoNet.Audit;
using LegoNet.Data.Files;
using LegoNet.Files;
using LegoNet.Store;
using LegoNet.Tests.Support;
using LegoNet.Verification;

namespace LegoNet.Tests.ModelCheck;

/// <summary>What a disk, an attacker or somebody careless does to a model: it is refused or reported, and healed.</summary>
internal sealed class DamageSteps(World world, ChangeSteps changes, Random random)
{
    // Of the group's generator (FIPS 186-5).
    private static readonly BigInteger s_order = BigInteger.Parse(
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture);

    private Reference Reference => world.Reference;

    public void FlipBit()
    {
        world.Close();
        string[] files = [.. Directory.EnumerateFiles(world.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        var file = files[random.Next(files.Length)];
        var whole = File.ReadAllBytes(file);
        var flipped = (byte[])whole.Clone();
        flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        File.WriteAllBytes(file, flipped);
        world.Say($"  in {Path.GetRelativePath(world.Path, file)}");
        if (Record.Exception(() => LegoNetModel.Open(world.Path, world.Options()).Dispose()) is { } refusal)
        {
            Assert.IsType<LegoNetException>(refusal);
        }

        AssertReported();
        if (random.Next(2) == 0)
        {
            var report = LegoNetModel.Repair(world.Path, acceptLoss: false, world.Options());
            world.Say($"  repair: {report.Outcome}");
            Assert.NotEqual(RepairOutcome.Whole, report.Outcome);
            if (report.Outcome == RepairOutcome.Repaired)
            {
                Assert.Equal(Reference.Root, report.RootAfter);
                return;
            }

            Assert.NotEmpty(report.Lost);
            Assert.Equal(flipped, File.ReadAllBytes(file));
        }

        File.WriteAllBytes(file, whole);
    }

    /// <summary>Somebody without a key removes entries of the ledger.</summary>
    public void RemoveEntries() => world.Spoil(() =>
    {
        var left = Reference.Ledger.Where((_, i) => i < Reference.Ledger.Count - 1).ToList();
        switch (random.Next(4))
        {
            case 0: // The oldest.
                left = [.. Reference.Ledger.Skip(random.Next(1, Reference.Ledger.Count + 1))];
                break;
            case 1: // Any one.
                left = [.. Reference.Ledger];
                left.RemoveAt(random.Next(left.Count));
                break;
            case 2: // All.
                left = [];
                break;
        }

        foreach (var line in Reference.Ledger.Except(left))
        {
            File.Delete(Path.Combine(world.Path, Ledger.NameOf(line.Sequence)));
        }

        world.Say($"  {string.Join(' ', left.Select(l => l.Sequence))} are left of {string.Join(' ', Reference.Ledger.Select(l => l.Sequence))}");
        var leads = left.Count > 0 && left[^1].RootAfter == Reference.Root;
        if (!leads)
        {
            World.Refused(() => world.Model(random));
            AssertReported();
            var publicKeys = File.ReadAllBytes(world.PublicKeys);
            File.Delete(world.PublicKeys);
            AssertNothingIsSigned();
            world.Close();
            File.WriteAllBytes(world.PublicKeys, publicKeys);
            return;
        }

        // A history that was cut where it had the present root is whole by itself; who holds a receipt of what was cut can tell.
        if (!left.SequenceEqual(Reference.Ledger.Take(left.Count)))
        {
            AssertReported();
            World.Refused(() => world.Model(random).History.Prune(world.Clock.GetUtcNow().AddDays(1)));
            World.Refused(() => world.Model(random).History.RotateKey());

            if (changes.AnyForgotten() is { } forgotten)
            {
                changes.RefusedAdd(world.Model(random), forgotten);
            }
        }
        else
        {
            foreach (var promise in world.Promises.Where(p => Reference.Ledger.Except(left).Any(l => l.Digest == p.Receipt.LedgerEntry)))
            {
                Assert.False(world.Model(random).VerifyReceipt(promise.Receipt).Holds);
            }
        }
    });

    /// <summary>Somebody without a key gives the newest entry the other signature that its key and text have: with (r, s), (r, n − s) holds too.</summary>
    public void RespellSignature() => world.Spoil(() =>
    {
        var path = Path.Combine(world.Path, Ledger.NameOf(Reference.Head.Sequence));
        var entry = LedgerEntry.Parse(File.ReadAllBytes(path), "ledger");
        var fields = new AsnReader(Convert.FromBase64String(entry.Signature), AsnEncodingRules.DER).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(fields.ReadInteger());
            writer.WriteInteger(s_order - fields.ReadInteger());
        }

        File.WriteAllBytes(path, (entry with { Signature = Convert.ToBase64String(writer.Encode()) }).ToJson());
        World.Refused(() => world.Model(random));
        AssertReported();
    });

    /// <summary>Somebody without a key alters what is scored with, and every digest.</summary>
    public void AlterManifest() => world.Spoil(() =>
    {
        var paths = new ModelPaths(world.Path);
        var manifest = Manifest.Parse(File.ReadAllBytes(paths.Manifest), Manifest.FileName);
        if (manifest.Adapters.OfType<AdapterEntry>().FirstOrDefault() is not { } adapter)
        {
            return;
        }

        var altered = adapter with { Rows = adapter.Rows + 1 };
        if (random.Next(2) == 0)
        {
            var file = paths.File(adapter.AdapterFile(manifest.AdapterExtension));
            var bytes = File.ReadAllBytes(file);
            bytes[sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes) + 1] ^= 0x10; // Of the first weight, a low bit.
            altered = adapter with { Adapter = Digests.Of(bytes) };
            File.Delete(file);
            File.WriteAllBytes(paths.File(altered.AdapterFile(manifest.AdapterExtension)), bytes);
        }

        var adapters = manifest.Adapters.Select(a => a == adapter ? altered : a);
        File.WriteAllBytes(paths.Manifest, manifest.With(manifest.Records, [.. adapters]).ToJson());
        World.Refused(() => world.Model(random));
        AssertReported();
        File.Delete(world.PublicKeys);
        Assert.NotNull(world.Model(random).WhyNotVouchedFor);
        AssertNothingIsSigned();
    });

    /// <summary>Somebody puts a list of the forgotten beside the model that has nobody on it.</summary>
    public void ForgeForgottenTags()
    {
        world.Close();
        var head = Reference.Head;
        File.WriteAllBytes(world.Path + ".forgotten",
        [
            .. new byte[SHA256.HashSizeInBytes],
            .. BitConverter.GetBytes(head.Sequence),
            .. Convert.FromHexString(head.Digest),
        ]);
        if (changes.AnyForgotten() is { } forgotten)
        {
            changes.RefusedAdd(world.Model(random), forgotten);
            world.PurgeWhereAllAreInReach([new Target(forgotten.Subject, forgotten.Id)]);
        }
    }

    private void AssertReported()
    {
        try
        {
            var report = LegoNetModel.Verify(world.Path, world.Options());
            Assert.False(report.IsExact);
            Assert.NotEmpty(report.Damage.Concat(report.Differences));
        }
        catch (LegoNetException)
        {
            // The manifest itself cannot be read.
        }
    }

    private void AssertNothingIsSigned()
    {
        changes.RefusedForget(world.Model(random));
        World.Refused(() => world.Model(random).Prove(Names.Subject(0)));
        World.Refused(() => world.Model(random).History.Receipt(Reference.Head.Sequence));
    }
}
