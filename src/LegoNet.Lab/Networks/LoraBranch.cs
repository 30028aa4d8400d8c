namespace LegoNet.Lab.Networks;

/// <summary>
/// A branch beside a layer, r = B·A·x, which adds to the layer's result and starts at zero (Hu et al., 2021: low-rank adaptation).
/// </summary>
internal sealed class LoraBranch
{
    private LoraBranch(int inputs, int outputs, int rank, ParameterBlock down, ParameterBlock up)
    {
        Inputs = inputs;
        Outputs = outputs;
        Rank = rank;
        Down = down;
        Up = up;
    }

    public int Inputs { get; }

    public int Outputs { get; }

    public int Rank { get; }

    /// <summary>A, [rank, inputs].</summary>
    public ParameterBlock Down { get; }

    /// <summary>B, [outputs, rank].</summary>
    public ParameterBlock Up { get; }

    public static LoraBranch Create(int inputs, int outputs, int rank, Draws draws)
    {
        var branch = new LoraBranch(inputs, outputs, rank, new ParameterBlock(rank * inputs), new ParameterBlock(outputs * rank));
        var limit = MathF.Sqrt(3f / inputs);
        foreach (ref var weight in branch.Down.Values.AsSpan())
        {
            weight = ((2 * draws.Unit()) - 1) * limit;
        }

        return branch;
    }

    public LoraBranch Clone() => new(Inputs, Outputs, Rank, Down.Clone(), Up.Clone());
}
