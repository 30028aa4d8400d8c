using LegoNet.Lab.Networks;

namespace LegoNet.Lab.Methods;

/// <summary>Goes on training on the retained records alone, and hopes that the others fade.</summary>
public sealed class ApproximateFineTuning : ApproximateMethod
{
    private readonly int _epochs;

    internal ApproximateFineTuning(int epochs = 1, NetworkRecipe? recipe = null)
        : base(recipe) => _epochs = epochs;

    /// <inheritdoc/>
    public override string Name => "fine-tuning";

    private protected override string HowItForgets => $"{_epochs} epochs on retained records";

    private protected override bool ReadsRetained => true;

    private protected override void Forget(NetworkForgetting request)
        => request.Train(request.Retained.Select(request.Keep), _epochs, new OptimiserOptions(OptimiserKind.Adam, request.Recipe.LearningRate));
}
