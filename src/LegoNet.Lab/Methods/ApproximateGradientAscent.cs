using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>Raises the loss on the forgotten records, until the probability of each one's class is low.</summary>
/// <remarks>How low is our choice; without an end to it the network is lost.</remarks>
public sealed class ApproximateGradientAscent : ApproximateMethod
{
    private readonly int _epochs;
    private readonly float _rate;
    private readonly float _until;

    internal ApproximateGradientAscent(int epochs = 20, float rate = 1, float until = 0.6f, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _epochs = epochs;
        _rate = rate;
        _until = until;
    }

    /// <inheritdoc/>
    public override string Name => "gradient ascent";

    private protected override string HowItForgets => FormattableString.Invariant(
        $"{_epochs} epochs of ascent on forgotten records until the class has {_until:0.##}, SGD {_rate}");

    private protected override bool ReadsRetained => false;

    private protected override void Forget(NetworkForgetting request) => request.Train(
        request.Forgotten.Select(row => request.Keep(row) with { Weight = -1, Until = _until }), _epochs, request.StepsOfForgotten(_rate));
}
