using LegoNet.Adapters;
using LegoNet.Data.Formats;
using LegoNet.Specs;
using LegoNet.TestHost;

namespace LegoNet.Tests.Adapters;

/// <summary>Adapters that choose for themselves: the choice is a function of the shard, like the weights.</summary>
public class AutoTrainerTests
{
    private const string Auto = """{ "trainer": "auto" }""";
    private const string Ridge = """{ "trainer": "ridge", "lambda": "auto" }""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<LearningTask, string, int, int> Shards
    {
        get
        {
            var data = new TheoryData<LearningTask, string, int, int>();
            foreach (var task in Enum.GetValues<LearningTask>())
            {
                foreach (var (rows, dimension) in ((int, int)[])[(60, 9), (12, 10), (11, 10), (25, 33)])
                {
                    if (task != LearningTask.Regression)
                    {
                        data.Add(task, Auto, rows, dimension);
                    }

                    data.Add(task, Ridge, rows, dimension);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shards))]
    public void Fit_AnyOrderOfRowsAndThreads_GivesTheSameBytes(LearningTask task, string adapter, int rows, int dimension)
        => SameBytes.AssertOrderAndThreads(DrawnShard.Draw(task, rows, dimension), adapter);

    [Fact]
    public void Fit_ManyRowsAndColumns_GivesTheSameBytesInAnyOrderWithAnyThreads()
        => SameBytes.AssertOrderAndThreads(DrawnShard.Draw(LearningTask.Binary, 2070, 2055, zeros: 25), Auto);

    [Theory]
    [InlineData(LearningTask.Multiclass, Auto)]
    [InlineData(LearningTask.Binary, Auto)]
    [InlineData(LearningTask.Multilabel, Auto)]
    [InlineData(LearningTask.Multiclass, Ridge)]
    [InlineData(LearningTask.Regression, Ridge)]
    public void Update_RowsRemovedAndAdded_GivesTheBytesOfAFit(LearningTask task, string adapter)
        => SameBytes.AssertUpdates(DrawnShard.Draw(task, 90, 10), adapter);

    [Theory]
    [InlineData(LearningTask.Multiclass, Auto, 60, 6)]
    [InlineData(LearningTask.Binary, Auto, 60, 6)]
    [InlineData(LearningTask.Multilabel, Auto, 50, 6)]
    [InlineData(LearningTask.Multiclass, Auto, 20, 33)]
    [InlineData(LearningTask.Binary, Auto, 20, 33)]
    [InlineData(LearningTask.Multilabel, Auto, 20, 33)]
    [InlineData(LearningTask.Multiclass, Ridge, 60, 6)]
    [InlineData(LearningTask.Binary, Ridge, 20, 33)]
    [InlineData(LearningTask.Regression, Ridge, 60, 6)]
    [InlineData(LearningTask.Regression, Ridge, 20, 33)]
    public void Fit_TrialsChoiceAndWeights_HaveTheBitsOfThePlainReference(LearningTask task, string adapter, int rows, int dimension)
    {
        for (var seed = 0; seed < 3; seed++)
        {
            AssertPlain(DrawnShard.Draw(task, rows, dimension, seed: seed), adapter);
        }
    }

    [Fact]
    public void Fit_ManyShards_MeetEveryTurnOfTheChoice()
    {
        // What the reference would not show if no shard here came to it.
        var turns = new SortedSet<string>();
        for (var seed = 0; seed < 30; seed++)
        {
            var (dimension, order) = seed % 2 == 0 ? (6, "[0.3, 0.03, 0.003, 0.0003]") : (20, "[0.003, 0.3, 0.03, 3]");
            var plain = AssertPlain(
                DrawnShard.Draw(LearningTask.Multiclass, 60, dimension, seed: seed), $$"""{ "trainer": "auto", "ridge": {{order}}, "softmax": {{order}} }""");
            var (ridge, softmax, chosen) = (plain.Trials[..4], plain.Trials[4..], plain.Trials[plain.Chosen]!.Value);
            turns.Add(plain.Candidates[plain.Chosen].IsSoftmax ? "softmax is chosen" : "ridge is chosen");
            turns.UnionWith(ridge[1] is null ? ["ridge is behind"] : softmax[1] is null ? ["softmax is behind"] : ["both go on"]);
            turns.UnionWith(ridge[^1] is null && ridge[1] is not null || softmax[^1] is null && softmax[1] is not null ? ["a walk ends early"] : []);
            turns.UnionWith(ridge[^1] is not null || softmax[^1] is not null ? ["a walk goes to its end"] : []);
            var own = plain.Trials.Where((t, i) => t is not null && plain.Candidates[i].IsSoftmax == plain.Candidates[plain.Chosen].IsSoftmax);
            turns.UnionWith(own.Any(t => t!.Value.Loss < chosen.Loss) ? ["a smaller λ that loses a little more"] : []);
            var least = plain.Trials.Where(t => t is not null).MinBy(t => t!.Value.Loss)!.Value;
            turns.UnionWith(!own.Contains(least) ? ["fewer errors at a greater loss"] : []);
        }

        Assert.Equal(
            "a smaller λ that loses a little more; a walk ends early; a walk goes to its end; both go on; fewer errors at a greater loss; ridge is behind; "
                + "ridge is chosen; softmax is behind; softmax is chosen",
            string.Join("; ", turns));
    }

    [Theory]
    [InlineData(60, 6)]
    [InlineData(28, 40)]
    public void Fit_RowOnTheEdgeBetweenTwoCandidates_ChoosesAsIfItHadNeverBeenThere(int rows, int dimension)
    {
        // Where one row's absence turns the choice, both choices are made by fits, and by updates from sums where there are any.
        var found = 0;
        for (var seed = 0; seed < 60 && found < 3; seed++)
        {
            var shard = DrawnShard.Draw(LearningTask.Multiclass, rows, dimension, seed: seed);
            var trainer = FitCases.Trainer(Auto, shard.Labels, dimension);
            var all = trainer.Fit(shard.ToShard(), new FitSettings(1), Token);
            for (var row = 0; row < rows && found < 3; row++)
            {
                var never = shard.Without(row);
                var without = trainer.Fit(never.ToShard(), new FitSettings(1), Token);
                if (Chosen(without) == Chosen(all))
                {
                    continue;
                }

                found++;
                Assert.Equal(without.Adapter, trainer.Fit(never.Sorted().ToShard(), new FitSettings(2, 2), Token).Adapter);
                if (all.Sums is not null)
                {
                    var sums = all.Sums.ToDictionary(s => s.Key, s => (long[])s.Value.Clone());
                    var gone = new ShardChange(shard.Only([row]).ToShard(), shard.Only([]).ToShard(), rows - 1, () => never.ToShard());
                    Assert.Equal(without.Adapter, trainer.Update(sums, gone, new FitSettings(1), Token).Adapter);
                    var back = new ShardChange(shard.Only([]).ToShard(), shard.Only([row]).ToShard(), rows, () => shard.ToShard());
                    Assert.Equal(all.Adapter, trainer.Update(sums, back, new FitSettings(1), Token).Adapter);
                }
            }
        }

        Assert.Equal(3, found);

        int Chosen(FittedAdapter adapter)
            => SafetensorsFile.Parse(adapter.Adapter, "adapter", LegoNetError.Damaged).Get<int>("chosen", 1)[0];
    }

    [Theory]
    [InlineData(40, 5)]
    [InlineData(10, 30)]
    public void Fit_EveryRowInOneFold_IsFiniteAndTheSameInAnyOrder(int rows, int dimension)
    {
        var drawn = DrawnShard.Draw(LearningTask.Multiclass, rows * 30, dimension);
        var shard = drawn.Only(Enumerable.Range(0, rows * 30).Where(r => FoldedShard.FoldOf(drawn.Codes[r], drawn.Words[r], 2) == 1).Take(rows));
        Assert.Equal(rows, shard.Codes.Length);
        SameBytes.AssertOrderAndThreads(shard, """{ "trainer": "auto", "folds": 2 }""");
        var trainer = FitCases.Trainer("""{ "trainer": "auto", "folds": 2 }""", shard.Labels, dimension);
        trainer.Load(trainer.Fit(shard.ToShard(), new FitSettings(1), Token).Adapter, "adapter");
    }

    [Theory]
    [InlineData(0, 0.25, true)]
    [InlineData(5, 0.25, true)]
    [InlineData(6, 0.25, false)]
    [InlineData(-1, 0.25, false)]
    [InlineData(0, double.NaN, false)]
    [InlineData(0, double.PositiveInfinity, false)]
    public void Load_ChoiceOfAFile_IsRefusedWhereItIsNone(int chosen, double loss, bool isRead)
    {
        var shard = DrawnShard.Draw(LearningTask.Binary, 30, 4);
        var trainer = FitCases.Trainer(Auto, shard.Labels, 4);
        var writer = new SafetensorsWriter();
        new LinearAdapter(new float[10], 2).AddTo(writer);
        double[] trials = [.. Enumerable.Repeat(loss, 6).SelectMany(l => (double[])[2, l, 0.5])];
        writer.Add<double>("trials", trials, 6, 3);
        writer.Add<int>("chosen", new[] { chosen }, 1);
        if (isRead)
        {
            var expected = new AdapterChoice(chosen < 3 ? "ridge" : "softmax", chosen < 3 ? 0.3 : 0.0003, 2, loss);
            Assert.Equal(expected, Assert.IsType<LinearAdapter>(trainer.Load(writer.ToArray(), "adapter")).Choice);
            return;
        }

        var error = Assert.Throws<LegoNetException>(() => trainer.Load(writer.ToArray(), "adapters/7"));
        Assert.Equal(LegoNetError.Damaged, error.Error);
        Assert.Equal("adapters/7: does not say which candidate it chose.", error.Message);
    }

    [Fact]
    public void FoldOf_ManyRows_FillsFoldsEvenly()
    {
        var shard = DrawnShard.Draw(LearningTask.Multiclass, 3000, 13);
        var counts = new int[3];
        for (var r = 0; r < 3000; r++)
        {
            counts[FoldedShard.FoldOf(shard.Codes[r], shard.Words[r], 3)]++;
        }

        Assert.All(counts, c => Assert.InRange(c, 900, 1100));
    }

    [Fact]
    public void FoldedShard_RowsOfFolds_AreAllRowsOnce()
    {
        var shard = DrawnShard.Draw(LearningTask.Multilabel, 100, 9);
        var folded = new FoldedShard(shard.ToShard(), 4);
        Assert.Equal(100, folded.Folds.Sum(f => f.Count));
        for (var f = 0; f < 4; f++)
        {
            var own = folded.Folds[f];
            Assert.Equal(100 - own.Count, folded.Without(f).Sum(r => r.Count));
            Assert.All(folded.Without(f), r => Assert.True(r.Count > 0 && (r.First >= own.First + own.Count || r.First + r.Count <= own.First)));
            for (var r = own.First; r < own.First + own.Count; r++)
            {
                var word = folded.Words.AsSpan(r * 2, 2);
                Assert.Equal(f, FoldedShard.FoldOf(folded.Codes.AsSpan(r * 9, 9), word, 4));
            }
        }

        Assert.Equal(shard.Codes.Select(c => string.Join(' ', c)).Order(), folded.Codes.Chunk(9).Select(c => string.Join(' ', c)).Order());
    }

    private static PlainAuto AssertPlain(DrawnShard shard, string adapter)
    {
        var trainer = FitCases.Trainer(adapter, shard.Labels, shard.Dimension);
        var file = trainer.Fit(shard.ToShard(), new FitSettings(1, 2), Token).Adapter;
        var plain = new PlainAuto(shard, trainer.Declaration);
        var selection = Selection.Read(SafetensorsFile.Parse(file, "adapter", LegoNetError.Damaged), "adapter", plain.Candidates.Length);
        Assert.Equal(plain.Numbers, selection.Trials);
        Assert.Equal(plain.Chosen, selection.Chosen);
        Assert.Equal(Weights(plain.Adapter().ToFile()), Weights(file));
        return plain;

        float[] Weights(byte[] bytes)
            => SafetensorsFile.Parse(bytes, "adapter", LegoNetError.Damaged).Get<float>("weights", shard.Labels.Outputs, shard.Dimension + 1).ToArray();
    }
}
