using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// Optimisation-based unlearning: raises the loss on the forgotten records and lowers it on some retained ones, together. With layer-wise
/// partial updates (arXiv 2403.07611) a step changes only those parameters of each layer whose updates are the largest.
/// </summary>
/// <remarks>
/// The paper's abstract does not say more than "optimisation-based". That retained records take part is our choice, without which it would be
/// <see cref="ApproximateGradientAscent"/>; so are share, steps and where the ascent ends.
/// </remarks>
public sealed class ApproximateOptimisation : ApproximateMethod
{
    private readonly double _fraction;
    private readonly int _epochs;
    private readonly float _rate;
    private readonly int _retained;
    private readonly float _until;

    internal ApproximateOptimisation(
        double fraction, int epochs = 5, float rate = 1, int retained = 4, float until = 0.3f, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _fraction = fraction;
        _epochs = epochs;
        _rate = rate;
        _retained = retained;
        _until = until;
    }

    /// <inheritdoc/>
    public override string Name => _fraction < 1 ? "optimisation-based, partial" : "optimisation-based";

    private protected override string HowItForgets => FormattableString.Invariant(
        $"{_epochs} epochs of ascent on forgotten records until the class has {_until:0.##} and descent on {_retained} times as many retained, SGD {_rate}")
        + (_fraction < 1 ? FormattableString.Invariant($", {_fraction:0.##} of each layer's update a step") : "");

    private protected override bool ReadsRetained => true;

    private protected override void Forget(NetworkForgetting request)
    {
        var retained = request.SampleRetained(_retained);
        Example[] raised = [.. request.Forgotten.Select(row => request.Keep(row) with { Weight = -1, Until = _until })];
        request.Train(
            [.. NetworkForgetting.Repeat(raised, retained.Length / _retained), .. retained.Select(request.Keep)],
            _epochs,
            request.Steps(_rate),
            _fraction);
    }
}
