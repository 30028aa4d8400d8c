using FsCheck;
using FsCheck.Fluent;
using LegoNet.Audit;
using LegoNet.Encoders;
using LegoNet.Records;
using LegoNet.Routing;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests;

/// <summary>The contract: after any sequence of changes the directory is the one trained at once on the records that remain.</summary>
public class ExactnessTests
{
    private const int Subjects = 9;
    private const int Ids = 5;

    private enum Step
    {
        AddFew,
        AddMany,
        CorrectLabel,
        CorrectContent,
        ForgetRecord,
        ForgetSubject,
        ForgetBatch,
        ForgetClass,
        ForgetShard,
        ForgetAll,
        ReAdd,
        AddAgain,
    }

    [Theory]
    [InlineData(LearningTask.Multiclass, null, 12)]
    [InlineData(LearningTask.Binary, null, 12)]
    [InlineData(LearningTask.Regression, null, 12)]
    [InlineData(LearningTask.Multilabel, null, 12)]
    [InlineData(LearningTask.Multiclass, Models.Softmax, 6)]
    [InlineData(LearningTask.Binary, Models.Softmax, 6)]
    [InlineData(LearningTask.Multilabel, Models.Softmax, 6)]
    [InlineData(LearningTask.Multiclass, Models.Auto, 6)]
    [InlineData(LearningTask.Binary, Models.Auto, 6)]
    [InlineData(LearningTask.Multilabel, Models.Auto, 6)]
    [InlineData(LearningTask.Multiclass, Models.RidgeAuto, 4)]
    [InlineData(LearningTask.Binary, Models.RidgeAuto, 4)]
    [InlineData(LearningTask.Regression, Models.RidgeAuto, 6)]
    [InlineData(LearningTask.Multilabel, Models.RidgeAuto, 4)]
    public void AnySequenceOfChanges_LeavesTheModelThatNeverSawTheRest(LearningTask task, string? adapter, int count)
    {
        // Weighted so that models grow; each step draws its own choices from one number.
        var step = Gen.Frequency(
            (6, Gen.Constant(Step.AddFew)),
            (3, Gen.Constant(Step.AddMany)),
            (2, Gen.Constant(Step.CorrectLabel)),
            (2, Gen.Constant(Step.CorrectContent)),
            (4, Gen.Constant(Step.ForgetRecord)),
            (3, Gen.Constant(Step.ForgetSubject)),
            (2, Gen.Constant(Step.ForgetBatch)),
            (1, Gen.Constant(Step.ForgetClass)),
            (1, Gen.Constant(Step.ForgetShard)),
            (1, Gen.Constant(Step.ForgetAll)),
            (2, Gen.Constant(Step.ReAdd)),
            (1, Gen.Constant(Step.AddAgain)));
        var sequences = Gen.Zip(step, Gen.Choose(0, int.MaxValue)).ListOf(12);
        Prop.ForAll(sequences.ToArbitrary(), sequence => Run(task, adapter, [.. sequence])).Check(Config.QuickThrowOnFailure.WithMaxTest(count));
    }

