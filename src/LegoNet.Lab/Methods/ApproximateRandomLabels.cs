using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>Goes on training with random labels on the forgotten records, and the right ones on some retained.</summary>
public sealed class ApproximateRandomLabels : ApproximateMethod
{
    private readonly int _epochs;
    private readonly float _rate;
    private readonly int _retained;

    internal ApproximateRandomLabels(int epochs = 5, float rate = 0.05f, int retained = 4, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _epochs = epochs;
        _rate = rate;
        _retained = retained;
    }

    /// <inheritdoc/>
    public override string Name => "random labels";

    private protected override string HowItForgets
        => FormattableString.Invariant($"{_epochs} epochs on forgotten records with random labels and {_retained} times as many retained, SGD {_rate}");

    private protected override bool ReadsRetained => true;

    private protected override void Forget(NetworkForgetting request)
    {
        var draws = new Draws(request.Seed, -6);
        var retained = request.SampleRetained(_retained);
        Example[] forgotten = [.. request.Forgotten.Select(row => new Example(row, draws.Below(request.Classes)))];
        request.Train(
            [.. NetworkForgetting.Repeat(forgotten, retained.Length / _retained), .. retained.Select(request.Keep)],
            _epochs,
            new OptimiserOptions(OptimiserKind.Sgd, _rate, Momentum: 0));
    }
}
