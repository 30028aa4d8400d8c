namespace LegoNet.Lab.Reports;

/// <summary>Puts labels beside marks so that they lie neither on each other nor on a mark: each in turn takes the nearest free place.</summary>
internal sealed class LabelPlacement(double left, double top, double right, double bottom)
{
    private const double MarkSize = 13;
    private const double Height = 12;

    private static readonly double[] s_distances = [13, 18, 24, 31, 39, 48, 58, 70];

    private readonly List<(double Left, double Top, double Right, double Bottom)> _taken = [];

    /// <summary>Keeps the place of a mark free.</summary>
    public void Reserve(double x, double y) => _taken.Add(Box(x, y, MarkSize, MarkSize));

    /// <summary>Finds a place.</summary>
    /// <param name="x">Where the mark is.</param>
    /// <param name="y">And how high.</param>
    /// <param name="width">Width of the label.</param>
    /// <returns>The middle of the label; close to the mark where nothing is free.</returns>
    public (double X, double Y) Place(double x, double y, double width)
    {
        foreach (var distance in s_distances)
        {
            for (var turn = 0; turn < 16; turn++)
            {
                // From the upper right, once round.
                var angle = (turn - 2) * Math.PI / 8;
                double middle = x + (distance * Math.Cos(angle)), height = y + (distance * Math.Sin(angle));
                var box = Box(middle, height, width, Height);
                if (box.Left >= left && box.Right <= right && box.Top >= top && box.Bottom <= bottom
                    && !_taken.Exists(t => t.Left < box.Right && box.Left < t.Right && t.Top < box.Bottom && box.Top < t.Bottom))
                {
                    _taken.Add(box);
                    return (middle, height);
                }
            }
        }

        return (Math.Min(x + s_distances[0], right - (width / 2)), Math.Max(y - s_distances[0], top + (Height / 2)));
    }

    private static (double Left, double Top, double Right, double Bottom) Box(double x, double y, double width, double height)
        => (x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));
}
