using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// Amnesiac unlearning (Graves et al., 2021): keeps the update of every step, subtracts those of all batches that had a forgotten record, and
/// tunes briefly on retained records. Partial (arXiv 2403.07611): keeps of each layer's update the largest entries only, and does not tune.
/// </summary>
/// <remarks>
/// Which share is kept, and how long it is tuned afterwards, the papers' abstracts do not say. Our choice: as many steps as were subtracted, up
/// to a bound. Steps of tuning are kept like those of training: a record may be forgotten later that is seen there.
/// </remarks>
public sealed class ApproximateAmnesiac : ApproximateMethod
{
    private readonly double _fraction;
    private readonly int _tuningSteps;
    private readonly float _rate;

    internal ApproximateAmnesiac(double fraction, int tuningSteps, float rate = 1e-3f, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _fraction = fraction;
        _tuningSteps = tuningSteps;
        _rate = rate;
    }

    /// <inheritdoc/>
    public override string Name => _fraction < 1 ? "partial amnesiac" : "amnesiac";

    private protected override string HowItForgets => FormattableString.Invariant($"{_fraction:0.##} of each layer's updates kept, ")
        + (_tuningSteps == 0 ? "no tuning afterwards" : FormattableString.Invariant(
            $"as many steps on retained records afterwards as were subtracted, {_tuningSteps} at most, Adam {_rate}"));

    private protected override bool ReadsRetained => _tuningSteps > 0;

    private protected override UpdateLog OpenLog() => new(_fraction);

    private protected override void Forget(NetworkForgetting request)
    {
        var subtracted = request.Log!.Subtract(request.Network, request.Forgotten);
        request.TrainOnRetained(Math.Min(subtracted, _tuningSteps), NetworkForgetting.Adam(_rate));
    }
}
