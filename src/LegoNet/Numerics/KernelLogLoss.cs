namespace LegoNet.Numerics;

/// <summary>
/// The penalised log loss of linear logits for few rows and long codes, as a function of A [L, m], where W = A X: what minimises it is such a
/// combination of rows (the representer theorem, Kimeldorf and Wahba 1971).
/// </summary>
/// <remarks>
/// Logits are K A with K = X Xᵀ, exact integers. No evaluation multiplies by K: with the preconditioner M = h·(K + σ I), K M⁻¹ B is
/// B/h − σ M⁻¹ B. So an evaluation costs the two triangular solves of M⁻¹ B and nothing else.
/// </remarks>
/// <param name="loss">The rows' labels.</param>
/// <param name="rows">m.</param>
/// <param name="penalty">μ.</param>
/// <param name="factor">The factor of K + σ I.</param>
/// <param name="share">h.</param>
internal sealed unsafe class KernelLogLoss(LogLoss loss, int rows, double penalty, ShiftedFactor factor, double share) : IPreconditionedFunction
{
    private readonly int _stride = (rows + 7) / 8 * 8;

    public bool IsQuadratic => false;

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
        factor.Solve(coordinates, loss.Outputs);
        FixedOrder.Scale(1 / share, coordinates, coordinates);
        var dual = gradient.ToArray();
        FixedOrder.Scale(1 / share, dual, dual);
        FixedOrder.AddScaled(-factor.Shift, coordinates, dual);
        return new Direction(coordinates, dual);
    }
}
