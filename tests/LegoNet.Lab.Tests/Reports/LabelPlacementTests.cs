using LegoNet.Lab.Reports;

namespace LegoNet.Lab.Tests.Reports;

/// <summary>Labels of a crowd.</summary>
public class LabelPlacementTests
{
    [Fact]
    public void Place_ACrowdOfMarks_NoLabelLiesOnAnother()
    {
        var placement = new LabelPlacement(0, 0, 400, 300);
        var marks = Enumerable.Range(0, 20).Select(i => (X: 200.0 + (i % 5), Y: 150.0 + (i / 5))).ToArray();
        Array.ForEach(marks, m => placement.Reserve(m.X, m.Y));

        var labels = marks.Select(m => placement.Place(m.X, m.Y, 17)).ToArray();

        Assert.All(labels.Index(), a => Assert.All(
            labels.Skip(a.Index + 1), b => Assert.True(Math.Abs(a.Item.X - b.X) >= 17 || Math.Abs(a.Item.Y - b.Y) >= 12, $"{a.Item} and {b}")));
        Assert.All(labels, l => Assert.True(l is { X: > 0 and < 400, Y: > 0 and < 300 }));
    }

    [Fact]
    public void Place_AMarkInACorner_StaysInside()
    {
        var (x, y) = new LabelPlacement(0, 0, 100, 100).Place(99, 1, 17);

        Assert.InRange(x, 8.5, 91.5);
        Assert.InRange(y, 6, 94);
    }
}