    private static void Run(LearningTask task, string? adapterOfSpec, (Step Step, int Random)[] sequence)
    {
        using var folder = new TempFolder();
        var definition = Models.Definition(task, adapter: adapterOfSpec);
        var spec = definition.Spec;
        var options = new ModelOptions { TagKeyPath = folder["tag.key"], Threads = 2 };
        var stored = new Dictionary<(int Subject, int Id), EncodedRecord>();
        var forgotten = new List<EncodedRecord>();
        Put(Models.Record(spec, 0, 0));
        Put(Models.Record(spec, 1, 1));
        using var model = LegoNetModel.Train(folder["live"], definition, stored.Values.ToArray(), options);
        foreach (var (step, seed) in sequence)
        {
            var random = new Random(seed); // Choices of the test, not of the product.
            var keys = stored.Keys.Order().ToArray();
            switch (step)
            {
                case Step.AddFew or Step.AddMany:
                    var fresh = Enumerable.Range(0, step == Step.AddFew ? 2 : 15)
                        .Select(_ => Models.Record(spec, random.Next(Subjects), random.Next(Ids), random.Next(2)))
                        .DistinctBy(r => (r.Subject, r.Id))
                        .Where(r => !stored.ContainsKey(KeyOf(r)))
                        .ToArray();
                    model.Add(fresh);
                    Array.ForEach(fresh, Put);
                    break;
                case Step.ReAdd when forgotten.Count > 0:
                    var again = forgotten.Where(r => !stored.ContainsKey(KeyOf(r))).DistinctBy(KeyOf).Take(3).ToArray();
                    model.Add(again);
                    Array.ForEach(again, Put);
                    break;
                case Step.AddAgain when keys.Length > 0:
                    Assert.Equal(model.RootDigest, model.Add([stored[keys[0]]]).RootAfter);
                    break;
                case Step.CorrectLabel when keys.Length > 0:
                    var (subject, id) = keys[random.Next(keys.Length)];
                    var label = Models.Label(spec, (ulong)random.NextInt64());
                    model.Correct($"subject-{subject}", $"id-{id}", label);
                    stored[(subject, id)] = stored[(subject, id)] with { Label = label };
                    break;
                case Step.CorrectContent when keys.Length > 0:
                    var key = keys[random.Next(keys.Length)];
                    stored[key] = Models.Record(spec, key.Subject, key.Id, 7);
                    model.Correct([stored[key]]);
                    break;
                case Step.ForgetRecord when keys.Length > 0:
                    var record = keys[random.Next(keys.Length)];
                    Forget([record], [new ForgetTarget($"subject-{record.Subject}", $"id-{record.Id}")]);
                    break;
                case Step.ForgetSubject when keys.Length > 0:
                    var person = keys[random.Next(keys.Length)].Subject;
                    Forget([.. keys.Where(k => k.Subject == person)], [new ForgetTarget($"subject-{person}")]);
                    break;
                case Step.ForgetBatch when keys.Length > 0:
                    ForgetEach([.. keys.Where(_ => random.Next(3) == 0).DefaultIfEmpty(keys[0])]);
                    break;
                case Step.ForgetClass when keys.Length > 0:
                    var gone = stored[keys[random.Next(keys.Length)]].Label;
                    ForgetEach([.. keys.Where(k => stored[k].Label == gone)]);
                    break;
                case Step.ForgetShard when keys.Length > 0:
                    var adapter = random.Next(spec.Adapters);
                    ForgetEach([.. keys.Where(k => RouteOf(definition, stored[k]).Contains((ushort)adapter))]);
                    break;
                case Step.ForgetAll when keys.Length > 0:
                    ForgetEach(keys);
                    break;
            }

            AssertFresh();
        }

        var report = model.Verify(cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(report.IsExact, string.Join('\n', report.Damage.Concat(report.Differences)));

        void Put(EncodedRecord r) => stored[KeyOf(r)] = r;

        void ForgetEach((int Subject, int Id)[] keys)
        {
            if (keys.Length > 0)
            {
                Forget(keys, [.. keys.Select(k => new ForgetTarget($"subject-{k.Subject}", $"id-{k.Id}"))]);
            }
        }

        void Forget((int Subject, int Id)[] keys, ForgetTarget[] targets)
        {
            var receipt = model.Forget(targets);
            Assert.Equal(keys.Length, receipt.Records);
            Assert.Equal(Guarantee.Exact, receipt.Guarantee);
            foreach (var key in keys)
            {
                forgotten.Add(stored[key]);
                stored.Remove(key);
            }
        }

        void AssertFresh()
        {
            if (stored.Count == 0)
            {
                Assert.Equal(0, model.RecordCount);
                Assert.All(Tree.Files(model.Path).Keys, f => Assert.DoesNotContain("/", f, StringComparison.Ordinal));
                return;
            }

            Directory.CreateDirectory(folder["fresh"]);
            Directory.Delete(folder["fresh"], true);
            var shuffled = stored.Values.ToArray();
            new Random(stored.Count).Shuffle(shuffled);
            LegoNetModel.Train(folder["fresh"], definition, shuffled, options).Dispose();
            Tree.AssertSameModel(folder["fresh"], model.Path);
        }
    }

    private static (int Subject, int Id) KeyOf(EncodedRecord r)
        => (int.Parse(r.Subject["subject-".Length..]), int.Parse(r.Id["id-".Length..]));

    private static ushort[] RouteOf(ModelDefinition definition, EncodedRecord record)
    {
        var route = new ushort[definition.Spec.Active];
        new Router(definition.Keys, definition.Spec.Active).Route(record.Code, route);
        return route;
    }
}
