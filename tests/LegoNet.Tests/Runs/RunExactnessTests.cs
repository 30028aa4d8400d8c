using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using LegoNet.Runs;
using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Runs;

/// <summary>The contract of runs: however a training is divided, and in whatever order its tasks are done, it is the model of one machine.</summary>
public class RunExactnessTests
{
    private const string Ridge = """{"lambda":500,"trainer":"ridge"}""";

    [Theory]
    [InlineData(LearningTask.Multiclass, Ridge, 14)]
    [InlineData(LearningTask.Binary, Ridge, 6)]
    [InlineData(LearningTask.Regression, Ridge, 6)]
    [InlineData(LearningTask.Multilabel, Ridge, 6)]
    [InlineData(LearningTask.Multiclass, Models.Softmax, 3)]
    [InlineData(LearningTask.Binary, Models.Auto, 3)]
    [InlineData(LearningTask.Multilabel, Models.Auto, 2)]
    [InlineData(LearningTask.Regression, Models.RidgeAuto, 3)]
    public void Training_InAnyTasksInAnyOrder_MakesTheModelOfOneMachine(LearningTask task, string adapter, int count)
        => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => Run(task, adapter, seed)).Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(600, 1000)]
    public void Training_OfFewerRecordsThanTasks_MakesTheModelOfOneMachine(int records, int tasks)
    {
        using var run = new RunCase(RunCase.Records(records));
        run.Train();
        run.Plan(tasks);
        run.Complete();
        run.AssertSame();
    }

    [Theory]
    [InlineData(3000, 1, 1, 1L << 30)]
    [InlineData(5000, 1, 3, 200_000)]
    [InlineData(5000, 2, 20, 100_000)]
    public void Training_OfOnePersonsRecords_MakesTheModelOfOneMachine(int records, int subjects, int tasks, long memory)
    {
        using var run = new RunCase(RunCase.Records(records, subjects: subjects));
        run.Train();
        run.Plan(tasks, memory);
        run.Complete();
        run.AssertSame();
    }

    [Fact]
    public void Training_WithKeptSums_AndWithLongCodes_DividesAsItShould()
    {
        // Sums by group, rows by group and bundle, and neither: each of them is what the records' number and width ask for.
        AssertStages([TrainPlan.Encode, TrainPlan.Records, TrainPlan.Shards, TrainPlan.Solve], 3000, 1, 1L << 30);
        AssertStages([TrainPlan.Encode, TrainPlan.Records, TrainPlan.Shards, TrainPlan.Solve], 300, 40, 4096);
        AssertStages([TrainPlan.Encode, TrainPlan.Records, TrainPlan.Solve], 300, 40, 1L << 30);

        static void AssertStages(string[] stages, int records, int dimension, long memory)
        {
            using var run = new RunCase(RunCase.Records(records, dimension: dimension), dimension: dimension);
            run.Train();
            Assert.Equal(stages, run.Plan(3, memory).Stages.Select(s => s.Name));
            run.Complete();
            run.AssertSame();
        }
    }

    [Theory]
    [InlineData(1, 0, 39)]
    [InlineData(1, 3, 4)]
    [InlineData(2, 0, 39)]
    [InlineData(4, 7, 31)]
    [InlineData(40, 7, 31)]
    public void Training_OfOneIdentityWithTwoContents_FailsAsOnOneMachine(int tasks, int one, int other)
    {
        var lines = RunCase.Records(40).ToArray();
        lines[other] = string.Join(',', [.. lines[one].Split(',')[..2], .. lines[other].Split(',')[2..]]);
        using var run = new RunCase(lines);
        var expected = Assert.Throws<LegoNetException>(run.Train);
        run.Plan(tasks);
        var actual = Assert.Throws<LegoNetException>(run.Complete);
        Assert.Equal(expected.Message, actual.Message);
        Assert.Equal(expected.Error, actual.Error);
        Assert.Contains(TaskRuns.StatusOf(run.Run).Stuck, s => s.Contains(expected.Message, StringComparison.Ordinal));
        Assert.False(Directory.Exists(run.Model));
    }

    private static void Run(LearningTask task, string adapter, int seed)
    {
        var random = new Random(seed); // Choices of the test, not of the product.
        var isRidge = adapter == Ridge;
        var records = random.Next(6) switch
        {
            0 => random.Next(1, 6),
            1 or 2 => random.Next(6, 100),
            3 when isRidge => random.Next(1500, 4000),
            _ => random.Next(100, 700),
        };
        var dimension = isRidge ? Pick(1, 2, 5, 12, 60) : Pick(2, 5);
        var adapters = random.Next(1, 13);
        var lines = RunCase.Records(records, task, dimension, Pick(1, 3, 40, 5000), seed).ToList();
        for (var repeated = Pick(0, 0, 1, 5, records / 3); repeated > 0; repeated--)
        {
            lines.Insert(random.Next(lines.Count + 1), lines[random.Next(lines.Count)]);
        }

        using var run = new RunCase(lines, task, adapter, dimension, adapters, random.Next(1, adapters + 1));
        var passedOver = run.Train();
        var tasks = Pick(1, 2, 3, 7, 20, Math.Min(records + 5, 60));
        var memory = Pick(20_000, 60_000, 300_000, 1 << 30);
        var planned = run.Plan(tasks, memory);
        var labelled = string.Create(CultureInfo.InvariantCulture, $"{lines.Count} records × {dimension}, {tasks} tasks, memory {memory}");
        Assert.Throws<LegoNetException>(() => planned.Finish());
        foreach (var stage in planned.Stages)
        {
            var numbers = Enumerable.Range(stage.First, stage.Count).ToArray();
            random.Shuffle(numbers);
            if (stage != planned.Stages[^1])
            {
                Assert.Equal(TaskOutcome.NotReady, run.Open().RunTask(planned.Stages[^1].First));
            }

            if (random.Next(2) == 0)
            {
                var two = new ParallelOptions { MaxDegreeOfParallelism = 2 };
                Parallel.ForEach(numbers, two, number => Assert.Equal(TaskOutcome.Done, run.Open().RunTask(number)));
            }
            else
            {
                // Two workers that see the same tasks; what one is at, the other leaves.
                Parallel.For(0, 2, _ => RunAll(run.Open(), numbers));
            }

            var again = numbers[random.Next(numbers.Length)];
            Assert.Equal(TaskOutcome.DoneBefore, run.Open().RunTask(again));
            File.Delete(Path.Combine(run.Run, "done", again.ToString("D6", CultureInfo.InvariantCulture) + ".json"));
            Assert.Equal(TaskOutcome.Done, run.Open().RunTask(again));
        }

        Assert.True(planned.Stages.All(s => Enumerable.Range(s.First, s.Count).All(planned.IsDone)), labelled);
        run.Open().Finish();
        run.AssertSame();
        Assert.Equal(passedOver, RunCase.Repetitions(run.Logger));

        int Pick(params int[] choices) => choices[random.Next(choices.Length)];
    }

    private static void RunAll(ITaskRun run, int[] numbers)
    {
        while (!numbers.All(run.IsDone))
        {
            foreach (var number in numbers)
            {
                run.RunTask(number);
            }
        }
    }
}
