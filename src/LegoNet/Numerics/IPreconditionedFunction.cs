namespace LegoNet.Numerics;

/// <summary>A smooth convex function, its gradient, and an approximate inverse of its Hessian.</summary>
internal interface IPreconditionedFunction
{
    /// <summary>The length of a gradient.</summary>
    int Length { get; }

    /// <summary>Whether the function is quadratic, so that its gradient between two points follows from those at both.</summary>
    bool IsQuadratic { get; }

    /// <summary>The function's value.</summary>
    /// <param name="at">Where.</param>
    /// <param name="gradient">Receives the gradient there.</param>
    double Evaluate(Direction at, Span<double> gradient);

    /// <summary>The approximate inverse of the Hessian times a gradient.</summary>
    Direction Precondition(ReadOnlySpan<double> gradient);
}
