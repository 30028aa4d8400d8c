using LegoNet.Lab.Methods;
using LegoNet.Specs;

namespace LegoNet.Lab.Tests.Methods;

/// <summary>What can be wrong about what a method is asked.</summary>
public class MethodRunTests
{
    private static readonly RecordSet s_records = GeneratedRecords.Draw(10, 3, 2);

    [Theory]
    [InlineData(new int[0], "A request to forget names no record; name at least 1.")]
    [InlineData(new[] { 5, 1 }, "Record 5 of 10 is not in the model: it was never in it, or forgotten before.")]
    [InlineData(new[] { 10 }, "Record 10 of 10 is not in the model: it was never in it, or forgotten before.")]
    [InlineData(new[] { -1 }, "Record -1 of 10 is not in the model: it was never in it, or forgotten before.")]
    [InlineData(new[] { 1, 2, 3, 4, 6, 7, 8, 9 }, "8 of the 9 records in the model are to be forgotten; at least 2 must stay to compare with.")]
    [InlineData(new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, "10 records are to be forgotten, and only 9 are in the model.")]
    public void Forget_WhatCannotBe_SaysWhyInOneSentence(int[] rows, string message)
    {
        using var run = MethodRun.Train(RetrainedHead.Ridge(), s_records, cancellationToken: TestContext.Current.CancellationToken);
        run.Forget([5, 5], TestContext.Current.CancellationToken);
        var before = run.Model;

        var failure = Assert.Throws<LegoNetException>(() => run.Forget(rows, TestContext.Current.CancellationToken));

        Assert.Equal((LegoNetError.BadInput, message), (failure.Error, failure.Message));
        Assert.Same(before, run.Model);
        Assert.Equal(9, run.Retained.Count);
    }

    [Fact]
    public void Forget_TheFirstRecordAndThenAnother_Works()
    {
        using var run = MethodRun.Train(RetrainedHead.Ridge(), s_records, cancellationToken: TestContext.Current.CancellationToken);
        run.Forget([0], TestContext.Current.CancellationToken);
        run.Forget([1], TestContext.Current.CancellationToken);

        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], run.Retained);
    }

    [Theory]
    [InlineData(new[] { 3, 3 }, "A model is trained on at least 2 records.")]
    [InlineData(new[] { 3, 10 }, "There are the rows 0 to 9 to train on, and no others.")]
    public void Train_OnWhatIsNotThere_SaysWhyInOneSentence(int[] rows, string message)
        => AssertBadInput(message, () => MethodRun.Train(RetrainedHead.Ridge(), s_records, rows, cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public void Train_MoreKeysThanRecords_SaysWhyInOneSentence()
        => AssertBadInput(
            "LegoNet as published draws the keys of its 11 adapters from the training records, of which there are 10.",
            () => MethodRun.Train(new PublishedLegoNet(11, 1), s_records, cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public void Train_Cancelled_Stops()
    {
        Assert.All(LabMethods.For(s_records).Where(m => m.Kind == MethodKind.Approximate), method => Assert.Throws<OperationCanceledException>(
            () => MethodRun.Train(method, s_records, cancellationToken: new CancellationToken(canceled: true))));
    }

    [Fact]
    public void RecordSet_ARegression_SaysWhyInOneSentence()
        => AssertBadInput(
            "Methods are compared on a task of classes (multiclass or binary), and this one is regression.",
            () => RecordSet.Of([], new LabelLayout(LearningTask.Regression, [], new RegressionTarget(0, 1, 0.1)), 3));

    [Fact]
    public void RecordSet_TooFewRecordsOrClasses_SaysWhyInOneSentence()
    {
        AssertBadInput("Methods are compared on at least 2 records, and there is 1.", () => new RecordSet(["a", "b"], 1, [1], [0]));
        AssertBadInput("Methods are compared on at least 2 records, and there are none.", () => new RecordSet(["a", "b"], 1, [], []));
        AssertBadInput("Methods are compared on at least 2 classes; declare the others.", () => new RecordSet(["a"], 1, [1, 2], [0, 0]));
        AssertBadInput("A record's label is class 2, and there are the classes 0 to 1.", () => new RecordSet(["a", "b"], 1, [1, 2], [0, 2]));
    }

    private static void AssertBadInput(string message, Func<object> act)
    {
        var failure = Assert.Throws<LegoNetException>(act);
        Assert.Equal((LegoNetError.BadInput, message), (failure.Error, failure.Message));
    }
}
