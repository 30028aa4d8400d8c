namespace LegoNet.Lab.Networks;

/// <summary>A linear layer z = W·x + b, with or without a branch beside it.</summary>
internal sealed class DenseLayer
{
    private DenseLayer(int inputs, int outputs, ParameterBlock parameters)
    {
        Inputs = inputs;
        Outputs = outputs;
        Parameters = parameters;
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>W, [outputs, inputs], and after it b, [outputs].</summary>
    public ParameterBlock Parameters { get; }

    public LoraBranch? Branch { get; private set; }

    public Span<float> Bias => Parameters.Values.AsSpan(Inputs * Outputs);

    /// <summary>A layer with uniform random weights and no bias.</summary>
    /// <param name="inputs">Inputs.</param>
    /// <param name="outputs">Outputs.</param>
    /// <param name="gain">Variance of a weight times the number of inputs: 2 before a ReLU (He et al., 2015), 1 elsewhere.</param>
    /// <param name="draws">The draws.</param>
    public static DenseLayer Create(int inputs, int outputs, int gain, Draws draws)
    {
        var layer = new DenseLayer(inputs, outputs, new ParameterBlock((inputs + 1) * outputs));
        var limit = MathF.Sqrt(3f * gain / inputs);
        foreach (ref var weight in layer.Parameters.Values.AsSpan(0, inputs * outputs))
        {
            weight = ((2 * draws.Unit()) - 1) * limit;
        }

        return layer;
    }

    public void AddBranch(int rank, Draws draws) => Branch = LoraBranch.Create(Inputs, Outputs, rank, draws);

    /// <summary>Makes the branch a part of the layer: W += B·A.</summary>
    public void MergeBranch()
    {
        if (Branch is { } branch)
        {
            for (var o = 0; o < Outputs; o++)
            {
                for (var r = 0; r < branch.Rank; r++)
                {
                    var row = Parameters.Values.AsSpan(o * Inputs, Inputs);
                    Kernels.AddScaled(branch.Up.Values[(o * branch.Rank) + r], branch.Down.Values.AsSpan(r * Inputs, Inputs), row);
                }
            }

            Branch = null;
        }
    }

    public DenseLayer Clone() => new(Inputs, Outputs, Parameters.Clone()) { Branch = Branch?.Clone() };
}
