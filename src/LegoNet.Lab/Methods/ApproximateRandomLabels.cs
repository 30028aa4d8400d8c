using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>Goes on training with random labels on the forgotten records, and the right ones on some retained.</summary>
public sealed class ApproximateRandomLabels : ApproximateMethod
{
    private readonly int _epochs;
    private readonly float _rate;
    private readonly int _retained;
    private readonly float _until;

    internal ApproximateRandomLabels(int epochs = 5, float rate = 0.1f, int retained = 4, float until = 0.3f, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _epochs = epochs;
        _rate = rate;
        _retained = retained;
        _until = until;
    }

    /// <inheritdoc/>
    public override string Name => "random labels";

    private protected override string HowItForgets => FormattableString.Invariant(
        $"{_epochs} epochs on forgotten records with random labels until those have {_until:0.##} and {_retained} times as many retained, SGD {_rate}");

    private protected override bool ReadsRetained => true;

    private protected override void Forget(NetworkForgetting request)
    {
        var draws = new Draws(request.Seed, -6);
        var retained = request.SampleRetained(_retained);
        Example[] forgotten = [.. request.Forgotten.Select(row => new Example(row, draws.Below(request.Classes), Until: _until))];
        request.Train(
            [.. NetworkForgetting.Repeat(forgotten, retained.Length / _retained), .. retained.Select(request.Keep)],
            _epochs,
            request.Steps(_rate));
    }
}
