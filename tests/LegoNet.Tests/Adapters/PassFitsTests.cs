using LegoNet.Adapters;
using LegoNet.Specs;

namespace LegoNet.Tests.Adapters;

/// <summary>Fits by passes, of small shards that need none, against the plain reference.</summary>
public class PassFitsTests
{
    private const double Lambda = 0.01;

    public static TheoryData<LearningTask, bool> Candidates
        => new MatrixTheoryData<LearningTask, bool>([LearningTask.Multiclass, LearningTask.Binary, LearningTask.Multilabel], [false, true]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Candidates))]
    public void Fit_AnyCandidate_HasTheBitsOfThePlainPasses(LearningTask task, bool isSoftmax)
    {
        var shard = DrawnShard.Draw(task, 300, 12);
        using var fits = new PassFits(new FoldedShard(shard.ToShard(), 3), 2);
        var expected = new PlainFit(shard.Labels, shard.Codes, shard.Words).ByPasses(isSoftmax, Lambda, PassFits.Passes);
        Assert.Equal(expected.SelectMany(w => w), fits.Fit(new Candidate(isSoftmax, Lambda), Token)!);
    }

    [Theory]
    [MemberData(nameof(Candidates))]
    public void Predict_AnyCandidate_GoesOnFromTheSameTrainersLambdaBefore(LearningTask task, bool isSoftmax)
    {
        var shard = DrawnShard.Draw(task, 300, 12);
        var folded = new FoldedShard(shard.ToShard(), 3);
        var width = folded.Labels.Width;
        shard = shard with { Codes = [.. folded.Codes.Chunk(12)], Words = [.. folded.Words.Chunk(width)] };
        var outputs = SoftmaxFit.Logits(shard.Labels);
        var scores = new double[outputs * folded.Stride];
        using var fits = new PassFits(folded, 2);
        Assert.True(fits.Predict(new Candidate(isSoftmax, Lambda), scores, Token));
        Assert.True(fits.Predict(new Candidate(!isSoftmax, Lambda), scores, Token));
        Assert.True(fits.Predict(new Candidate(isSoftmax, Lambda / 10), scores, Token));
        foreach (var fold in folded.Folds)
        {
            var own = Enumerable.Range(fold.First, fold.Count).ToArray();
            var rest = shard.Only(Enumerable.Range(0, 300).Except(own));
            var plain = new PlainFit(rest.Labels, rest.Codes, rest.Words);
            var weights = Flat(plain.ByPasses(isSoftmax, Lambda, PassFits.FoldPasses));
            var further = Flat(plain.ByPasses(isSoftmax, Lambda / 10, PassFits.FurtherFoldPasses, weights));
            var (step, rounded) = PlainFit.Round(further, 13);
            Assert.All(own, r => Assert.Equal(
                rounded.Chunk(13).Select(w => w.Zip(shard.Codes[r].Append((sbyte)127), (a, b) => a * b).Sum() * step),
                Enumerable.Range(0, outputs).Select(c => scores[(c * folded.Stride) + r])));
        }
    }

    [Theory]
    [MemberData(nameof(Candidates))]
    public void Fit_AfterPredict_GoesOnFromTheMeanOfTheFolds(LearningTask task, bool isSoftmax)
    {
        var shard = DrawnShard.Draw(task, 300, 12);
        var folded = new FoldedShard(shard.ToShard(), 2);
        using var fits = new PassFits(folded, 2);
        var scores = new double[SoftmaxFit.Logits(shard.Labels) * folded.Stride];
        Assert.True(fits.Predict(new Candidate(isSoftmax, Lambda), scores, Token));
        Assert.True(fits.Predict(new Candidate(isSoftmax, Lambda / 10), scores, Token));
        shard = shard with { Codes = [.. folded.Codes.Chunk(12)], Words = [.. folded.Words.Chunk(folded.Labels.Width)] };
        double[][] without = [.. folded.Folds.Select(fold =>
        {
            var rest = shard.Only(Enumerable.Range(0, 300).Except(Enumerable.Range(fold.First, fold.Count)));
            return Flat(new PlainFit(rest.Labels, rest.Codes, rest.Words).ByPasses(isSoftmax, Lambda, PassFits.FoldPasses));
        })];
        var start = without[0].Zip(without[1], (a, b) => (a / 2) + (b / 2)).ToArray();
        var expected = new PlainFit(shard.Labels, shard.Codes, shard.Words).ByPasses(isSoftmax, Lambda, PassFits.PassesFromFolds, start);
        Assert.Equal(Flat(expected), fits.Fit(new Candidate(isSoftmax, Lambda), Token)!);
    }

    private static double[] Flat(double[][] weights) => [.. weights.SelectMany(w => w)];
}
