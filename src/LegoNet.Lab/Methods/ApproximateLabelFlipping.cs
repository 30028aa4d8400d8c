using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>
/// Trains on the forgotten records alone, each with the likeliest wrong label, until that has a good part of the probability. With layer-wise partial updates
/// (arXiv 2403.07611) a step changes only those parameters of each layer whose updates are the largest.
/// </summary>
/// <remarks>
/// Share, steps and choice of the label the paper's abstract does not say: our choice. The likeliest wrong label is what a model that never saw
/// the record would say, if it is wrong.
/// </remarks>
public sealed class ApproximateLabelFlipping : ApproximateMethod
{
    private readonly double _fraction;
    private readonly int _epochs;
    private readonly float _rate;
    private readonly float _until;
    private readonly bool _drawn;

    internal ApproximateLabelFlipping(
        double fraction, int epochs = 20, float rate = 0.1f, float until = 0.3f, bool drawn = false, NetworkRecipe? recipe = null)
        : base(recipe)
    {
        _fraction = fraction;
        _epochs = epochs;
        _rate = rate;
        _until = until;
        _drawn = drawn;
    }

    /// <inheritdoc/>
    public override string Name => _fraction < 1 ? "label-flipping, partial" : "label-flipping";

    private protected override string HowItForgets => FormattableString.Invariant(
        $"{_epochs} epochs on forgotten records with {(_drawn ? "random" : "the likeliest")} wrong labels until those have {_until:0.##}, SGD {_rate}")
        + (_fraction < 1 ? FormattableString.Invariant($", {_fraction:0.##} of each layer's update a step") : "");

    private protected override bool ReadsRetained => false;

    private protected override void Forget(NetworkForgetting request)
    {
        var draws = new Draws(request.Seed, -7);
        Example[] flipped =
        [
            .. request.Forgotten.Zip(request.ForgottenScores(), (row, scores) => request.Keep(row) with
            {
                Label = _drawn ? Wrong(request.Records.Label(row), request.Classes, draws) : Likeliest(scores, request.Records.Label(row)),
                Until = _until,
            }),
        ];
        request.Train(flipped, _epochs, request.StepsOfForgotten(_rate), _fraction);
    }

    private static int Likeliest(double[] scores, int label)
    {
        scores[label] = double.NegativeInfinity;
        return Array.IndexOf(scores, scores.Max());
    }

    private static int Wrong(int label, int classes, Draws draws) => (label + 1 + draws.Below(classes - 1)) % classes;
}
