using LegoNet.Ensembles;

namespace LegoNet.Tests.Ensembles;

public class CombinationTests
{
    [Fact]
    public void Agreement_VoicesThatSayTheSame_IsTheirMeanAroundItsCentre()
    {
        var scores = new double[3];
        Combination.Agreement([1, 2, 6, 1, 2, 6], labels: false, scores);
        Assert.Equal([-2, -1, 3], scores);
        Combination.Agreement([1, 0.25, 1, 0.25], labels: true, scores.AsSpan(0, 2));
        Assert.Equal([1, 0.25], scores.AsSpan(0, 2));
    }

    [Fact]
    public void Agreement_VoicesThatContradictEachOther_IsTwiceTheirMeanAtMost()
    {
        // Mean square 25 and 9 over the square of the mean 1: far beyond 2.
        var scores = new double[2];
        Combination.Agreement([5, -5, -3, 3], labels: false, scores);
        Assert.Equal([2, -2], scores);
        Combination.Agreement([1, -1, -1, 1], labels: false, scores);
        Assert.Equal([0, 0], scores);
    }

    [Fact]
    public void Probabilities_OfClasses_AreTheMeanOfTheVoices()
    {
        var scores = new double[2];
        Combination.Probabilities([Math.Log(3), 0, 0, Math.Log(7)], labels: false, temperature: 1, scores);
        Assert.Equal((0.75 + 0.125) / 2, Math.Exp(scores[0]), 1e-14);
        Assert.Equal((0.25 + 0.875) / 2, Math.Exp(scores[1]), 1e-14);
    }

    [Fact]
    public void Probabilities_VoicesThatAreCertainOfALabel_KeepHowCertain()
    {
        // Logits of 60 and 40: as float64, both probabilities are 1, and what is left of them is not.
        var scores = new double[1];
        Combination.Probabilities([60.5, 40.5], labels: true, temperature: 1, scores);
        Assert.Equal(40.5 + Math.Log(2), scores[0], 1e-8);
        Combination.Probabilities([-59.5, -39.5], labels: true, temperature: 1, scores);
        Assert.Equal(-39.5 - Math.Log(2), scores[0], 1e-8);
    }
}
