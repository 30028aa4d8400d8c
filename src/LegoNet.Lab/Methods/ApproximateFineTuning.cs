using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>Goes on training on retained records alone, and hopes that the others fade.</summary>
public sealed class ApproximateFineTuning : ApproximateMethod
{
    private readonly int _batches;
    private readonly int _retained;
    private readonly float _rate;

    internal ApproximateFineTuning(int batches = 2, int retained = 20, float rate = 2e-3f, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _batches = batches;
        _retained = retained;
        _rate = rate;
    }

    /// <inheritdoc/>
    public override string Name => "fine-tuning";

    private protected override string HowItForgets => FormattableString.Invariant(
        $"{_retained} retained records for each forgotten one, and {_batches} batches at least, Adam {_rate}");

    private protected override bool ReadsRetained => true;

    private protected override void Forget(NetworkForgetting request) => request.TrainOnRetained(
        Math.Max(_batches, _retained * request.Forgotten.Length / request.Recipe.BatchSize), NetworkForgetting.Adam(_rate));
}
