using LegoNet.Specs;
using LegoNet.Tests.Support;

namespace LegoNet.Tests.Specs;

public sealed class LabelLayoutTests
{
    [Theory]
    [InlineData(LearningTask.Multiclass, "class-2", 2)]
    [InlineData(LearningTask.Binary, "yes", 1)]
    public void ClassNumber_OfOneClass_IsItsPlaceInTheDeclaration(LearningTask task, string label, int expected)
    {
        var labels = Models.Definition(task).Spec.Labels;
        Assert.Equal(expected, labels.ClassNumber(Words(labels, label)));
        Assert.Throws<InvalidOperationException>(() => labels.TargetValue(Words(labels, label)));
    }

    [Theory]
    [InlineData(LearningTask.Regression, "2.5")]
    [InlineData(LearningTask.Multilabel, "class-1|class-3")]
    public void ClassNumber_OfAnotherTask_Throws(LearningTask task, string label)
    {
        var labels = Models.Definition(task).Spec.Labels;
        Assert.Throws<InvalidOperationException>(() => labels.ClassNumber(Words(labels, label)));
    }

    [Fact]
    public void TargetValue_OfEveryStep_IsWhatFormatSpells()
    {
        // 0.1 + 6 × 0.1 is above 0.7 in float64.
        var labels = new LabelLayout(LearningTask.Regression, [], new RegressionTarget(0.1, 0.7, 0.1));
        for (var step = 0; step <= 6; step++)
        {
            Assert.Equal(double.Parse(labels.Format([step]), System.Globalization.CultureInfo.InvariantCulture), labels.TargetValue([step]));
            Assert.InRange(labels.TargetValue([step]), 0.1, 0.7);
        }

        Assert.Equal(0.3, labels.TargetValue(Words(labels, "0.3")), 12);
    }

    private static int[] Words(LabelLayout labels, string label)
    {
        var words = new int[labels.Width];
        labels.Parse(label, "test", words);
        return words;
    }
}
