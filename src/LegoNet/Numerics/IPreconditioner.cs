namespace LegoNet.Numerics;

/// <summary>An approximate inverse of a Hessian that is the same for each output.</summary>
internal interface IPreconditioner
{
    /// <summary>Multiplies vectors by the approximate inverse, in place.</summary>
    /// <param name="vectors">[L, D].</param>
    /// <param name="outputs">L.</param>
    void Apply(Span<double> vectors, int outputs);
}
