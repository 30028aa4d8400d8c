using LegoNet.Lab.Measures;
using LegoNet.Lab.Methods;
using LegoNet.Lab.Tasks;

namespace LegoNet.Lab.Tests.Measures;

/// <summary>How soon what was forgotten is known again.</summary>
public class RelearningTests
{
    private static readonly RecordSet s_records = GeneratedRecords.Draw(400, 21, 4);
    private static readonly IReadOnlyList<int> s_forgotten = ForgetTasks.OfClass(s_records, "class-2").Rows;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Steps_OfAModelThatForgotNothing_AreNone()
    {
        using var run = Train(new RetrainedNetwork());

        Assert.Equal(0, Relearning.Steps(run.Model, run.Model, s_records, s_forgotten, cancellationToken: Token));
    }

    [Fact]
    public void Steps_OfAnOracle_AreMoreAndTheSameEachTime()
    {
        using var run = Train(new RetrainedNetwork());
        var before = run.Model;
        var oracle = run.Forget([.. s_forgotten], Token).Model;
        var digest = oracle.Digest;

        var steps = Relearning.Steps(oracle, before, s_records, s_forgotten, cancellationToken: Token);

        Assert.InRange(steps!.Value, 3, 300);
        Assert.Equal(steps, Relearning.Steps(oracle, before, s_records, s_forgotten, cancellationToken: Token));
        Assert.Equal(2, Relearning.Steps(oracle, before, s_records, s_forgotten, most: 2, cancellationToken: Token));
        Assert.Equal(digest, ((NetworkModel)oracle).Network.Digest);
    }

    [Fact]
    public void Steps_OfAModelThatIsNoNetwork_AreNotThere()
    {
        using var run = Train(RetrainedHead.Ridge());

        Assert.Null(Relearning.Steps(run.Model, run.Model, s_records, s_forgotten, cancellationToken: Token));
    }

    private static MethodRun Train(IForgettingMethod method) => MethodRun.Train(method, s_records, cancellationToken: Token);
}
