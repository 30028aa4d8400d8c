namespace LegoNet.MLNet.Adapters;

/// <summary>One score of an adapter: the fitted model's own score times a scale, plus an offset; without a model, the offset.</summary>
/// <typeparam name="TModel">What a fit gives.</typeparam>
/// <param name="Model">The fitted model; null for a constant.</param>
/// <param name="Scale">Factor of its score.</param>
/// <param name="Offset">Added to it.</param>
internal readonly record struct FittedScore<TModel>(TModel? Model, double Scale, double Offset)
    where TModel : class
{
    /// <summary>A score that is the same for every record.</summary>
    public static FittedScore<TModel> Constant(double value) => new(null, 0, value);
}
