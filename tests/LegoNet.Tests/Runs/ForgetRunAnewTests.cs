using FsCheck;
using FsCheck.Fluent;
using LegoNet.Records;
using LegoNet.Runs;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Runs;

/// <summary>A forget in tasks whose model is changed meanwhile, at any moment, ends as the same commands on one machine, the forget last.</summary>
public class ForgetRunAnewTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LearningTask.Multiclass, null, 12)]
    [InlineData(LearningTask.Regression, null, 4)]
    [InlineData(LearningTask.Multiclass, Models.Softmax, 2)]
    public void Run_WhoseModelChangesAtAnyMoment_EndsAsTheCommandsOfOneMachine(LearningTask task, string? adapter, int count)
        => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => Run(task, adapter, seed)).Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    private static void Run(LearningTask kind, string? adapter, int seed)
    {
        var random = new Random(seed); // Choices of the test, not of the product.
        using var folder = new TempFolder(inMemory: true);
        var definition = Models.Definition(kind, adapters: 4, active: 2, segmentRows: random.Next(2) == 0 ? 2 : 64, adapter: adapter);
        var subjects = random.Next(3, 100);
        var records = Enumerable.Range(0, subjects).SelectMany(subject => Enumerable.Range(0, 3).Select(id => Models.Record(definition.Spec, subject, id)));
        LegoNetModel.Train(folder["model"], definition, records, cancellationToken: Stop).Dispose();
        Tree.Copy(folder["model"], folder["single"]);
        foreach (var file in Directory.EnumerateFiles(folder.Path, "model.*"))
        {
            File.Copy(file, folder["single" + Path.GetFileName(file)["model".Length..]]);
        }

        using var single = LegoNetModel.Open(folder["single"]);
        using var model = LegoNetModel.Open(folder["model"]);
        var targets = Enumerable.Range(0, random.Next(1, 20)).Select(_ => Target(random, subjects)).Distinct().ToArray();
        TaskRuns.PlanForget(folder["run"], folder["model"], targets, options: new PlanOptions { IsTrial = true, Tasks = random.Next(1, 6) });
        var changes = random.Next(1, 4);
        var added = subjects;
        while (Directory.Exists(folder["run"]))
        {
            try
            {
                var run = TaskRuns.Open(folder["run"], new RunOptions { Threads = 1 + random.Next(3) });
                var progress = new Told(() => ChangePerhaps(30));
                for (var task = 0; task < run.Stages.Sum(s => s.Count); task++)
                {
                    ChangePerhaps(8);
                    run.RunTask(task, progress, Stop);
                }

                ChangePerhaps(2);
                run.Finish(cancellationToken: Stop);
            }
            catch (LegoNetException e) when (e.Reason == LegoNetReason.Busy)
            {
                // It begins anew.
            }
            catch (IOException)
            {
                // What it read was taken away under its hands.
            }
        }

        single.Forget(targets, ignoreUnknown: true, cancellationToken: Stop);
        Tree.AssertSameModel(folder["single"], folder["model"]);
        model.Reload();
        Assert.True(model.Verify(cancellationToken: Stop).IsExact);
        Assert.Empty(TaskRuns.Of(folder["model"]));

        void ChangePerhaps(int oneIn)
        {
            if (changes == 0 || random.Next(oneIn) != 0)
            {
                return;
            }

            changes--;
            if (random.Next(3) == 0)
            {
                // Of somebody new, or of somebody whom the run forgets.
                var subject = random.Next(2) == 0 ? added++ : random.Next(subjects);
                var record = Models.Record(definition.Spec, subject, 3 + changes);
                single.Add([record], cancellationToken: Stop);
                model.Add([record], cancellationToken: Stop);
                return;
            }

            var target = Target(random, subjects);
            single.Forget([target], ignoreUnknown: true, cancellationToken: Stop);
            model.Forget([target], ignoreUnknown: true, cancellationToken: Stop);
        }
    }

    private static ForgetTarget Target(Random random, int subjects)
        => new($"subject-{random.Next(subjects)}", random.Next(3) == 0 ? $"id-{random.Next(3)}" : null);

    private sealed class Told(Action action) : IProgress<LegoNetProgress>
    {
        private readonly Lock _gate = new();

        public void Report(LegoNetProgress value)
        {
            lock (_gate)
            {
                action();
            }
        }
    }
}
