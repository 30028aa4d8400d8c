using LegoNet.Lab.Attacks;
using LegoNet.Lab.Comparisons;
using LegoNet.Lab.Methods;
using LegoNet.Lab.Tasks;

namespace LegoNet.Lab.Tests.Comparisons;

/// <summary>Comparisons as a whole, on generated records.</summary>
public class ComparerTests
{
    private static readonly RecordSet s_records = GeneratedRecords.Draw(360, 16, 3);
    private static readonly RecordSet s_test = GeneratedRecords.Draw(120, 16, 3, records: 1);

    [Fact]
    public void Run_AllMethods_MeasuresEachAndTellsExactFromApproximate()
    {
        var plan = Plan(ForgetTasks.RandomOneByOne(s_records, 24), ForgetTasks.OfClass(s_records, "class-1")) with
        {
            Methods = records => LabMethods.For(records),
        };
        var seen = new List<LegoNetProgress>();

        var result = Comparer.Run(plan, new Watcher(seen), TestContext.Current.CancellationToken);

        Assert.Equal(LabMethods.For(s_records).Select(m => m.Name), result.Methods.Select(m => m.Name));
        Assert.Equal([24, 1], result.Tasks.Select(t => t.Requests));
        Assert.Equal(2 * result.Methods.Count * 2, seen.Count);
        Assert.Equal(seen[^1].Total, seen[^1].Done);
        var (went, unasked) = (result.Tasks[1].Records, Enumerable.Range(0, s_test.Count).Count(row => s_test.Label(row) == 1));
        Assert.Equal(Math.Max(24 + 200 + 120, went + 200 + 120 - unasked), result.Facts.Points);
        foreach (var (method, results) in result.Methods.Zip(result.Tasks[0].Methods))
        {
            Assert.True(results.Failure is null, $"{method.Name}: {results.Failure}");
            Assert.Equal(plan.Seeds, results.Seeds.Select(s => s.Seed));
            Assert.All(results.Seeds, seed =>
            {
                Assert.InRange(seed.After.Test, 0.4, 1);
                Assert.True(seed.RequestSeconds > 0 && seed.KeptBytes >= 0);
                Assert.Equal(method.Kind switch { MethodKind.Oracle => 3, MethodKind.Approximate => 24, _ => 20 }, seed.TimedRequests);
            });
            if (method.Kind is MethodKind.Oracle or MethodKind.Exact)
            {
                Assert.All(results.Seeds, seed => Assert.True(seed is { IsSameModel: true, Disagreement: 0, ActivationDistance: 0, Klom: null }, method.Name));
                Assert.Equal(0, results.Oracles);
            }
            else
            {
                Assert.All(results.Seeds, seed => Assert.True(seed is { IsSameModel: false, Klom: { Forgotten: > 0, Others: > 0 } }
                    && seed.Klom.ForgottenWorst >= seed.Klom.Forgotten && seed.Klom.OthersWorst >= seed.Klom.Others, method.Name));
                Assert.Equal(20, results.Oracles);
                Assert.Equal(method.Kind == MethodKind.Approximate, results.Seeds[0].RelearningSteps is not null);
                Assert.Equal(method.Kind == MethodKind.Approximate, results.Seeds[0].OracleRelearningSteps is not null);
                Assert.True(results.OracleKlom!.ForgottenWorst >= results.OracleKlom.Forgotten && results.OracleKlom.Others > 0);
            }
        }

        // What never saw the class cannot name it.
        var forgotClass = result.Tasks[1].Methods.Where(m => result.Methods.Single(f => f.Name == m.Method).Kind == MethodKind.Exact);
        Assert.All(forgotClass.SelectMany(m => m.Seeds), seed => Assert.True(seed.After.Forgotten == 0 && seed.Before.Forgotten > 0.5));

        // And is not asked for it: without it the others are told apart better.
        Assert.All(forgotClass.SelectMany(m => m.Seeds), seed => Assert.True(seed.After.Test >= seed.Before.Test));
    }

