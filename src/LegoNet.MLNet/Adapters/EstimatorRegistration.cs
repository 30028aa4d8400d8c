using Microsoft.ML;

namespace LegoNet.MLNet.Adapters;

/// <summary>A registered estimator, and whether its fits were found to repeat.</summary>
internal sealed class EstimatorRegistration(string version, Func<MLContext, IEstimator<ITransformer>> create)
{
    private volatile bool _repeats;

    /// <summary>The version that models are bound to.</summary>
    public string Version => version;

    /// <summary>Fits a model; the first time twice.</summary>
    /// <param name="fit">Fits with the estimator that it is given and returns the content.</param>
    /// <param name="seed">The seed of the fit's context.</param>
    /// <param name="repeats">False when two fits gave different models.</param>
    public EstimatorContent Fit(Func<MLContext, IEstimator<ITransformer>, EstimatorContent> fit, int seed, out bool repeats)
    {
        var content = Once();
        _repeats = _repeats || content.SameAs(Once());
        repeats = _repeats;
        return content;

        EstimatorContent Once()
        {
            var ml = new MLContext(seed);
            return fit(ml, create(ml));
        }
    }
}
