using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// Trains on the forgotten records alone, each with one wrong label until it is the likelier one. With layer-wise partial updates
/// (arXiv 2403.07611) a step changes only those parameters of each layer whose updates are the largest.
/// </summary>
/// <remarks>Share, steps and choice of the label the paper's abstract does not say: our choice.</remarks>
public sealed class ApproximateLabelFlipping : ApproximateMethod
{
    private readonly double _fraction;
    private readonly int _epochs;
    private readonly float _rate;

    internal ApproximateLabelFlipping(double fraction, int epochs = 10, float rate = 0.01f, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _fraction = fraction;
        _epochs = epochs;
        _rate = rate;
    }

    /// <inheritdoc/>
    public override string Name => _fraction < 1 ? "label-flipping, partial" : "label-flipping";

    private protected override string HowItForgets => FormattableString.Invariant(
        $"{_epochs} epochs on forgotten records with wrong labels, SGD {_rate}{(_fraction < 1 ? $", {_fraction:0.##} of each layer's update a step" : "")}");

    private protected override bool ReadsRetained => false;

    private protected override void Forget(NetworkForgetting request)
    {
        var draws = new Draws(request.Seed, -7);
        Example[] flipped = [.. request.Forgotten.Select(row => new Example(row, Wrong(request.Records.Label(row), request.Classes, draws), Until: 0.5f))];
        request.Train(flipped, _epochs, new OptimiserOptions(OptimiserKind.Sgd, _rate, Momentum: 0), _fraction);
    }

    private static int Wrong(int label, int classes, Draws draws) => (label + 1 + draws.Below(classes - 1)) % classes;
}
