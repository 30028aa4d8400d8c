using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// Amnesiac unlearning (Graves et al., 2021): keeps the update of every step, and subtracts those of all batches that had a forgotten record.
/// Partial (arXiv 2403.07611): keeps of each layer's update the largest entries only.
/// </summary>
/// <remarks>Which share is kept, and how long it is tuned afterwards, the papers' abstracts do not say: our choice.</remarks>
public sealed class ApproximateAmnesiac : ApproximateMethod
{
    private readonly double _fraction;
    private readonly int _tuningEpochs;

    internal ApproximateAmnesiac(double fraction, int tuningEpochs, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _fraction = fraction;
        _tuningEpochs = tuningEpochs;
    }

    /// <inheritdoc/>
    public override string Name => _fraction < 1 ? "partial amnesiac" : "amnesiac";

    private protected override string HowItForgets
        => FormattableString.Invariant($"{_fraction:0.##} of each layer's updates kept, {_tuningEpochs} epochs on retained records afterwards");

    private protected override bool ReadsRetained => _tuningEpochs > 0;

    private protected override UpdateLog OpenLog() => new(_fraction);

    private protected override void Forget(NetworkForgetting request)
    {
        request.Log!.Subtract(request.Network, request.Forgotten);

        // The log grows on: a record may be forgotten later that is seen here.
        request.Train(request.Retained.Select(request.Keep), _tuningEpochs, new OptimiserOptions(OptimiserKind.Adam, request.Recipe.LearningRate));
    }
}
