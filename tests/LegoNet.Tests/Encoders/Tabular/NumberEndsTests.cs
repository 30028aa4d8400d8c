using LegoNet.Encoders.Tabular;

namespace LegoNet.Tests.Encoders.Tabular;

public sealed class NumberEndsTests
{
    [Fact]
    public void Ends_OfManyRows_AreThoseOfTheNthSubjects()
    {
        var (ends, random) = (new NumberEnds(5), new Random(1));
        var values = Enumerable.Range(0, 1000).Select(i => (Subject: $"s{random.Next(50)}", Value: Math.Round((random.NextDouble() - 0.5) * 100, 2))).ToArray();
        foreach (var (subject, value) in values)
        {
            ends.Add(value, subject);
        }

        var bySubject = values.GroupBy(v => v.Subject).ToArray();
        Assert.Equal(bySubject.Select(g => g.Min(v => v.Value)).Order().ElementAt(4), ends.Low);
        Assert.Equal(bySubject.Select(g => g.Max(v => v.Value)).OrderDescending().ElementAt(4), ends.High);
        Assert.Equal((values.Min(v => v.Value), values.Max(v => v.Value), 2), (ends.Min, ends.Max, ends.Decimals));
    }

    [Fact]
    public void Ends_OneSubjectWithManyExtremes_CountsOnce()
    {
        var ends = new NumberEnds(2);
        foreach (var (value, subject) in ((double, string)[])[(900, "a"), (950, "a"), (1000, "a"), (3, "b"), (5, "c"), (4, "d")])
        {
            ends.Add(value, subject);
        }

        Assert.Equal((4, 5), (ends.Low, ends.High));
    }

    [Fact]
    public void ShareBelow_CountsZerosAndSmallerPowersOfTen()
    {
        var ends = new NumberEnds(1);
        foreach (var value in (double[])[0, 0.5, -7, 12, 1000])
        {
            ends.Add(value, "s");
        }

        Assert.Equal((0.6, 0.8, 0.8, 1.0), (ends.ShareBelow(1), ends.ShareBelow(2), ends.ShareBelow(3), ends.ShareBelow(4)));
    }
}
