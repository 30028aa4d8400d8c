using LegoNet.Data.Formats;
using LegoNet.MLNet.Adapters;
using LegoNet.Specs;

namespace LegoNet.MLNet.Tests.Adapters;

public class EstimatorAdapterTests
{
    [Theory]
    [InlineData(LearningTask.Multiclass, int.MaxValue, 0)]
    [InlineData(LearningTask.Multiclass, 3, 0)]
    [InlineData(LearningTask.Multiclass, -2, -1)]
    [InlineData(LearningTask.Multiclass, 0, -1)]
    [InlineData(LearningTask.Multiclass, 0, 3)]
    [InlineData(LearningTask.Multiclass, -1, 0)]
    [InlineData(LearningTask.Multilabel, 0, 0)]
    [InlineData(LearningTask.Multilabel, 0, int.MinValue)]
    public void Read_ModelOrSlotOutOfRange_IsDamaged(LearningTask task, int model, int slot)
        => Assert.Contains("score 1 is not that of a transformer", Read(task, model, slot).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(LearningTask.Multiclass, 2)]
    [InlineData(LearningTask.Multilabel, -1)]
    public void Read_ModelThatIsNotThere_IsDamagedForThatReason(LearningTask task, int slot)
        => Assert.Contains("ML.NET does not load the transformer", Read(task, 0, slot).Message, StringComparison.Ordinal);

    private static LegoNetException Read(LearningTask task, int model, int slot)
    {
        var writer = new SafetensorsWriter();
        writer.Add<double>("scales", [1, 1, 1], 3);
        writer.Add<double>("offsets", [0, 0, 0], 3);
        writer.Add<int>("models", [-1, model, -1], 3);
        writer.Add<int>("slots", [-1, slot, -1], 3);
        var e = Assert.Throws<LegoNetException>(() => EstimatorAdapter.Read(writer.ToArray(), "test", new LabelLayout(task, ["a", "b", "c"], null), 8));
        Assert.Equal(LegoNetError.Damaged, e.Error);
        return e;
    }
}
