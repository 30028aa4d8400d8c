namespace LegoNet.Numerics;

/// <summary>
/// The penalised log loss of linear logits for few rows and long codes, as a function of A [L, m], where W = A X: what minimises it is such a
/// combination of rows (the representer theorem, Kimeldorf and Wahba 1971).
/// </summary>
/// <remarks>
/// Logits are K A with K = X Xᵀ, exact integers. No evaluation multiplies by K: with the preconditioner M = h·K + μ I, K M⁻¹ B is
/// (B − μ M⁻¹ B) / h. So an evaluation costs the two triangular solves of M⁻¹ B and nothing else.
/// </remarks>
/// <param name="loss">The rows' labels.</param>
/// <param name="rows">m.</param>
/// <param name="penalty">μ.</param>
/// <param name="factor">M by its factor, of order m.</param>
internal sealed unsafe class KernelLogLoss(LogLoss loss, int rows, double penalty, FactorPreconditioner factor) : IPreconditionedFunction
{
    private readonly int _stride = (rows + 7) / 8 * 8;

    public int Length => loss.Outputs * rows;

    /// <summary>A = 0.</summary>
    public Direction Zero => new(new double[Length], new double[Length]);

    public double Evaluate(Direction at, Span<double> gradient)
    {
        using var logits = new PinnedBuffer<double>((long)loss.Outputs * _stride);
        using var losses = new PinnedBuffer<double>(_stride);
        for (var c = 0; c < loss.Outputs; c++)
        {
            at.Dual.Slice(c * rows, rows).CopyTo(new Span<double>(logits.Pointer + ((nint)c * _stride), rows));
        }

        loss.Evaluate(0, rows, _stride, logits.Pointer, logits.Pointer, losses.Pointer);
        double sum = 0;
        for (var r = 0; r < rows; r++)
        {
            sum += losses.Pointer[r];
        }

        for (var c = 0; c < loss.Outputs; c++)
        {
            new ReadOnlySpan<double>(logits.Pointer + ((nint)c * _stride), rows).CopyTo(gradient[(c * rows)..]);
        }

        FixedOrder.AddScaled(penalty, at.Coordinates, gradient);
        return sum + (penalty / 2 * FixedOrder.Dot(at.Coordinates, at.Dual));
    }

    public Direction Precondition(ReadOnlySpan<double> gradient)
    {
        var coordinates = gradient.ToArray();
        factor.Apply(coordinates, loss.Outputs);

        // With the factor of K + σ I: K (K + σ I)⁻¹ B = B − σ (K + σ I)⁻¹ B.
        var dual = gradient.ToArray();
        FixedOrder.AddScaled(-factor.Shift * factor.Share, coordinates, dual);
        for (var i = 0; i < dual.Length; i++)
        {
            dual[i] /= factor.Share;
        }

        return new Direction(coordinates, dual);
    }
}
