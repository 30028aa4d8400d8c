using LegoNet.Demo;

namespace LegoNet.Data.Tests.Demo;

public class SketchTests
{
    private const double Reach = 10;

    [Fact]
    public void Distance_Disc_IsExact()
    {
        var sketch = Finished(s => s.Part(PaintRole.Body).Ellipse(0.25, 0, 0.5, 0.5));
        Assert.Equal(0.5, sketch.Distance(0, 1.25, 0, Reach), 1e-12);
        Assert.Equal(-0.3, sketch.Distance(0, 0.25, 0.2, Reach), 1e-12);
        Assert.Equal(-0.5, sketch.Distance(0, 0.25, 0, Reach), 1e-12);
    }

    [Fact]
    public void Distance_Polygon_IsSignedAndRoundsCorners()
    {
        var sketch = Finished(s => s.Part(PaintRole.Accent).Polygon(-1, -1, 1, -1, 1, 1, -1, 1));
        Assert.Equal(-0.25, sketch.Distance(0, 0.75, 0.1, Reach), 1e-12);
        Assert.Equal(1, sketch.Distance(0, 0, 2, Reach), 1e-12);
        Assert.Equal(5, sketch.Distance(0, 4, 5, Reach), 1e-12);
    }

    [Fact]
    public void Distance_LineAndRing_CountFromTheEdgeOfThePen()
    {
        var sketch = Finished(s => s.Part(PaintRole.Ink).Line(0.1, 0, 0, 1, 0).Part(PaintRole.Body).Ring(0, 0, 0.5, 0.1));
        Assert.Equal(0.4, sketch.Distance(0, 0.5, 0.5, Reach), 1e-12);
        Assert.Equal(-0.1, sketch.Distance(0, 0.5, 0, Reach), 1e-12);
        Assert.Equal(0.4, sketch.Distance(1, 0, 0, Reach), 1e-12);
        Assert.Equal(PaintRole.Ink, sketch.Role(0));
    }

    [Fact]
    public void Distance_Hole_IsOutside()
    {
        var sketch = Finished(s => s.Part(PaintRole.Body).Ellipse(0, 0, 1, 1).CutEllipse(0, 0, 0.5, 0.5));
        Assert.Equal(0.5, sketch.Distance(0, 0, 0, Reach), 1e-12);
        Assert.Equal(-0.25, sketch.Distance(0, 0.75, 0, Reach), 1e-12);
    }

    [Fact]
    public void Distance_WithinReach_DoesNotDependOnReach()
    {
        var random = new GeneratedRandom(11);
        var sketch = new Sketch();
        for (var drawnClass = 0; drawnClass < Shapes.Names.Length; drawnClass++)
        {
            sketch.Clear(1, 0.05);
            Shapes.Draw(drawnClass, sketch, ref random);
            sketch.Finish(ref random, 0.05);
            for (var i = 0; i < 50; i++)
            {
                var (x, y) = (random.Between(-1.5, 1.5), random.Between(-1.5, 1.5));
                for (var part = 0; part < sketch.PartCount; part++)
                {
                    var exact = sketch.Distance(part, x, y, Reach);
                    var near = sketch.Distance(part, x, y, 0.2);
                    Assert.True(exact == near || (exact >= 0.1 && near >= 0.1), $"{Shapes.Names[drawnClass]}: {exact} and {near}");
                }
            }
        }
    }

    [Fact]
    public void Clear_ThinPen_IsWidenedToTheThinnest()
    {
        var random = new GeneratedRandom(1);
        var sketch = new Sketch();
        sketch.Clear(penScale: 0.5, thinnestHalfWidth: 0.2);
        sketch.Part(PaintRole.Body).Line(0.1, 0, 0, 1, 0);
        sketch.Finish(ref random, 0);
        Assert.Equal(0.3, sketch.Distance(0, 0.5, 0.5, Reach), 1e-12);
    }

    private static Sketch Finished(Action<Sketch> draw)
    {
        var random = new GeneratedRandom(1);
        var sketch = new Sketch();
        sketch.Clear(1, 0);
        draw(sketch);
        sketch.Finish(ref random, 0);
        return sketch;
    }
}