    [Fact]
    public void Run_OtherThreads_DifferInSecondsOnly()
    {
        IForgettingMethod[] methods = [new RetrainedNetwork(), new FixSisa(), new PublishedLegoNet(6, 2), new ApproximateFineTuning()];
        var attack = new AttackPlan { ShadowModels = 12, Records = 120, Candidates = 12 };
        var plan = Plan(ForgetTasks.RandomShare(s_records)) with { Methods = _ => methods, Seeds = [5], Attack = attack };

        var one = Comparer.Run(plan with { Threads = 1 }, null, TestContext.Current.CancellationToken);
        var three = Comparer.Run(plan with { Threads = 3 }, null, TestContext.Current.CancellationToken);

        Assert.Equal(Facts(one), Facts(three));
        Assert.Equal(methods.Length, one.Attacks.Count);
        Assert.Equal(Areas(one), Areas(three));

        static IEnumerable<object> Facts(ComparisonResult result) => result.Tasks.SelectMany(t => t.Methods).SelectMany(m => m.Seeds)
            .Select(s => s with { TrainingSeconds = 0, RequestSeconds = 0 });

        static IEnumerable<double> Areas(ComparisonResult result) => result.Attacks.SelectMany(a => a.Curves).Select(c => c.Area);
    }

    [Fact]
    public void Run_MethodThatCannot_IsNamedAndTheOthersGoOn()
    {
        var plan = Plan(ForgetTasks.RandomShare(s_records)) with
        {
            Methods = _ => [new PublishedLegoNet(adapters: 1000), RetrainedHead.Ridge()],
            Seeds = [1],
        };

        var methods = Comparer.Run(plan, null, TestContext.Current.CancellationToken).Tasks[0].Methods;

        Assert.Contains("1,000 adapters", methods[0].Failure, StringComparison.Ordinal);
        Assert.Empty(methods[0].Seeds);
        Assert.Single(methods[1].Seeds);
    }

    [Fact]
    public void Run_MethodThatFillsTheDisk_FailsAloneWhereverItIsTrained()
    {
        var plan = Plan(ForgetTasks.RandomShare(s_records)) with
        {
            Methods = _ => [new FillsTheDisk(), RetrainedHead.Ridge()],
            Seeds = [1],
            Attack = new AttackPlan { ShadowModels = 12, Records = 60, Candidates = 6 },
        };

        var result = Comparer.Run(plan, null, TestContext.Current.CancellationToken);

        Assert.Equal(["No space left.", null], result.Tasks[0].Methods.Select(m => m.Failure));
        Assert.Equal(["No space left.", null], result.Attacks.Select(a => a.Failure));
    }

    [Fact]
    public void Run_PlanThatMakesNoSense_IsRefusedInOneSentence()
    {
        var plan = Plan(ForgetTasks.RandomShare(s_records));
        (ComparisonPlan Plan, string Says)[] wrong =
        [
            (plan with { Methods = _ => [] }, "needs a method"),
            (plan with { Methods = _ => [RetrainedHead.Ridge(), RetrainedHead.Ridge()] }, "called \"retrained ridge\""),
            (plan with { Seeds = [1, 1] }, "seed is named twice"),
            (plan with { Oracles = 19 }, "at least 20 oracles"),
            (plan with { Test = GeneratedRecords.Draw(10, 8, 3) }, "another length"),
        ];

        Assert.All(wrong, w => Assert.Contains(
            w.Says,
            Assert.Throws<LegoNetException>(() => Comparer.Run(w.Plan, null, TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal));
    }

    [Fact]
    public void Run_Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => Comparer.Run(Plan(ForgetTasks.RandomShare(s_records)), null, cancelled.Token));
    }

    private static ComparisonPlan Plan(params ForgetTask[] tasks)
        => new() { Data = "generated", Records = s_records, Test = s_test, Methods = _ => [new FixSisa()], Tasks = tasks, Seeds = [1, 2], Threads = 2 };

    private sealed class FillsTheDisk : IForgettingMethod
    {
        public string Name => "fills the disk";

        public MethodKind Kind => MethodKind.Approximate;

        public string Settings => "";

        public ITrainedState Train(RecordSet records, int[] rows, RunSettings settings, CancellationToken cancellationToken)
            => throw new IOException("No space left.");
    }

    private sealed class Watcher(List<LegoNetProgress> seen) : IProgress<LegoNetProgress>
    {
        public void Report(LegoNetProgress value) => seen.Add(value);
    }
}
