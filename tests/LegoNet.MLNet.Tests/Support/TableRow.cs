namespace LegoNet.MLNet.Tests.Support;

/// <summary>A row of a table with columns of several types.</summary>
internal sealed class TableRow
{
    public string Person { get; set; } = "";

    public string Id { get; set; } = "";

    public string Label { get; set; } = "";

    public float Age { get; set; }

    public double Income { get; set; }

    public int Children { get; set; }

    public bool Member { get; set; }

    public string Job { get; set; } = "";

    public string Title { get; set; } = "";

    public string Body { get; set; } = "";

    /// <summary>Generated rows, two for each person: the label follows from job, age and title.</summary>
    public static TableRow[] Create(int count, int seed = 1)
    {
        string[] jobs = ["clerk", "nurse", "farmer", "?", "astronaut"];
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var job = jobs[Math.Min(random.Next(9) / 2, 4)];
            var age = MathF.Round((18 + (60 * random.NextSingle())) * 10) / 10;
            var rich = (job == "clerk" ? 1 : -1) + ((age - 48) / 20) + random.NextSingle() - 0.5 > 0;
            return new TableRow
            {
                Person = $"person-{i / 2}",
                Id = $"row-{i}",
                Label = rich ? "high" : "low",
                Age = i % 17 == 5 ? float.NaN : age,
                Income = Math.Round(random.NextDouble() * 100_000, 2),
                Children = random.Next(6),
                Member = random.Next(2) == 1,
                Job = i % 23 == 7 ? "" : job,
                Title = $"note {i} {(rich ? "gold" : "iron")}",
                Body = $"nothing \"much\"\nto say {random.Next()}",
            };
        })];
    }
}
