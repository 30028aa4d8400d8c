namespace LegoNet.Ensembles;

/// <summary>
/// Mean of numbers and the sum of their squared distances from it, one number at a time (Welford 1962). Sums of the numbers and of their
/// squares would lose the spread where it is small beside the mean.
/// </summary>
internal struct RunningMoments
{
    private long _count;

    /// <summary>The mean; 0 before the first number.</summary>
    public double Mean { get; private set; }

    /// <summary>Sum of the squared distances from the mean; exactly 0 where all numbers are equal.</summary>
    public double SumOfSquares { get; private set; }

    public void Add(double value)
    {
        _count++;
        var distance = value - Mean;
        Mean += distance / _count;
        SumOfSquares += distance * (value - Mean);
    }
}
