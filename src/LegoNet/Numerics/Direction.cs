namespace LegoNet.Numerics;

/// <summary>
/// A point or a step of a minimisation. It has coordinates, and a dual form whose inner product with a gradient is the product of step and
/// gradient. The two are the same array, unless the coordinates belong to a basis that is not orthonormal: with W = Xᵀ A the coordinates are
/// A, a gradient Xᵀ B is given by B, and the dual form is X Xᵀ A.
/// </summary>
internal sealed class Direction
{
    private double[] _coordinates;
    private double[] _dual;

    /// <summary>A direction whose coordinates are its dual form.</summary>
    public Direction(double[] coordinates)
        : this(coordinates, coordinates)
    {
    }

    /// <summary>A direction with a dual form of its own.</summary>
    public Direction(double[] coordinates, double[] dual)
    {
        _coordinates = coordinates;
        _dual = dual;
    }

    /// <summary>The coordinates.</summary>
    public ReadOnlySpan<double> Coordinates => _coordinates;

    /// <summary>The dual form.</summary>
    public ReadOnlySpan<double> Dual => _dual;

    private bool IsOne => ReferenceEquals(_coordinates, _dual);

    /// <summary>The inner product with a gradient.</summary>
    public double Dot(ReadOnlySpan<double> gradient) => FixedOrder.Dot(_dual, gradient);

    /// <summary>This direction times a factor.</summary>
    public Direction Times(double factor)
    {
        var coordinates = Scaled(_coordinates, factor);
        return IsOne ? new Direction(coordinates) : new Direction(coordinates, Scaled(_dual, factor));
    }

    /// <summary>This direction plus another times a factor.</summary>
    public Direction Plus(double factor, Direction other)
    {
        var sum = Times(1);
        sum.Add(factor, other);
        return sum;
    }

    /// <summary>Adds another direction times a factor.</summary>
    public void Add(double factor, Direction other)
    {
        FixedOrder.AddScaled(factor, other._coordinates, _coordinates);
        if (!IsOne)
        {
            FixedOrder.AddScaled(factor, other._dual, _dual);
        }
    }

    /// <summary>Multiplies this direction by a factor.</summary>
    public void Scale(double factor)
    {
        FixedOrder.Scale(factor, _coordinates, _coordinates);
        if (!IsOne)
        {
            FixedOrder.Scale(factor, _dual, _dual);
        }
    }

    /// <summary>Takes another direction's place.</summary>
    public void Become(Direction other) => (_coordinates, _dual) = (other._coordinates, other._dual);

    private static double[] Scaled(double[] values, double factor)
    {
        var scaled = new double[values.Length];
        FixedOrder.Scale(factor, values, scaled);
        return scaled;
    }
}
