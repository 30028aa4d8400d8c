using LegoNet.Runs;

namespace LegoNet.Tests.Runs;

/// <summary>How much is divided where nobody says: little data is not worth many tasks.</summary>
public class TrainDivisionTests
{
    [Theory]
    [InlineData(6_000, 1_024, 4)]
    [InlineData(32_767, 1_024, 4)]
    [InlineData(50_000, 1_024, 8)]
    [InlineData(131_071, 1_024, 8)]
    [InlineData(1_000_000, 256, 16)]
    [InlineData(1_000_000_000, 4_096, 16)]
    public void TasksFor_Codes_FollowsTheirBytes(long records, long dimension, int tasks)
        => Assert.Equal(tasks, TrainDivision.TasksFor(records * dimension));

    [Fact]
    public void Plan_WithoutTasks_DividesByTheSizeOfTheData()
    {
        using var few = new RunCase(RunCase.Records(50));
        var stages = few.Plan(tasks: null).Stages;
        Assert.Equal(4, stages[0].Count);
    }
}
