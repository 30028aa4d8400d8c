using LegoNet.Lab.Tasks;

namespace LegoNet.Lab.Tests.Tasks;

/// <summary>What is drawn, and what cannot be.</summary>
public class ForgetTasksTests
{
    private static readonly RecordSet s_records = GeneratedRecords.Draw(60, 3, 3);

    [Fact]
    public void RandomOneByOne_Twice_DrawsTheSameDifferentRecords()
    {
        var task = ForgetTasks.RandomOneByOne(s_records, 20);

        Assert.Equal(20, task.Requests.Count);
        Assert.All(task.Requests, r => Assert.Single(r));
        Assert.Equal(20, task.Rows.Distinct().Count());
        Assert.Equal(task.Requests, ForgetTasks.RandomOneByOne(s_records, 20).Requests);
        Assert.NotEqual(task.Rows, ForgetTasks.RandomOneByOne(s_records, 20, seed: 2).Rows);
    }

    [Fact]
    public void RandomShare_OnePercent_RoundsUp()
    {
        var task = ForgetTasks.RandomShare(s_records);

        Assert.Equal("random 1 %", task.Name);
        Assert.Single(Assert.Single(task.Requests));
    }

    [Fact]
    public void OfClass_AClass_TakesAllOfIt()
        => Assert.Equal(s_records.AllRows.Where(r => s_records.Label(r) == 1), Assert.Single(ForgetTasks.OfClass(s_records, "class-1").Requests));

    [Fact]
    public void MostProlific_Subjects_AreThoseWithTheMostRecords()
    {
        var task = ForgetTasks.MostProlific(s_records, 2);

        var counts = s_records.AllRows.CountBy(s_records.Subject).Select(s => s.Value).OrderDescending().Take(2);
        Assert.Equal(counts, task.Requests.Select(r => r.Count));
        Assert.All(task.Requests, r => Assert.Single(r.Select(s_records.Subject).Distinct()));
    }

    [Fact]
    public void MostVulnerable_Scores_TakesTheHighestOneByOne()
    {
        double[] scores = [.. s_records.AllRows.Select(row => row is 7 or 50 ? 9.0 : row == 3 ? 11 : -row)];

        var task = ForgetTasks.MostVulnerable(s_records, scores, 4);

        Assert.Equal("the 4 most vulnerable records, one at a time", task.Name);
        Assert.Equal([[3], [7], [50], [0]], task.Requests);
        Assert.Throws<ArgumentException>(() => ForgetTasks.MostVulnerable(s_records, scores[1..], 4));
        Assert.Equal(
            "59 of 60 records are to be forgotten, and at least 2 must stay to compare with.",
            Assert.Throws<LegoNetException>(() => ForgetTasks.MostVulnerable(s_records, scores, 59)).Message);
    }

    [Theory]
    [InlineData("class-3", "There is no class \"class-3\" to forget; the classes are \"class-0\", \"class-1\", \"class-2\".")]
    [InlineData("", "There is no class \"\" to forget; the classes are \"class-0\", \"class-1\", \"class-2\".")]
    public void OfClass_AnUnknownOne_SaysWhyInOneSentence(string name, string message)
        => Assert.Equal(message, Assert.Throws<LegoNetException>(() => ForgetTasks.OfClass(s_records, name)).Message);

    [Fact]
    public void Tasks_WhatCannotBeForgotten_SayWhyInOneSentence()
    {
        var one = new RecordSet(["a", "b", "c"], 1, [1, 2, 3], [0, 0, 1]);

        Assert.Equal(
            "100 of 60 records are to be forgotten, and at least 2 must stay to compare with.",
            Assert.Throws<LegoNetException>(() => ForgetTasks.RandomOneByOne(s_records)).Message);
        Assert.Equal(
            "2 of 3 records are to be forgotten, and at least 2 must stay to compare with.",
            Assert.Throws<LegoNetException>(() => ForgetTasks.OfClass(one, "a")).Message);
        Assert.Equal("The class \"c\" has no record to forget.", Assert.Throws<LegoNetException>(() => ForgetTasks.OfClass(one, "c")).Message);
        Assert.StartsWith("No subject has more than one record", Assert.Throws<LegoNetException>(() => ForgetTasks.MostProlific(one)).Message);
    }
}
