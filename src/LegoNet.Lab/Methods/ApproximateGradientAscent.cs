using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>Raises the loss on the forgotten records, until each is a guess.</summary>
public sealed class ApproximateGradientAscent : ApproximateMethod
{
    private readonly int _epochs;
    private readonly float _rate;

    internal ApproximateGradientAscent(int epochs = 10, float rate = 0.01f, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _epochs = epochs;
        _rate = rate;
    }

    /// <inheritdoc/>
    public override string Name => "gradient ascent";

    private protected override string HowItForgets => FormattableString.Invariant($"{_epochs} epochs of ascent on forgotten records, SGD {_rate}");

    private protected override bool ReadsRetained => false;

    private protected override void Forget(NetworkForgetting request) => request.Train(
        request.Forgotten.Select(row => request.Keep(row) with { Weight = -1 }), _epochs, new OptimiserOptions(OptimiserKind.Sgd, _rate, Momentum: 0));
}
