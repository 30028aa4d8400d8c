using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;

namespace LegoNet.Tests.ModelCheck;

/// <summary>
/// Random sequences of everything that happens to a model, its keys, its caches and its history, compared after every step with a plain
/// reference of what must be true (<see cref="Reference"/>).
/// </summary>
public class ModelCheckTests
{
    /// <summary>Names the variable with the number of sequences, for a long run by hand.</summary>
    private const string SequencesVariable = "LEGONET_TEST_SEQUENCES";

    /// <summary>Names the variable with the two numbers of a run to be repeated, as a failure and the test's output tell them.</summary>
    private const string SeedVariable = "LEGONET_TEST_SEED";

    private const int DefaultSequences = 1000;
    private const int Shortest = 6;
    private const int Longest = 15;
    private const int Seldom = 8; // Of so many steps, one is followed by a thorough comparison, and so is the last.

    [Fact]
    public void AnySequenceOfSteps_IsWhatTheReferenceSays()
    {
        var sequences = int.TryParse(Environment.GetEnvironmentVariable(SequencesVariable), out var asked) ? asked : DefaultSequences;
        var seed = Seed();
        var steps = new ConcurrentDictionary<Step, int>();
        var draw = Gen.Zip(Gen.Frequency(Weights().Select(w => (w.Weight, Gen.Constant(w.Step))).ToArray()), Gen.Choose(0, int.MaxValue - 1));
        var generated = Gen.Choose(Shortest, Longest)
            .SelectMany(length => draw.ListOf(length))
            .Select(list => new Sequence([.. list.Select(d => new Draw(d.Item1, d.Item2))]));
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(sequences)
            .WithReplay(new Replay(new Rnd(seed.Seed, seed.Gamma), null))
            .WithParallelRunConfig(new ParallelRunConfig(Math.Max(2, Environment.ProcessorCount)));
        TestContext.Current.TestOutputHelper!.WriteLine($"{sequences} sequences, {SeedVariable}={seed.Seed},{seed.Gamma}");
        try
        {
            Prop.ForAll(Arb.ToArbitrary(generated, sequence => sequence.Shorter()), sequence => Run(sequence, steps)).Check(config);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Repeat with {SeedVariable}={seed.Seed},{seed.Gamma}: {e.Message}", e);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", steps.OrderBy(s => s.Key).Select(s => $"{s.Key} {s.Value}")));
    }

    private static (int Weight, Step Step)[] Weights() =>
    [
        (12, Step.Add),
        (6, Step.AddSuppressed),
        (5, Step.Correct),
        (3, Step.CorrectLabel),
        (12, Step.Forget),
        (4, Step.ForgetUnknown),
        (5, Step.ForgetAgain),
        (3, Step.Retrain),
        (5, Step.RegisterCache),
        (5, Step.MoveCache),
        (3, Step.DropCache),
        (2, Step.LoseSettings),
        (8, Step.Crash),
        (3, Step.CrashDuringKeyChange),
        (4, Step.Prune),
        (3, Step.RotateKey),
        (2, Step.LoseKey),
        (3, Step.KeyIsStolen),
        (5, Step.BackUp),
        (3, Step.RestoreEverything),
        (3, Step.RestoreDirectory),
        (5, Step.FlipBit),
        (5, Step.RemoveEntries),
        (3, Step.AlterManifest),
        (1, Step.RespellSignature),
        (2, Step.ForgeEntry),
        (3, Step.ForgeForgottenTags),
        (2, Step.ForgeReceipt),
        (1, Step.Busy),
        (2, Step.ClockBehind),
        (6, Step.Prove),
        (2, Step.Decoy),
        (3, Step.ReceiptsAgain),
        (3, Step.Reopen),
    ];

    private static void Run(Sequence sequence, ConcurrentDictionary<Step, int> counts)
    {
        using var world = new World(sequence.Draws.Count);
        try
        {
            for (var i = 0; i < sequence.Draws.Count; i++)
            {
                var (step, number) = sequence.Draws[i];
                counts.AddOrUpdate(step, 1, (_, count) => count + 1);
                world.Clock.Advance(TimeSpan.FromHours(1));
                world.Say($"{i + 1}. {sequence.Draws[i]}");
                var random = new Random(number); // Choices of the test, not of the product.
                Take(step, world, random);
                var comparison = new Comparison(world, random);
                comparison.Quickly();
                var last = i == sequence.Draws.Count - 1;
                new ProofSteps(world, new ChangeSteps(world, random), random).CheckHeld(everything: last);
                if (last || random.Next(Seldom) == 0)
                {
                    comparison.Thoroughly();
                }
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{world.Log}\n{e.Message}", e);
        }
    }

    private static void Take(Step step, World world, Random random)
    {
        var changes = new ChangeSteps(world, random);
        var caches = new CacheSteps(world, random);
        var history = new HistorySteps(world, changes, random);
        var damage = new DamageSteps(world, changes, random);
        var proofs = new ProofSteps(world, changes, random);
        Action take = step switch
        {
            Step.Add => () => changes.Add(suppress: false),
            Step.AddSuppressed => () => changes.Add(suppress: true),
            Step.Correct => changes.Correct,
            Step.CorrectLabel => changes.CorrectLabel,
            Step.Forget => () => changes.Forget(unknown: false),
            Step.ForgetUnknown => () => changes.Forget(unknown: true),
            Step.ForgetAgain => changes.ForgetAgain,
            Step.Retrain => changes.Retrain,
            Step.RegisterCache => caches.Register,
            Step.MoveCache => caches.Move,
            Step.DropCache => changes.DropCache,
            Step.LoseSettings => caches.LoseSettings,
            Step.Crash => changes.Crash,
            Step.CrashDuringKeyChange => history.CrashDuringKeyChange,
            Step.Prune => history.Prune,
            Step.RotateKey => history.RotateKey,
            Step.LoseKey => history.LoseKey,
            Step.KeyIsStolen => history.KeyIsStolen,
            Step.BackUp => history.BackUp,
            Step.RestoreEverything => history.RestoreEverything,
            Step.RestoreDirectory => history.RestoreDirectory,
            Step.FlipBit => damage.FlipBit,
            Step.RemoveEntries => damage.RemoveEntries,
            Step.AlterManifest => damage.AlterManifest,
            Step.RespellSignature => damage.RespellSignature,
            Step.ForgeEntry => history.ForgeEntry,
            Step.ForgeForgottenTags => damage.ForgeForgottenTags,
            Step.ForgeReceipt => history.ForgeReceipt,
            Step.Busy => proofs.Busy,
            Step.ClockBehind => proofs.ClockBehind,
            Step.Prove => proofs.Prove,
            Step.Decoy => proofs.Decoy,
            Step.ReceiptsAgain => history.ReceiptsAgain,
            Step.Reopen => world.Close,
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
        take();
    }

    private static (ulong Seed, ulong Gamma) Seed()
    {
        var parts = Environment.GetEnvironmentVariable(SeedVariable)?.Split(',');
        return parts is [var seed, var gamma]
            ? (ulong.Parse(seed), ulong.Parse(gamma))
            : ((ulong)Random.Shared.NextInt64(), (ulong)Random.Shared.NextInt64() | 1);
    }
}
