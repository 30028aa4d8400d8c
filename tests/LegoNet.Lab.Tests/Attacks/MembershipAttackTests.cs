using System.Text.Json;
using LegoNet.Lab.Attacks;
using LegoNet.Lab.Methods;

namespace LegoNet.Lab.Tests.Attacks;

/// <summary>An attack finds what is left of a record, and nothing where nothing is left.</summary>
public class MembershipAttackTests
{
    private static readonly RecordSet s_records = GeneratedRecords.Draw(600, 40, 4);
    private static readonly AttackSample s_sample = AttackSample.Draw(s_records, Plan());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exact ridge", 0.8)]
    [InlineData("retrained network", 0.8)]
    [InlineData("LegoNet, auto", 0.8)]
    [InlineData("FixSISA", 0.55)]
    public void Of_AnExactMethod_FindsWhatRemainsAndWhatChangedButNothingOfWhatWasForgotten(string name, double area)
    {
        var attack = MembershipAttack.Of(LabMethods.For(s_records).Single(m => m.Name == name), s_sample, Token);

        Assert.Null(attack.Failure);
        Assert.Equal((name, 24, 300, 60), (attack.Method, attack.ShadowModels, attack.Records, attack.Candidates));
        Assert.All(attack.Curves.Where(c => c.Question == AttackQuestion.Forgotten), curve =>
        {
            Assert.InRange(0.5, curve.AreaLow, curve.AreaHigh);
            Assert.InRange(curve.AreaHigh - curve.AreaLow, 0.01, 0.25);
            Assert.All(curve.At, at => Assert.InRange(at.FalsePositives, at.Low, at.High));
        });
        Assert.InRange(Curve(attack, AttackQuestion.Retained).AreaLow, area, 1);
        Assert.InRange(Curve(attack, AttackQuestion.Difference).AreaLow, area, 1);
    }

    [Fact]
    public void Of_AMethodThatForgetsNothing_FindsWhatWasForgottenAsWellAsWhatRemains()
    {
        var attack = MembershipAttack.Of(new ForgetsNothing(new RetrainedNetwork()), s_sample, Token);

        AttackCurve forgotten = Curve(attack, AttackQuestion.Forgotten), retained = Curve(attack, AttackQuestion.Retained);
        Assert.InRange(forgotten.AreaLow, 0.8, 1);
        Assert.InRange(forgotten.Area, retained.AreaLow - 0.02, retained.AreaHigh + 0.02);
        Assert.InRange(forgotten.At[2].Low, 0.3, 1);
        Assert.Equal(forgotten.At[2].TruePositives, retained.At[2].TruePositives, 0.15);
    }

    [Fact]
    public void Of_VulnerableRecords_FindsMoreThanOfRandomOnes()
    {
        var attack = MembershipAttack.Of(new RetrainedNetwork(), s_sample, Token);

        Assert.InRange(Curve(attack, AttackQuestion.Retained).AreaLow, Curve(attack, AttackQuestion.Retained, "random").Area, 1);
    }

    [Fact]
    public void Of_OtherThreads_GivesTheSameResult()
    {
        var attacks = new[] { 1, 3 }.Select(
            threads => JsonSerializer.Serialize(MembershipAttack.Of(new ExactRidgeHead(), AttackSample.Draw(s_records, Plan(threads)), Token)));

        Assert.Single(attacks.Distinct());
    }

    [Fact]
    public void Of_AMethodThatCannotBeUsed_SaysWhy()
    {
        var attack = MembershipAttack.Of(new PublishedLegoNet(250, 1), s_sample, Token);

        Assert.Empty(attack.Curves);
        Assert.StartsWith("LegoNet as published draws the keys of its 250 adapters from the training records, of which there are 1", attack.Failure);
    }

    [Fact]
    public void Of_Cancelled_Stops()
        => Assert.Throws<OperationCanceledException>(() => MembershipAttack.Of(new ExactRidgeHead(), s_sample, new CancellationToken(canceled: true)));

    [Fact]
    public void Draw_Candidates_AreATenthAndInOneGroup()
    {
        Assert.Equal(["random", "most vulnerable"], s_sample.Groups.Select(g => g.Name));
        Assert.All(s_sample.Groups, g => Assert.Equal(30, g.Rows.Count));
        Assert.Equal(60, s_sample.Groups.SelectMany(g => g.Rows).Distinct().Count());
    }

    [Fact]
    public void Draw_TooLittle_SaysWhyInOneSentence()
    {
        Assert.Equal(
            "An attack needs at least 20 records, and there are 19; leave it out, or take more.",
            Assert.Throws<LegoNetException>(() => AttackSample.Draw(GeneratedRecords.Draw(19, 3, 2), Plan(), Token)).Message);
        Assert.Equal(
            "An attack needs at least 12 shadow models, and 11 are asked for; 64 give usable figures.",
            Assert.Throws<LegoNetException>(() => AttackSample.Draw(s_records, Plan() with { ShadowModels = 11 }, Token)).Message);
    }

    private static AttackPlan Plan(int threads = 2) => new() { ShadowModels = 24, Records = 300, Threads = threads };

    private static AttackCurve Curve(MethodAttack attack, AttackQuestion question, string records = "most vulnerable")
        => attack.Curves.Single(c => c.Question == question && c.Records == records);
}
